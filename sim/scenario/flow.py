"""A plain value as one line of YAML, as it would be written after ``--set path=``.

Reading the line again gives the same value (a property test holds it to that).
"""

import json
import math
import re
from functools import lru_cache
from typing import Any, Final

_WORD: Final = re.compile(r"[A-Za-z0-9_$%./+-]+( [A-Za-z0-9_$%./+-]+)*")


def flow(value: Any) -> str:
    """One line of YAML for maps, lists, text, numbers, true, false and null.

    >>> flow({"kind": "ring", "sites": 4, "loss": "1%"}), flow([1.5, None, "true"])
    ('{kind: ring, sites: 4, loss: 1%}', '[1.5, null, "true"]')
    """
    if isinstance(value, dict):
        return "{" + ", ".join(f"{flow(key)}: {flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(flow, value)) + "]"
    if isinstance(value, float) and not math.isfinite(value):
        return ".nan" if math.isnan(value) else f"{'-' if value < 0 else ''}.inf"
    if isinstance(value, str):
        return value if _is_plain(value) else f'"{"".join(map(_escaped, value))}"'
    return json.dumps(value)


def _escaped(letter: str) -> str:
    """A letter between double quotes; JSON's own escapes cannot write those beyond 16 bits."""
    return letter if letter.isprintable() and letter not in '"\\' else f"\\U{ord(letter):08x}"


@lru_cache(maxsize=4096)
def _is_plain(text: str) -> bool:
    """Whether YAML takes it as text although there are no quotes around it.

    Asked of the same words again and again by whoever writes many scenarios.
    """
    from sim.scenario.document import parse_value

    if not _WORD.fullmatch(text):
        return False
    try:
        return bool(parse_value(f"[{text}]") == [text])
    except ValueError:
        return False
