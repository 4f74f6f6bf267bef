"""What a summary cannot say, whoever says it: for many rows at once, and exactly.

Every bound is closed under merging (sums of rows within the bounds are within the sum of the
bounds), so an aggregator that refuses what is out of bounds is never out of bounds itself.
"""

from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.protocol.merkle.encoding import IntArray
from sim.stats.fixed_point import LIMB_BITS, LIMIT, join
from sim.stats.moments import COUNT, SOURCES, Layout

Bools = NDArray[np.bool_]
_LIMIT_HIGH: Final = LIMIT * LIMIT >> LIMB_BITS
_INT_EXACT: Final = 2.0**62
_DOUBT: Final = 2.0**-49
"""Relative difference of two products beyond which float64 is sure which is larger (16 u)."""
_PIECE: Final = 2048


class Reason(StrEnum):
    """Why a claim cannot be true."""

    SIGNATURE = "not signed by its author"
    ENCODING = "not a canonical summary"
    COUNT = "count negative or above what the registry allows"
    SOURCES = "sources negative, more than values, or more than there are"
    RANGE = "sum out of the range of that many values"
    SQUARES = "squares that no values with this sum have"
    VERSION = "version impossible at this time"
    EPOCH = "of another round"
    MISSING = "a child is left out"
    UNKNOWN = "a child that is not one"
    TWICE = "a child is listed twice"
    ORDER = "children are not in the order of their seats"
    MERGE = "summary is not the sum of the children's"
    HASH = "hash is not of this"
    EQUIVOCATION = "two different statements for one round"


def broken(
    rows: IntArray, counts_max: IntArray, sources_max: IntArray, features: int
) -> dict[Reason, Bools]:
    """For each bound which rows break it. rows (n, wide), maxima (n,); each result (n,)."""
    layout = Layout(features)
    counts, sources = rows[:, COUNT], rows[:, SOURCES]
    # Clipped, so that products with an absurd claim cannot overflow and come out right.
    n, m = np.clip(counts, 0, counts_max)[:, None], np.clip(sources, 0, sources_max)[:, None]
    S, Q, Q_low, M, R, R_low = (rows[:, layout.block(index)] for index in range(6))
    return {
        Reason.ENCODING: _any(_not_low(Q_low) | _not_low(R_low)),
        Reason.COUNT: (counts < 0) | (counts > counts_max),
        Reason.SOURCES: (sources < 0)
        | (sources > np.minimum(sources_max, counts))
        | ((sources == 0) & (counts > 0)),
        Reason.RANGE: _any(_beyond(S, n) | _beyond(M, m)),
        Reason.SQUARES: _any(_no_squares(n, S, Q, Q_low) | _no_squares(m, M, R, R_low)),
    }


def within(rows: IntArray, counts_max: IntArray, sources_max: IntArray, features: int) -> Bools:
    """Which rows break no bound; (n,). In pieces that stay in the cache."""
    good = np.empty(len(rows), np.bool_)
    for first in range(0, len(rows), _PIECE):
        part = slice(first, first + _PIECE)
        masks = broken(rows[part], counts_max[part], sources_max[part], features)
        good[part] = ~np.logical_or.reduce(list(masks.values()))
    return good


def _any(features: Bools) -> Bools:
    return np.asarray(features.any(axis=1))


def _not_low(low: IntArray) -> Bools:
    return np.asarray(low >> LIMB_BITS != 0)


def _beyond(sums: IntArray, n: IntArray) -> Bools:
    return np.asarray((sums > n * LIMIT) | (sums < -n * LIMIT))


def _no_squares(n: IntArray, S: IntArray, high: IntArray, low: IntArray) -> Bools:
    """Where no n values within the limit have the sum S and the squares Q = (high, low).

    Q <= n LIMIT^2 and n Q >= S^2: the second is Cauchy's inequality, M2 >= 0.
    """
    top = n * _LIMIT_HIGH
    outside = (high < 0) | (high > top) | ((high == top) & (low > 0))
    return np.asarray(outside | _negative_m2(n, S, high, low))


def _negative_m2(n: IntArray, S: IntArray, high: IntArray, low: IntArray) -> Bools:
    """Where n Q < S^2. Floats decide what is clear, whole numbers the rest."""
    left = n * (high * 2.0**LIMB_BITS + low)
    right = S.astype(np.float64) ** 2
    negative = np.asarray(left < right)
    doubtful = np.abs(left - right) <= _DOUBT * np.maximum(left, right)
    small = doubtful & (np.maximum(left, right) < _INT_EXACT)
    n = np.broadcast_to(n, S.shape)
    negative[small] = n[small] * ((high[small] << LIMB_BITS) + low[small]) < S[small] ** 2
    large = doubtful & ~small
    squares = join(high[large], low[large])
    exact = zip(n[large].tolist(), S[large].tolist(), squares, strict=True)
    negative[large] = [count * square < total * total for count, total, square in exact]
    return negative
