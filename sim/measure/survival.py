"""Quantiles of durations of which some had not ended when watching did (Kaplan & Meier 1958).

What did not end is censored: it lasted at least so long. The estimate keeps that knowledge, where
leaving it out would make everything look faster. A quantile that falls behind the last end that
was seen is inf, "more than ...".
"""

import math

import numpy as np
from numpy.typing import NDArray

from sim.measure.censored import CensoredSample


def median(sample: CensoredSample) -> float:
    """The duration that half of them do not exceed; NaN of an empty sample, inf if unknown."""
    return quantile(sample, 0.5)


def quantile(sample: CensoredSample, share: float) -> float:
    """The smallest duration by which at least `share` have ended, by the Kaplan-Meier estimate.

    NaN of an empty sample; inf when fewer were ever seen to end. Without censoring it is the plain
    order statistic. Raises ValueError unless `share` is in (0, 1].
    """
    if not 0 < share <= 1:
        raise ValueError(f"share must be more than 0 and at most 1, not {share}")
    if not len(sample):
        return math.nan
    durations, alive = survival(sample)
    ended = np.flatnonzero(alive <= 1 - share + 1e-9)  # a product of ratios is not exact
    return float(durations[ended[0]]) if len(ended) else math.inf


def survival(sample: CensoredSample) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(durations, share that lasts longer than each), ascending and distinct.

    Raises ValueError for an empty sample.
    """
    if not len(sample):
        raise ValueError("nothing lasted: an empty sample has no survival curve")
    from scipy.stats import CensoredData, ecdf

    durations = np.array([*sample.observed, *sample.at_least])
    censored = np.arange(len(durations)) >= len(sample.observed)
    curve = ecdf(CensoredData.right_censored(durations, censored)).sf
    return curve.quantiles, curve.probabilities
