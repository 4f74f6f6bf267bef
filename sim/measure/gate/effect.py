"""How much worse a candidate is than its base in one metric, with an interval.

Same seeds: pairs, one for each replication. Other seeds: two independent groups. A figure that is
inf (never recovered) is worse than any number, so an effect can be infinite; an undefined figure is
left out together with its partner, and `lost` counts those that only the base could tell.
"""

import math
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from sim.measure.gate.proportions import is_yes_or_no, rise_at_most, share_at_most
from sim.measure.gate.rearrangements import (
    Floats,
    Rearrangements,
    break_evens,
    flips,
    lower_bound,
    p_values,
    swaps,
    upper_bound,
)
from sim.measure.gate.samples import Sample

EQUAL: Final = 1e-9
"""Relative difference up to which two figures are one: files keep twelve digits."""


@dataclass(frozen=True, slots=True)
class Levels:
    """One-sided levels of the two bounds."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Effect:
    """A worsening in the metric's unit: more is worse, whatever the metric's own direction.

    All is NaN where no replication counts (n = 0).
    """

    base: float
    """Mean over the replications that count; inf where one of them never recovered."""
    candidate: float
    worsening: float
    low: float
    """Bounds are infinite where there are too few replications for any."""
    high: float
    p: float
    """One-sided: how often luck alone looks at least as bad."""
    p_better: float
    """The same for as good."""
    n: int
    """Pairs, or replications of the smaller side."""
    deviation: float
    """The standard error of the worsening is ``deviation / sqrt(n)``; NaN for n < 2."""
    freedom: int
    """Degrees of freedom of the deviation."""
    lost: int
    """Replications that are undefined in the candidate only."""
    never: int
    """Replications that only the candidate never recovers in, less those of the base only."""


@dataclass(frozen=True, slots=True, eq=False)
class _Evidence:
    """What is rearranged, and what it says: more is worse."""

    tried: Rearrangements
    finite: Floats
    """Values to rearrange; 0 for the infinite."""
    never: Floats
    """1 or -1 for the infinite."""
    worsening: float
    n: int
    deviation: float
    freedom: int
    cases: int
    """Replications that are infinitely worse, less those infinitely better."""
    most: float | None
    """An upper bound for where rearranging would give too bold a one."""


def measure_effect(
    base: Sample,
    candidate: Sample,
    better: Literal["less", "more"],
    levels: Levels,
    *,
    paired: bool,
) -> Effect:
    """The effect in one metric; over the replications that both have, if `paired`."""
    a, b = np.array(base.figures, float), np.array(candidate.figures, float)
    if paired:
        count = min(len(a), len(b))
        a, b = a[:count], b[:count]
        lost = int((np.isnan(b) & ~np.isnan(a)).sum())
        known = ~(np.isnan(a) | np.isnan(b))
        a, b = a[known], b[known]
    else:
        lost = 0 if np.isnan(a).any() else int(np.isnan(b).sum())
        a, b = a[~np.isnan(a)], b[~np.isnan(b)]
    if not len(a) or not len(b):
        return _undefined(lost)
    weigh = _pairs if paired else _groups
    up = 1.0 if better == "less" else -1.0
    return _effect(
        weigh(up * a, up * b, levels.high), levels, float(a.mean()), float(b.mean()), lost
    )


def _pairs(a: Floats, b: Floats, level: float) -> _Evidence:
    """Evidence of the differences of pairs."""
    never = _infinite(b) - _infinite(a)
    finite = _difference(a, b)
    n = len(finite)
    return _Evidence(
        tried=flips(n),
        finite=finite,
        never=never,
        worsening=_outweighed(float(finite.mean()), never.sum()),
        n=n,
        deviation=float(finite.std(ddof=1)) if n > 1 else math.nan,
        freedom=n - 1,
        cases=int(never.sum()),
        most=share_at_most(int((finite > 0).sum()), n, level) if is_yes_or_no(a, b) else None,
    )


def _groups(a: Floats, b: Floats, level: float) -> _Evidence:
    """Evidence of two independent groups; the candidate's figures come first."""
    both = np.append(b, a)
    never = _infinite(both)
    finite = np.where(never == 0, both, 0.0)
    ours, theirs = finite[: len(b)], finite[len(b) :]
    net = never[: len(b)].mean() - never[len(b) :].mean()
    n = min(len(a), len(b))
    return _Evidence(
        tried=swaps(len(b), len(a)),
        finite=finite,
        never=never,
        worsening=_outweighed(float(ours.mean() - theirs.mean()), net),
        n=n,
        deviation=math.sqrt(n * (_variance(ours) + _variance(theirs))) if n > 1 else math.nan,
        freedom=len(both) - 2,
        cases=round(net * len(b)),
        most=rise_at_most(a, b, level) if is_yes_or_no(a, b) else None,
    )


def _effect(found: _Evidence, levels: Levels, base: float, candidate: float, lost: int) -> Effect:
    shifts = break_evens(found.tried, found.finite, found.never)
    low = lower_bound(found.tried, shifts, levels.low)
    high = upper_bound(found.tried, shifts, levels.high)
    p, p_better = p_values(found.tried, shifts)
    return Effect(
        base=base,
        candidate=candidate,
        worsening=found.worsening,
        low=low,
        high=high if found.most is None else max(found.most, low),
        p=p,
        p_better=p_better,
        n=found.n,
        deviation=found.deviation,
        freedom=found.freedom,
        lost=lost,
        never=found.cases,
    )


def _undefined(lost: int) -> Effect:
    nan = math.nan
    return Effect(nan, nan, nan, nan, nan, nan, nan, 0, nan, 0, lost, 0)


def _infinite(figures: Floats) -> Floats:
    """1 or -1 where a figure is infinite, else 0."""
    return np.where(np.isinf(figures), np.sign(figures), 0.0)


def _difference(a: Floats, b: Floats) -> Floats:
    """b - a; 0 where either is infinite, or both are equal but for rounding."""
    finite = np.isfinite(a) & np.isfinite(b)
    a, b = np.where(finite, a, 0.0), np.where(finite, b, 0.0)
    return np.where(np.isclose(a, b, rtol=EQUAL, atol=0.0), 0.0, b - a)


def _outweighed(mean: float, never: float) -> float:
    return math.copysign(math.inf, never) if never else mean


def _variance(side: Floats) -> float:
    """Of the side's mean."""
    return float(side.var(ddof=1)) / len(side)
