"""How many replications it would take to settle a threshold whose interval straddles the bound.

The interval shrinks with the square root of the replications, so the answer follows from how far
the value is from the bound. It is an estimate: the next replications may move the value as well.
"""

import math
from typing import Final

from sim.measure.metrics import MetricValue
from sim.scenario.plan import Threshold

MOST: Final = 100_000
"""As many as a scenario may ask for; what needs more is not settled by replications."""


def replications_to_settle(
    value: MetricValue, threshold: Threshold, replications: int
) -> int | None:
    """The number of replications after which the interval would not reach the bound any more.

    None if no number would: a value at the bound, or an interval without an end (censored heals
    that were watched too briefly need a longer run, not more of them).
    """
    if not math.isfinite(value.value):
        return None
    reach, distance = _reach(value), _distance(value.value, threshold)
    if not (0 < distance < reach < math.inf):
        return None
    needed = math.ceil(replications * (reach / distance) ** 2)
    return needed if needed <= MOST else None


def _reach(value: MetricValue) -> float:
    """Half of the interval; its longer side, for a share's ends are cut off at 0 and 1."""
    return max(value.value - value.low, value.high - value.value)


def _distance(value: float, threshold: Threshold) -> float:
    """From the value to the nearer of the bounds."""
    ends = (threshold.minimum, threshold.maximum)
    return min((abs(value - end) for end in ends if end is not None), default=math.nan)
