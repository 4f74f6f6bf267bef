"""From numbers to verdicts: is a metric good enough, and can we tell?

The whole interval decides: wholly within the bounds is a pass, wholly outside a fail, across a
bound inconclusive. Without an interval (one replication, too few heals) the point decides, and the
reason says so. What is undefined is inconclusive, never a pass. A threshold that no rule can keep
against so many liars is infeasible, even where this run kept it: other lies would break it.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from sim.measure.metrics import MetricValue
from sim.scenario.plan import Threshold

Outcome: TypeAlias = Literal["pass", "fail", "infeasible", "inconclusive"]

WORST_FIRST: Final[tuple[Outcome, ...]] = ("fail", "infeasible", "inconclusive", "pass")
DEFINITE: Final[tuple[Outcome, ...]] = ("fail", "infeasible")
"""Not good, and more replications would not change it."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """One threshold, judged. `bound` is its text, such as ``≤ 10 s``."""

    metric: str
    value: float
    bound: str
    outcome: Outcome
    reason: str


def judge(values: Sequence[MetricValue], thresholds: Iterable[Threshold]) -> list[Verdict]:
    """A verdict for each threshold, in order. Raises KeyError for an unknown metric."""
    by_name = {value.name: value for value in values}
    return [_judge(by_name[threshold.metric], threshold) for threshold in thresholds]


def worst(verdicts: Iterable[Verdict]) -> Outcome:
    """The verdict on all of them: the worst one; nothing to judge is a pass."""
    found = {verdict.outcome for verdict in verdicts}
    return next((outcome for outcome in WORST_FIRST if outcome in found), "pass")


def _judge(value: MetricValue, threshold: Threshold) -> Verdict:
    outcome, reason = _decide(value, threshold)
    return Verdict(value.name, value.value, _bound(threshold, value.unit), outcome, reason)


def _decide(value: MetricValue, threshold: Threshold) -> tuple[Outcome, str]:
    if threshold.infeasible:
        return "infeasible", threshold.infeasible
    if math.isnan(value.value):
        return "inconclusive", "the metric is undefined in this run"
    if math.isnan(value.low) or math.isnan(value.high):
        good = _holds(value.value, threshold)
        return ("pass" if good else "fail"), f"by the point, n = {value.n} gives no interval"
    censored = f" ({value.unseen})" if value.unseen else ""
    if _holds(value.low, threshold) and _holds(value.high, threshold):
        return "pass", "the whole interval is within the bound" + censored
    if _beyond(value, threshold):
        return "fail", "the whole interval is beyond the bound" + censored
    return "inconclusive", "the interval straddles the bound" + censored


def _holds(figure: float, threshold: Threshold) -> bool:
    return (threshold.minimum is None or figure >= threshold.minimum) and (
        threshold.maximum is None or figure <= threshold.maximum
    )


def _beyond(value: MetricValue, threshold: Threshold) -> bool:
    return (threshold.minimum is not None and value.high < threshold.minimum) or (
        threshold.maximum is not None and value.low > threshold.maximum
    )


def _bound(threshold: Threshold, unit: str) -> str:
    """How a threshold reads.

    >>> _bound(Threshold("coverage.min", 0.9, None, 0), "share")
    '≥ 90 %'
    """
    ends = (("≥", threshold.minimum), ("≤", threshold.maximum))
    return " and ".join(f"{sign} {_written(end, unit)}" for sign, end in ends if end is not None)


def _written(figure: float, unit: str) -> str:
    if unit == "share":
        return f"{figure * 100:.4g} %"
    return f"{figure:.4g} {unit.removeprefix('1')}".rstrip()
