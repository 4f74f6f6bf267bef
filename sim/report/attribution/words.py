"""One cause and one effect in words, as the table, the ranking and the figure say them.

A change of a share is told in points. What had not ended is known on one side ("at least") or not
at all; of that nobody says 0.
"""

import math
from typing import Final, Protocol

from sim.measure.attribution import Bound, Effect
from sim.report.checks.contrast_table import signed
from sim.report.checks.finding_words import amount, interval
from sim.report.table import written

UNKNOWN: Final = "not known"


class Cause(Protocol):
    """One entry; `sim.campaign.attribution` makes them."""

    @property
    def path(self) -> str:
        """Its place in the file."""
        ...

    @property
    def kind(self) -> str:
        """Partition, crash, push ..."""
        ...

    @property
    def remark(self) -> str:
        """That it had no effect, if so."""
        ...


def name(entry: Cause) -> str:
    """``faults[0] partition``."""
    return f"{entry.path} {entry.kind}"


def effect(one: Effect, unit: str) -> tuple[str, str]:
    """The mean, and the interval around it; of what is the same in all replications none."""
    return size(one, unit), _interval(one, unit)


def size(one: Effect, unit: str) -> str:
    """The mean alone.

    >>> size(Effect(2.5, math.nan, math.nan, 3, "at least"), "s")
    'at least +2.5 s'
    """
    if one.is_nothing:
        return "0"
    if one.bound == "unknown":
        return UNKNOWN
    if math.isinf(one.value):
        return "without bound"
    if math.isnan(one.value):
        return "–"
    return _on_its_side(signed(one.value, unit), one.bound)


def figure(value: float, bound: Bound, unit: str) -> str:
    """A figure of the run or of its clean twin: ``at least 6 s``."""
    return _on_its_side(written(value, unit).strip(), bound)


def _on_its_side(words: str, bound: Bound) -> str:
    return words if bound == "exact" else f"{bound} {words}"


def _interval(one: Effect, unit: str) -> str:
    """From where to where; of two ends that read alike how far they are from the mean."""
    if one.is_nothing or math.isinf(one.value) or math.isnan(one.low):
        return ""
    if one.low == one.high:
        return "exactly"
    if amount(one.low, unit) == amount(one.high, unit):
        return f"± {amount((one.high - one.low) / 2, unit).strip()}"
    return interval(one.low, one.high, unit, amount)
