"""Values as whole numbers, so that sums are exact and their order does not matter.

A value in units of its feature's scale is counted in quanta of 2**-20 and clipped at 16 scales:
24 bits and a sign. A square then needs 48 bits, and an int64 holds the squares of 32,768 clipped
values - more than one vector step ever adds before the sums move to two limbs (`moments`).

A float64 holds whole numbers exactly up to 2**53, and adds them several times faster. Arrays of
either type are used for whole numbers; `fits_float` says when a float sum is exact.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

QUANTUM: Final = 2.0**-20
LIMIT: Final = 16 << 20
"""Largest magnitude of a quantised value."""

LIMB_BITS: Final = 32
_FLOAT_EXACT: Final = 2.0**53
_INT_EXACT: Final = 2.0**62
_LOW: Final = (1 << LIMB_BITS) - 1


def quantise(values: NDArray[np.float64]) -> tuple[int, float]:
    """Turn `values` (in scales) into whole quanta, in place.

    Returns how many were clipped, and the largest magnitude that is left. Rounds half to even.
    """
    np.multiply(values, 1 / QUANTUM, out=values)
    np.rint(values, out=values)
    if not values.size:
        return 0, 0.0
    largest = max(float(values.max()), -float(values.min()))
    if largest <= LIMIT:
        return 0, largest
    clipped = int(np.count_nonzero(np.abs(values) > LIMIT))
    np.clip(values, -LIMIT, LIMIT, out=values)
    return clipped, float(LIMIT)


def fits_float(largest: float, terms: int) -> bool:
    """Whether a sum of `terms` whole numbers of at most `largest` is exact in float64."""
    return largest * terms <= _FLOAT_EXACT


def fits_int(sum_: float) -> bool:
    """Whether an int64 holds a sum of about this magnitude."""
    return sum_ < _INT_EXACT


def split(sums: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Two limbs (high, low) of int64 sums, with ``high * 2**32 + low`` the same number.

    Low limbs are in [0, 2**32), also for negative sums, so limbs may be added independently.
    """
    return sums >> LIMB_BITS, sums & _LOW


def join(high: NDArray[np.int64], low: NDArray[np.int64]) -> list[int]:
    """The exact Python integers of two limbs (1-D arrays)."""
    return [(int(h) << LIMB_BITS) + int(lo) for h, lo in zip(high, low, strict=True)]


def normalise(high: NDArray[np.int64], low: NDArray[np.int64]) -> None:
    """Carry, in place, what overflowed from the low limbs into the high ones.

    After it, equal numbers have equal limbs, whatever the order in which they were added.
    """
    high += low >> LIMB_BITS
    low &= _LOW
