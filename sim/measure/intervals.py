"""95 % intervals for what a run reports: a mean over replications, a quantile over heals.

NaN at both ends means "too few to say". A censored value is at least what is known of it and may
be anything above, so the low end uses its lower bound and the high end infinity.
"""

import math
from collections.abc import Sequence
from typing import Final

import numpy as np

from sim.measure.censored import CensoredSample

LEVEL: Final = 0.95
UNKNOWN: Final = (math.nan, math.nan)


def student_t(values: Sequence[float]) -> tuple[float, float]:
    """Interval of the mean of independent replications; NaN for fewer than two."""
    if len(values) < 2:
        return UNKNOWN
    from scipy.stats import t

    mean, deviation = float(np.mean(values)), float(np.std(values, ddof=1))
    reach = float(t.ppf((1 + LEVEL) / 2, len(values) - 1)) * deviation / math.sqrt(len(values))
    return mean - reach, mean + reach


def quantile(sample: CensoredSample, share: float) -> float:
    """The smallest value that at least `share` of the sample do not exceed; censored ones are inf.

    So the answer is inf, "more than ...", when it falls among those that never recovered.
    """
    return _ordered(sample, math.inf)[_rank(len(sample), share)]


def quantile_interval(sample: CensoredSample, share: float) -> tuple[float, float]:
    """Distribution-free interval of a quantile, from the order statistics (David & Nagaraja 7.1).

    NaN when the sample is too small for it (72 are needed for a 95th percentile), except that a
    quantile among the censored has a low end: its own lower bound.
    """
    if math.isinf(quantile(sample, share)):
        return _floor(sample, share), math.inf
    from scipy.stats import binom

    low = int(binom.ppf((1 - LEVEL) / 2, len(sample), share))
    high = int(binom.ppf((1 + LEVEL) / 2, len(sample), share)) + 1
    if low < 1 or high > len(sample):
        return UNKNOWN
    return sorted(_bounds(sample))[low - 1], _ordered(sample, math.inf)[high - 1]


def maximum_interval(sample: CensoredSample) -> tuple[float, float]:
    """The largest of these very heals: known, hence no interval, unless some are censored."""
    return (_floor(sample, 1.0), math.inf) if sample.at_least else UNKNOWN


def _floor(sample: CensoredSample, share: float) -> float:
    return sorted(_bounds(sample))[_rank(len(sample), share)]


def _rank(count: int, share: float) -> int:
    """Index of the quantile; 0.95 * 60 must not become 58 by a rounding error."""
    return max(math.ceil(share * count - 1e-9) - 1, 0)


def _bounds(sample: CensoredSample) -> tuple[float, ...]:
    return (*sample.observed, *sample.at_least)


def _ordered(sample: CensoredSample, censored: float) -> list[float]:
    return [*sorted(sample.observed), *(censored for _ in sample.at_least)]
