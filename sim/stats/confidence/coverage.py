"""What an interval really covers if its claim is wrong by a known amount."""

import numpy as np
from numpy.typing import ArrayLike

from sim.stats.confidence.contract import Floats, Interval


def real_coverage(
    interval: Interval, variance_ratio: ArrayLike = 1.0, bias: ArrayLike = 0.0
) -> Floats:
    """P(the truth is inside) if the true variance is `variance_ratio` times the claimed one.

    `bias` is that of the centre. Exact without a bias, or with a normal quantile; else the t is
    shifted, not non-central, which is a little off below ten degrees. 1 for an infinite interval.
    Raises ValueError for a ratio that is not positive.

    >>> claim = Interval.of(0.0, 1.0, 0.95)
    >>> [round(float(real_coverage(claim, ratio)), 3) for ratio in (1.0, 2.0, 3.0)]
    [0.95, 0.834, 0.742]
    """
    ratio, shift = np.asarray(variance_ratio, np.float64), np.asarray(bias, np.float64)
    if (ratio <= 0).any():
        raise ValueError("a ratio of variances must be positive")
    with np.errstate(divide="ignore", invalid="ignore"):
        error: Floats = interval.standard_error * np.sqrt(ratio)
        above, below = interval.half_width - shift, -interval.half_width - shift
        inside = _cdf(interval.degrees, above / error) - _cdf(interval.degrees, below / error)
    certain = np.isinf(interval.half_width) | ((error == 0) & (above >= 0) & (below <= 0))
    return np.where(certain, 1.0, np.where(error == 0, 0.0, inside))


def _cdf(degrees: Floats, x: Floats) -> Floats:
    from scipy.special import ndtr, stdtr

    return np.where(np.isinf(degrees), ndtr(x), stdtr(np.maximum(degrees, 1e-9), x))
