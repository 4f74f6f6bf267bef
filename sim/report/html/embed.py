"""Putting data and scripts into a page so that nothing in them can break out of it.

Names and scenarios are other people's text: they may hold ``</script>``. In JSON every ``<`` is
written as an escape, so no tag can begin or end there. Scripts are named by their hash in the
page's Content-Security-Policy, so no other script runs, and nothing is ever loaded.
"""

import base64
import hashlib
import json
import math
from collections.abc import Iterable, Mapping
from typing import Any, Final

import numpy as np

DIGITS: Final = 4
_ESCAPES: Final = str.maketrans(
    {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
)


def as_json(value: Any) -> str:
    """JSON that is safe between ``<script type="application/json">`` and its end.

    >>> as_json({"name": "</script>"})
    '{"name":"\\\\u003c/script\\\\u003e"}'
    """
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.translate(_ESCAPES)


def numbers(values: Iterable[float]) -> list[float | None]:
    """Numbers in four digits, more than any screen shows; what is undefined is None.

    >>> numbers([0.123456, 2.0, float("nan")])
    [0.1235, 2, None]
    """
    return [_short(float(value)) for value in np.asarray(values, np.float64)]


def _short(value: float) -> float | None:
    if not math.isfinite(value):
        return None
    short = float(f"{value:.{DIGITS}g}")
    return int(short) if short.is_integer() else short


def seconds_of(time_s: Iterable[float]) -> list[float]:
    """Instants to the tenth of a millisecond: of a long run four digits would be too few.

    >>> seconds_of([599.20004])
    [599.2]
    """
    return [round(float(at_s), 4) for at_s in np.asarray(time_s, np.float64)]


def hash_of(script: str) -> str:
    """How a policy names an inline script: ``'sha256-...'``."""
    digest = hashlib.sha256(script.encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"


def policy(scripts: Iterable[str]) -> str:
    """A Content-Security-Policy: these scripts and inline styles, and nothing from anywhere."""
    rules: Mapping[str, str] = {
        "default-src": "'none'",
        "script-src": " ".join(hash_of(script) for script in scripts),
        "style-src": "'unsafe-inline'",
        "img-src": "data: blob:",
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())
