"""The nearest right name for a wrong one."""

import difflib
from collections.abc import Iterable
from typing import Final

_FEW: Final = 16
_SAME: Final = {"alpha": "level", "level": "alpha", "at": "from", "from": "at"}
"""Names of one thing in different blocks, which look nothing alike."""


def did_you_mean(wrong: object, known: Iterable[str]) -> str:
    """A hint with the nearest known name, or with all of them if they are few and none is near.

    >>> did_you_mean("lognorml", ["lognormal", "normal"])
    'did you mean lognormal?'
    >>> did_you_mean("level", ["alpha", "quota"])
    'did you mean alpha?'
    >>> did_you_mean("at", ["for", "from", "until"])
    'did you mean from?'
    """
    by_lower = {name.lower(): name for name in sorted(known)}
    same = [name for name in by_lower if name == _SAME.get(str(wrong).lower())]
    close = same or difflib.get_close_matches(str(wrong).lower(), by_lower, n=1, cutoff=0.6)
    if close:
        return f"did you mean {by_lower[close[0]]}?"
    if 1 <= len(by_lower) <= _FEW:
        return f"known: {', '.join(by_lower.values())}"
    return ""
