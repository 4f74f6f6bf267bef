"""Columns in ascending order with the weight that lies below: what medians and trimming need.

Weights that should add up to a border but miss it by rounding (1e-12 of the total) are taken to
meet it, so that a sliver of an item at 1e100 is never kept by mistake.
"""

from typing import Final

import numpy as np

from sim.stats.robust.contract import LARGEST, Floats

ROUNDING: Final = 1e-12


def sort_columns(items: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """Each feature ascending, with the weights in the same order; both (groups, n, features).

    Absent items (weight 0) come last, as a finite number that must not be used.
    """
    voices = np.broadcast_to(weights[..., None], items.shape)
    values = np.where(voices > 0, items, 2 * LARGEST)
    order = np.argsort(values, axis=1, kind="stable")
    return np.take_along_axis(values, order, 1), np.take_along_axis(voices, order, 1)


def weighted_median(items: Floats, weights: Floats) -> Floats:
    """Median of each feature; items (groups, n, features), weights (groups, n), not all 0.

    Half of the weight is on either side; where an item ends exactly at the half, it is the middle
    between that item and the next.
    """
    values, voices = sort_columns(items, weights)
    below = np.cumsum(voices, axis=1)
    half = below[:, -1:] / 2
    low = np.argmax(below >= half * (1 - ROUNDING), axis=1)[:, None]
    high = np.argmax(below > half * (1 + ROUNDING), axis=1)[:, None]
    middle = np.take_along_axis(values, low, 1) + np.take_along_axis(values, high, 1)
    return np.asarray(middle[:, 0] / 2)


def trimmed_mean(items: Floats, weights: Floats, share: Floats) -> Floats:
    """Mean of each feature without `share` (groups,) of the weight at either end.

    The item on the border counts with the part of its weight that is inside.
    """
    values, voices = sort_columns(items, weights)
    below = np.cumsum(voices, axis=1)
    total = below[:, -1:]
    cut = total * share[:, None, None]
    kept = np.minimum(below, total - cut) - np.maximum(below - voices, cut)
    kept = np.where(kept > ROUNDING * total, kept, 0.0)
    return np.asarray((values * (kept / kept.sum(axis=1, keepdims=True))).sum(axis=1))
