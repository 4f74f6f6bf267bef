"""Robust scales: the standard deviation of normal items, measured so that few lies cannot move it.

Both withstand nearly half of the items. MAD has an efficiency of 37 % where nobody lies, Qn of
82 %, but Qn looks at all pairs of items.
"""

from statistics import NormalDist
from typing import Final

import numpy as np

from sim.stats.robust.contract import Floats
from sim.stats.robust.order import weighted_median

MAD_FACTOR: Final = 1 / NormalDist().inv_cdf(0.75)
"""1.4826: standard deviations in a median absolute deviation of the normal law."""
QN_FACTOR: Final = 1 / (2**0.5 * NormalDist().inv_cdf(0.625))
"""2.2191: the same for the lower quartile of the distances of pairs."""


def mad(items: Floats, weights: Floats, centre: Floats | None = None) -> Floats:
    """Weighted median absolute deviation of each feature, times 1.4826; (groups, features).

    Items (groups, n, features), weights (groups, n), 0 where absent; deviations are from `centre`
    (groups, features), or else from the median.
    """
    middle = weighted_median(items, weights) if centre is None else centre
    return MAD_FACTOR * weighted_median(np.abs(items - middle[:, None, :]), weights)


def qn(items: Floats, weights: Floats) -> Floats:
    """Rousseeuw & Croux's Qn of each feature, times 2.2191; (groups, features), NaN for one item.

    The h (h - 1) / 2-th smallest distance of a pair, h = n // 2 + 1; weights only say who is there.
    Rousseeuw & Croux (1993), "Alternatives to the median absolute deviation", section 3.
    """
    n = items.shape[1]
    first, second = np.triu_indices(n, 1)
    there = (weights > 0)[:, first] & (weights > 0)[:, second]
    distances = np.abs(items[:, first] - items[:, second])
    ordered = np.sort(np.where(there[..., None], distances, np.inf), axis=1)
    half = np.count_nonzero(weights > 0, axis=1) // 2 + 1
    place = half * (half - 1) // 2 - 1
    result = np.full((len(items), items.shape[2]), np.nan)
    enough = np.count_nonzero(weights > 0, axis=1) > 1
    picked = np.take_along_axis(ordered[enough], place[enough, None, None], 1)
    result[enough] = QN_FACTOR * picked[:, 0]
    return result
