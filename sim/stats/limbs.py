"""Whole numbers of two limbs, worked out in columns: products, and the least sum of squares.

As in `fixed_point` a number is high * 2**32 + low; those given and returned here are *normal*:
their low limb is in [0, 2**32). Nothing overflows while factors are at most 2**26 in magnitude
(four times the largest value), counts at most `COUNT_MAX` and other numbers at most 2**58.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.stats import fixed_point

IntArray = NDArray[np.int64]
Pair = tuple[IntArray, IntArray]
"""High and low limbs, of the same shape."""

COUNT_MAX: Final = 1 << 32
"""So many values may a sum have."""


def product(factors: IntArray, numbers: IntArray) -> Pair:
    """The exact products of two arrays of int64, which broadcast."""
    high, low = fixed_point.split(numbers)
    high, low = factors * high, factors * low
    fixed_point.normalise(high, low)
    return high, low


def least_squares(count: IntArray, sums: IntArray) -> Pair:
    """The smallest whole Q with count * Q >= sums**2: as if all values were equal.

    0 where nothing was counted. A mean may be at most 2**25 in magnitude.
    """
    n = np.maximum(count, 1)
    mean = (2 * sums + n) // (2 * n)
    rest = sums - mean * n
    # S^2 / n = mean * (S + rest) + rest^2 / n, and |rest| <= n / 2, so its square fits an int64.
    high, low = product(mean, sums + rest)
    low += -(-(rest * rest) // n)
    fixed_point.normalise(high, low)
    return high, low


def divide(high: IntArray, low: IntArray, by: int) -> Pair:
    """The quotients, rounded up, of normal numbers and a whole number from 1 to 2**30."""
    low = low + (by - 1)
    quotient, rest = high // by, high % by
    low = (rest << fixed_point.LIMB_BITS) + low
    quotients = low // by
    quotient = quotient + (quotients >> fixed_point.LIMB_BITS)
    return quotient, quotients & ((1 << fixed_point.LIMB_BITS) - 1)
