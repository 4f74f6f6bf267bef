"""Which assumption of an interval does not hold, and what that alone costs.

An assumption counts as broken where it alone takes more than one per cent from the coverage that is
claimed. What must be inferred from the data (do sources, do children differ?) must be significant
besides, at one per cent over all entries together, so noise is not taken for a finding. What an
interval was already widened for is not told to its diagnosis.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from sim.stats.confidence.contract import Bools, Floats, Group, Interval, Method
from sim.stats.confidence.coverage import real_coverage
from sim.stats.confidence.design import estimated_effect
from sim.stats.confidence.heterogeneity import children_differ, sources_differ
from sim.stats.confidence.meta_analysis import combined
from sim.stats.confidence.quantiles import t_quantile

TOLERANCE: Final = 0.01
"""Of coverage: what is called preserved."""
SIGNIFICANCE: Final = 0.01
FEW_CHILDREN: Final = 10
"""With fewer, tau^2 must not be taken for known."""


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """What is known of a claim beside it; numbers or arrays that broadcast with the group."""

    group: Group
    interval: Interval
    heard: Floats | float = 1.0
    """Share of the sources that the group is of."""
    declared: tuple[float, float] | None = None
    """Range of what a missing source may say."""
    bounded: Floats | float = 0.0
    """Share of the sources in whose place the interval was widened by that range."""
    moved: Floats | float = 0.0
    """Variance of the mean's movement since, as far as the interval was not widened for it."""
    overcount: Floats | float = 1.0
    """`duplication.variance_ratio` of what was counted more than once."""
    looks: int = 1
    """At which the claim is to hold together."""


@dataclass(frozen=True, slots=True, eq=False)
class Finding:
    """One assumption of an interval, and where it is broken."""

    assumption: str
    broken: Bools
    left: Floats
    """Coverage that is left if nothing else is wrong; NaN where there is no formula for it."""

    def __str__(self) -> str:
        told = f"{self.assumption}: {ASSUMPTIONS[self.assumption].broken}"
        where = f" in {np.count_nonzero(self.broken)} of {self.broken.size}"
        worst = self.left[self.broken]
        if np.isnan(worst).all():
            return told + where
        return f"{told}{where}, which alone leaves {np.nanmin(worst):.1%} at worst"


@dataclass(frozen=True, slots=True)
class Assumption:
    """How to say that it is broken, and how to find out: where, and what coverage is left."""

    broken: str
    check: Callable[[Evidence], tuple[Bools, Floats]]


def diagnose(method: Method, evidence: Evidence) -> list[Finding]:
    """What the method assumes and does not hold somewhere; empty if all is well."""
    findings = []
    for name in method.assumes:
        broken, left = ASSUMPTIONS[name].check(evidence)
        broken, left = np.broadcast_arrays(broken, left)
        if broken.any():
            findings.append(Finding(name, broken, left))
    return findings


def _sources_alike(evidence: Evidence) -> tuple[Bools, Floats]:
    group = evidence.group
    left = real_coverage(evidence.interval, np.fmax(estimated_effect(group), 1.0))
    return _costly(evidence, left) & _significant(sources_differ(group)), left


def _children_alike(evidence: Evidence) -> tuple[Bools, Floats]:
    children = evidence.group.children
    if children is None:
        return np.zeros_like(evidence.group.count, np.bool_), real_coverage(evidence.interval)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = combined(children).variance / evidence.interval.standard_error**2
    left = real_coverage(evidence.interval, np.fmax(ratio, 1.0))
    return _costly(evidence, left) & _significant(children_differ(children)), left


def _sources_enough(evidence: Evidence) -> tuple[Bools, Floats]:
    return evidence.group.effective_sources < 2, real_coverage(evidence.interval)


def _children_enough(evidence: Evidence) -> tuple[Bools, Floats]:
    """A normal quantile in the place of t_{k-1}."""
    from scipy.special import stdtr

    children = evidence.group.children
    k = np.zeros(()) if children is None else children.there.sum(axis=0)
    z = t_quantile(evidence.interval.level, math.inf)
    left = np.where(k > 1, 2 * stdtr(np.maximum(k - 1, 1), z) - 1, math.nan)
    return k < FEW_CHILDREN, left


def _complete(evidence: Evidence) -> tuple[Bools, Floats]:
    missing, centre = 1 - np.asarray(evidence.heard), evidence.interval.centre
    low, high = evidence.declared or (-math.inf, math.inf)
    with np.errstate(invalid="ignore"):
        furthest = missing * np.maximum(high - centre, centre - low)
    left = real_coverage(evidence.interval, bias=np.where(missing > 0, furthest, 0.0))
    return _costly(evidence, left), left


def _current(evidence: Evidence) -> tuple[Bools, Floats]:
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = 1 + evidence.moved / evidence.interval.standard_error**2
    left = real_coverage(evidence.interval, np.fmax(ratio, 1.0))
    return _costly(evidence, left), left


def _declared(evidence: Evidence) -> tuple[Bools, Floats]:
    """Those who are heard are not within what all were said to be."""
    low, high = evidence.declared or (-math.inf, math.inf)
    outside = (evidence.interval.low > high) | (evidence.interval.high < low)
    return outside & (np.asarray(evidence.bounded) > 0), np.full(outside.shape, math.nan)


def _once(evidence: Evidence) -> tuple[Bools, Floats]:
    left = real_coverage(evidence.interval, evidence.overcount)
    return _costly(evidence, left), left


def _one_look(evidence: Evidence) -> tuple[Bools, Floats]:
    shape = evidence.interval.centre.shape
    return np.full(shape, evidence.looks > 1), np.full(shape, math.nan)


def _costly(evidence: Evidence, left: Floats) -> Bools:
    """Held against the claim, not against what the interval would cover: it may have some slack."""
    return np.asarray(left < evidence.interval.level - TOLERANCE)


def _significant(p: Floats) -> Bools:
    with np.errstate(invalid="ignore"):
        return np.asarray(p <= SIGNIFICANCE / max(1, p.size))


ASSUMPTIONS: Final[Mapping[str, Assumption]] = {
    "sources_alike": Assumption("sources differ by more than their noise", _sources_alike),
    "children_alike": Assumption("children differ by more than their sources do", _children_alike),
    "sources_enough": Assumption("fewer than two sources", _sources_enough),
    "children_enough": Assumption(f"fewer than {FEW_CHILDREN} children", _children_enough),
    "complete": Assumption("sources are missing and could be anywhere", _complete),
    "current": Assumption("the mean may have moved since", _current),
    "declared": Assumption("what was heard is outside the declared range", _declared),
    "once": Assumption("values are counted more than once", _once),
    "one_look": Assumption("looked at more than once", _one_look),
}
