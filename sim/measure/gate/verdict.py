"""The gate: did a metric get worse than its baseline by more than the scenario tolerates?

One interval of the worsening decides. PASS: all of it is below the tolerance. FAIL: all of it is
above 0, and it reaches the tolerance. Else INCONCLUSIVE, with the replications that would settle
it. The lower bounds of all gated metrics share the false alarms evenly (Bonferroni): Holm's steps
would turn no other gate red, because the gate is red at the first metric, and the smallest p meets
the same level under both. Nothing of it needs a law of the figures; see `rearrangements`.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from sim.measure.gate.effect import EQUAL, Effect, Levels, measure_effect
from sim.measure.gate.planning import replications_needed
from sim.measure.gate.rates import levels_of
from sim.measure.gate.samples import Sample
from sim.measure.verdicts import Outcome
from sim.scenario.catalogue import METRICS
from sim.scenario.plan import Tolerance

_METRICS: Final = {metric.name: metric for metric in METRICS}


@dataclass(frozen=True, slots=True)
class Change:
    """One gated metric, held against its baseline. Figures are in `unit`; more worsening is worse.

    `low` and `high` are the bounds that decide, infinite where nothing bounds it; NaN is undefined.
    """

    metric: str
    unit: str
    base: float
    """Mean of the baseline over the replications that count; inf: one of them never recovered."""
    candidate: float
    worsening: float
    low: float
    high: float
    p: float
    """One-sided: how often luck alone looks at least as bad."""
    tolerance: float
    n: int
    """Replications that count: pairs, or those of the smaller side."""
    paired: bool
    outcome: Outcome
    reason: str
    needed: int | None
    """Replications that would settle it; None where it is settled, or where no number would."""
    line: int
    """Of the tolerance in the scenario file; 0 = unknown."""


def judge_gate(
    base: Mapping[str, Sample],
    candidate: Mapping[str, Sample],
    tolerances: Sequence[Tolerance],
    *,
    paired: bool,
) -> list[Change]:
    """A verdict for each tolerance, in order.

    `paired`: both sides ran the same seeds, so replication i of one belongs to replication i of the
    other, and those that only one side has are left out. Raises KeyError for a metric that either
    side lacks.
    """
    levels = levels_of(len(tolerances))
    unchanged = paired and same_figures(base, candidate)
    return [
        _judge(base[one.metric], candidate[one.metric], one, levels, paired, unchanged)
        for one in tolerances
    ]


def _judge(
    base: Sample,
    candidate: Sample,
    tolerance: Tolerance,
    levels: Levels,
    paired: bool,
    unchanged: bool,
) -> Change:
    better = _METRICS[tolerance.metric].better
    effect = measure_effect(base, candidate, better, levels, paired=paired)
    if unchanged and effect.n:
        effect = replace(effect, low=0.0, high=0.0)  # known, however few replications there are
    outcome, reason = _decide(effect, tolerance.worsening)
    needed = None
    if outcome == "pass" and unchanged:
        reason = "not one figure of the run differs from the baseline's"
    if outcome == "inconclusive" and effect.n and not effect.lost:
        needed = replications_needed(effect, tolerance.worsening, levels, paired)
        reason = f"{reason}; take {needed} replications"
    return Change(
        metric=tolerance.metric,
        unit=base.unit,
        base=effect.base,
        candidate=effect.candidate,
        worsening=effect.worsening,
        low=effect.low,
        high=effect.high,
        p=effect.p,
        tolerance=tolerance.worsening,
        n=effect.n,
        paired=paired,
        outcome=outcome,
        reason=reason,
        needed=needed,
        line=tolerance.line,
    )


def same_figures(base: Mapping[str, Sample], candidate: Mapping[str, Sample]) -> bool:
    """Whether no figure of any metric differs in the replications that both have.

    Then the same code ran under the same seeds, for all that can be measured, and luck has no part.
    """
    return all(_equal(base[name], candidate[name]) for name in base if name in candidate)


def _equal(a: Sample, b: Sample) -> bool:
    count = min(len(a.figures), len(b.figures))
    return np.allclose(a.figures[:count], b.figures[:count], rtol=EQUAL, atol=0, equal_nan=True)


def _decide(effect: Effect, tolerance: float) -> tuple[Outcome, str]:
    if not effect.n:
        return "inconclusive", "undefined here or in the baseline, in every replication"
    below = effect.high < tolerance * (1 - EQUAL)
    if below and effect.lost:
        return "inconclusive", f"undefined in {effect.lost} where the baseline is defined"
    if below:
        return "pass", "the whole interval is below the tolerance"
    if effect.low > 0:
        return "fail", _why_worse(effect)
    return "inconclusive", _why_open(effect)


def _why_worse(effect: Effect) -> str:
    if math.isinf(effect.worsening):
        return f"never reached in {effect.never} more than in the baseline"
    return "the whole interval is above 0 and reaches the tolerance"


def _why_open(effect: Effect) -> str:
    if effect.never > 0:
        return f"never reached in {effect.never} more than in the baseline, which may be luck"
    if math.isinf(effect.low):
        return f"{effect.n} replications are too few to say anything"
    return "the interval holds both 0 and the tolerance"
