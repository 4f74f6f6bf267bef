"""What readers were told, as rows of the table of reads, each held against the truth."""

import math
from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from sim.protocol.resolver.alerts import AlertRead
from sim.protocol.resolver.contract import Read
from sim.stats.moments import Moments

Answer = Mapping[str, Any]
_NOT_JUDGED: Final[Answer] = {"half_width": math.nan, "error": math.nan, "covered": 1.0}


def of_value(read: Read, truth: Moments) -> Answer:
    """What was told of a statistic, and how true it was."""
    return {
        "answered": read.answered,
        "reason": read.reason,
        "age_ns": -1 if read.age_ns is None else read.age_ns,
        "coverage": read.coverage,
        "within_bound": read.within_bound,
        **_judged(read, truth),
    }


def of_alert(read: AlertRead, age_ns: int, coverage: float) -> Answer:
    """What was told of an alert, or of there being none; it has no interval."""
    return {
        "answered": read.answered,
        "reason": read.reason,
        "age_ns": age_ns,
        "coverage": coverage,
        "within_bound": read.final,
        **_NOT_JUDGED,
    }


def _judged(read: Read, truth: Moments) -> Answer:
    """Width of the interval and distance of the value, in sd of the truth, worst feature.

    `covered` is the share of the features whose interval has the truth: each has one of its own.
    """
    if read.value is None or read.low is None or read.high is None:
        return _NOT_JUDGED
    off = np.abs(read.value - truth.mean)
    half = (read.high - read.low) / 2
    return {
        "half_width": float(np.max(half / truth.sd)),
        "error": float(np.max(off / truth.sd)),
        "covered": float(np.mean(off <= half)),
    }
