"""What the control of a run promises about false alarms, and the curve that shows whether it kept.

A promise is about an average, so a curve of it is of all decisions so far: where it ends is the
figure of the run. Online controls promise a share of all alarms so far, Bonferroni that a decision
with any false alarm is rare, all others the false share of a decision's alarms, on average.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from sim.report.detection.accuracy import Floats, Side, smoothed
from sim.scenario.plan import Plan
from sim.scenario.procedures import PROCEDURES, Bound

_TIERS: Final = {"local": 1, "region": -2, "root": -1}


@dataclass(frozen=True, slots=True)
class Promise:
    """How a promise is drawn."""

    title: str
    figure: str
    """The metric of the run, behind ``detection.``: where the curve ends."""
    so_far: Callable[[Side], Floats]
    """The figure of all decisions up to each, (decisions,)."""
    single: Callable[[Side], Floats]
    """That of each decision alone, (decisions,)."""


def promise_of(plan: Plan) -> Promise:
    """What a plan with detection promises; a threshold is drawn as the others are."""
    assert plan.detection is not None
    return _PROMISES[PROCEDURES[plan.detection.control.kind].bounds or "fdr"]


def in_words(plan: Plan) -> str:
    """Who promises how much, in two lines; empty where there is no promise.

    A level that many nodes keep, each by itself, is none of what they do together.
    """
    assert plan.detection is not None
    control, decide = plan.detection.control, plan.detection.decide
    alpha, tier = control.options.get("alpha"), plan.tiers[_TIERS[decide]]
    if alpha is None:
        return ""
    is_shared = tier.count > 1 and control.kind != "qute"
    whose = f"at each of {tier.count:,} {tier.name}s" if is_shared else "on average"
    return f"{control.kind} promises {100 * alpha:g} %\nat most, {whose}"


def _of_all(side: Side) -> Floats:
    false, alarms = np.cumsum(side.false_alarms), np.cumsum(side.alarms)
    return np.divide(false, alarms, out=np.zeros(len(alarms)), where=alarms > 0)


def _any(side: Side) -> Floats:
    return np.where(side.false_alarms > 0, 1.0, 0.0)


def _mean(values: Floats) -> Floats:
    return smoothed(values, max(len(values), 1))


def _shares(side: Side) -> Floats:
    return side.false_share


_PROMISES: Final[Mapping[Bound, Promise]] = {
    "any_false": Promise(
        "Decisions with any false alarm, of all so far",
        "any_false",
        lambda side: _mean(_any(side)),
        _any,
    ),
    "fdr": Promise(
        "False share of a decision's alarms, mean of all so far; without an alarm: 0",
        "fdr",
        lambda side: _mean(_shares(side)),
        _shares,
    ),
    "fdr.overall": Promise(
        "False share of all alarms so far; without an alarm: 0", "fdr.overall", _of_all, _shares
    ),
}
