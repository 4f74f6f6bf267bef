"""How much worse a candidate is than its base in one metric, with an interval.

Same seeds: pairs, one for each replication. Other seeds: two independent groups. A figure that is
inf (never recovered) is worse than any number, so an effect can be infinite; an undefined figure is
left out together with its partner, and `lost` counts those that only the base could tell.
"""

import math
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from sim.measure.gate.rearrangements import (
    Floats,
    Rearrangements,
    break_evens,
    flips,
    lower_bound,
    p_value,
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
    """A worsening in the metric's unit: more is worse, whatever the metric's own direction."""

    base: float
    """Mean over the replications that count; inf where one of them never recovered."""
    candidate: float
    worsening: float
    low: float
    high: float
    p: float
    """One-sided: how often luck alone looks at least as bad."""
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


def measure_effect(
    base: Sample,
    candidate: Sample,
    better: Literal["less", "more"],
    levels: Levels,
    *,
    paired: bool,
) -> Effect:
    """The effect in one metric; over the replications that both have, if `paired`.

    The bounds are one-sided, and infinite where there are too few replications for any. Where no
    replication counts (n = 0) all is NaN.
    """
    a, b = np.array(base.figures, float), np.array(candidate.figures, float)
    if paired:
        count = min(len(a), len(b))
        return _of_pairs(a[:count], b[:count], better, levels)
    return _of_groups(a, b, better, levels)


def _of_pairs(base: Floats, candidate: Floats, better: str, levels: Levels) -> Effect:
    known = ~(np.isnan(base) | np.isnan(candidate))
    lost = int((np.isnan(candidate) & ~np.isnan(base)).sum())
    base, candidate = base[known], candidate[known]
    if not len(base):
        return _undefined(lost)
    a, b = _worse_up(base, better), _worse_up(candidate, better)
    finite, never = _difference(a, b), _beyond(b) - _beyond(a)
    most = None
    if _is_yes_or_no(a, b):
        most = _share_at_most(int((finite > 0).sum()), len(finite), levels.high)
    low, high, p = _bounds(flips(len(finite)), finite, never, levels, most)
    return Effect(
        base=float(base.mean()),
        candidate=float(candidate.mean()),
        worsening=_outweighed(float(finite.mean()), never.sum()),
        low=low,
        high=high,
        p=p,
        n=len(finite),
        deviation=float(finite.std(ddof=1)) if len(finite) > 1 else math.nan,
        freedom=len(finite) - 1,
        lost=lost,
        never=int(never.sum()),
    )


def _of_groups(base: Floats, candidate: Floats, better: str, levels: Levels) -> Effect:
    lost = 0 if np.isnan(base).any() else int(np.isnan(candidate).sum())
    base, candidate = base[~np.isnan(base)], candidate[~np.isnan(candidate)]
    if not len(base) or not len(candidate):
        return _undefined(lost)
    a, b = _worse_up(base, better), _worse_up(candidate, better)
    both, never = np.append(b, a), _beyond(np.append(b, a))
    finite = np.where(never == 0, both, 0.0)
    tried = swaps(len(b), len(a))
    low, high, p = _bounds(tried, finite, never, levels, _rise_at_most(a, b, levels.high))
    ours, theirs = finite[: len(b)], finite[len(b) :]
    net = never[: len(b)].mean() - never[len(b) :].mean()
    n = min(len(a), len(b))
    variances = [np.var(side, ddof=1) / len(side) for side in (ours, theirs) if len(side) > 1]
    return Effect(
        base=float(base.mean()),
        candidate=float(candidate.mean()),
        worsening=_outweighed(float(ours.mean() - theirs.mean()), net),
        low=low,
        high=high,
        p=p,
        n=n,
        deviation=math.sqrt(n * sum(variances)) if n > 1 else math.nan,
        freedom=len(both) - 2,
        lost=lost,
        never=round(net * len(b)),
    )


def _undefined(lost: int) -> Effect:
    nan = math.nan
    return Effect(nan, nan, nan, nan, nan, nan, 0, nan, 0, lost, 0)


def _worse_up(figures: Floats, better: str) -> Floats:
    return figures if better == "less" else -figures


def _beyond(figures: Floats) -> Floats:
    """1 or -1 where a figure is infinite, else 0."""
    return np.where(np.isinf(figures), np.sign(figures), 0.0)


def _difference(a: Floats, b: Floats) -> Floats:
    """b - a; 0 where either is infinite or both are equal but for rounding."""
    finite = np.isfinite(a) & np.isfinite(b)
    a, b = np.where(finite, a, 0.0), np.where(finite, b, 0.0)
    return np.where(np.isclose(a, b, rtol=EQUAL, atol=0.0), 0.0, b - a)


def _outweighed(mean: float, never: float) -> float:
    return math.copysign(math.inf, never) if never else mean


def _bounds(
    tried: Rearrangements, finite: Floats, never: Floats, levels: Levels, most: float | None
) -> tuple[float, float, float]:
    """Lower bound, upper bound and p; `most` replaces an upper bound that would be too bold."""
    shifts = break_evens(tried, finite, never)
    low = lower_bound(tried, shifts, levels.low)
    high = upper_bound(tried, shifts, levels.high) if most is None else max(most, low)
    return low, high, p_value(tried, shifts)


def _is_yes_or_no(a: Floats, b: Floats) -> bool:
    """Whether the figures are only 0 and 1, and both occur.

    Then a shift is no model of a change, and luck can hide a rare one: exact laws of proportions
    bound it instead.
    """
    return np.array_equal(np.unique(np.abs(np.append(a, b))), [0.0, 1.0])


def _rise_at_most(a: Floats, b: Floats, level: float) -> float | None:
    """Upper bound of the rise of the share of bad figures between two groups of yes and no."""
    if not _is_yes_or_no(a, b):
        return None
    bad = max(a.max(), b.max())
    most = _share_at_most(int((b == bad).sum()), len(b), level / 2)
    least = 1 - _share_at_most(int((a != bad).sum()), len(a), level / 2)
    return most - least


def _share_at_most(count: int, n: int, level: float) -> float:
    """Upper end of the exact interval of a share (Clopper & Pearson 1934)."""
    if count == n:
        return 1.0
    from scipy.stats import beta

    return float(beta.ppf(1 - level, count + 1, n - count))
