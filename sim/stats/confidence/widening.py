"""An interval for now, from one for then: what may have moved since is added.

Two kinds of knowledge, added in two ways. A movement with a *variance* (a random walk, an
Ornstein-Uhlenbeck process) is independent of the error of sampling: variances add, in quadrature.
A movement with a *bound* (a declared rate of change times the age) may be as large as that, always
and in the worst direction: it is added to the half width as it is.
"""

import math
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from sim.stats.confidence.contract import Floats, Interval
from sim.stats.confidence.quantiles import t_quantile


def widened(
    interval: Interval,
    moved: ArrayLike = 0.0,
    *,
    degrees: ArrayLike = math.inf,
    at_most: ArrayLike = 0.0,
) -> Interval:
    """The interval with a movement of variance `moved` and of another one `at_most` so far.

    `degrees` of freedom are those of `moved`, if it was estimated; both variances together have
    Satterthwaite's (1946). What widens an interval beyond Student's (a confidence sequence) keeps
    its factor, and holds at each look by itself: movement is not sampled once and for all. Raises
    ValueError for a negative movement.
    """
    variance, bound = np.asarray(moved, np.float64), np.asarray(at_most, np.float64)
    if (variance < 0).any() or (bound < 0).any():
        raise ValueError("a movement must not be negative")
    error = np.sqrt(interval.standard_error**2 + variance)
    freedom = _satterthwaite(interval, variance, np.asarray(degrees, np.float64))
    half = _factor(interval) * t_quantile(interval.level, freedom) * error + bound
    wide = Interval.of(interval.centre, error, interval.level, degrees=freedom, half_width=half)
    return replace(wide, half_width=np.maximum(wide.half_width, interval.half_width))


def _factor(interval: Interval) -> Floats:
    """Of its half width over Student's: 1 for a fixed interval."""
    with np.errstate(invalid="ignore"):
        plain = t_quantile(interval.level, interval.degrees) * interval.standard_error
        known = np.isfinite(plain) & (plain > 0)
        return np.where(known, interval.half_width / np.where(known, plain, 1.0), 1.0)


def _satterthwaite(interval: Interval, moved: Floats, degrees: Floats) -> Floats:
    """(a + b)^2 / (a^2 / df_a + b^2 / df_b); of one of them if the other is 0."""
    sampled = interval.standard_error**2
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(sampled + moved > 0, sampled / (sampled + moved), 1.0)
        slack = share**2 / interval.degrees + (1 - share) ** 2 / degrees
        return np.where(np.isfinite(share), 1 / slack, interval.degrees)
