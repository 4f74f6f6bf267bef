"""Exact sums of float64: in any order and grouping the same bits, rounded once at the end.

Every finite float64 is a whole multiple of 2**-1074, so a sum of floats is a sum of integers, and a
Python int holds any of them: this is a superaccumulator. The evidence on the wire is fixed point
(`evidence`) and needs none; this one is for floats whose scale nobody knows beforehand, and is the
oracle for everything that rounds (`summation`).

Speed comes from splitting each float into two halves of at most 27 significant bits and adding up
the halves by exponent: 2**26 such halves of one exponent have an exact sum in a float64, which has
53 bits. Python integers only see two numbers per exponent. One bin per exponent is the "large
superaccumulator" of Neal (2015), "Fast exact summation using small and large superaccumulators".
"""

import hashlib
import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

_UNIT_BITS: Final = 1074
"""Every finite float64 is a whole number of 2**-1074."""

_STATE_BYTES: Final = 272
"""2,176 bits: the 2,098 of the largest float64, and a headroom of 2**77 items."""

_BLOCK: Final = 1 << 26
"""Halves of one exponent and 27 bits whose float64 sum is still exact: 53 - 27 bits."""

_CHUNK: Final = 1 << 15
"""Items that are taken at once, so that all intermediate arrays stay in the cache."""

_EXPONENTS: Final = 2048
_HUGE: Final = 1984
"""Biased exponent from which sums of a block might overflow; such items are scaled down first."""

_HUGE_SCALE_BITS: Final = 256
_LOWER_HALF: Final = np.int64((1 << 27) - 1)


@dataclass(frozen=True, slots=True)
class ExactSum:
    """A sum of float64. Equal sums are equal values of this class; ``ExactSum()`` is the empty one.

    What is not finite cannot be added, so it is counted apart, and the finite rest is kept.
    """

    units: int = 0
    """The finite items, in units of 2**-1074."""
    nans: int = 0
    positive_infinities: int = 0
    negative_infinities: int = 0

    def __add__(self, other: "ExactSum") -> "ExactSum":
        return ExactSum(
            self.units + other.units,
            self.nans + other.nans,
            self.positive_infinities + other.positive_infinities,
            self.negative_infinities + other.negative_infinities,
        )

    @property
    def value(self) -> float:
        """The float64 nearest to the exact sum, ties to even; never -0.0.

        NaN if an item was NaN or both infinities were among them; an infinity where one was, or
        where the exact sum rounds beyond the largest float. Overflow on the way does not exist:
        ``math.fsum([1e308, 1e308, -1e308])`` raises OverflowError, this is 1e308.
        """
        if self.nans or (self.positive_infinities and self.negative_infinities):
            return math.nan
        if self.positive_infinities or self.negative_infinities:
            return math.inf if self.positive_infinities else -math.inf
        try:
            return self.units / (1 << _UNIT_BITS)  # of two ints: correctly rounded
        except OverflowError:
            return math.inf if self.units > 0 else -math.inf

    @property
    def fraction(self) -> Fraction:
        """The exact sum of the finite items."""
        return Fraction(self.units, 1 << _UNIT_BITS)

    def to_bytes(self) -> bytes:
        """The state in 296 bytes: equal bytes exactly for equal sums. Little-endian."""
        counts = (self.nans, self.positive_infinities, self.negative_infinities)
        finite = self.units.to_bytes(_STATE_BYTES, "little", signed=True)
        return finite + b"".join(count.to_bytes(8, "little") for count in counts)

    def digest(self) -> bytes:
        """SHA-256 of the state, 32 bytes."""
        return hashlib.sha256(self.to_bytes()).digest()


def exact_sum(values: ArrayLike) -> ExactSum:
    """The exact sum of all items of `values`, any shape, taken as float64.

    Sums of parts add up (``+``) to the sum of the whole, in any order: a stream is summed chunk by
    chunk in bounded memory.
    """
    flat = np.ascontiguousarray(values, np.float64).reshape(-1)
    parts = (_block(flat[start : start + _BLOCK]) for start in range(0, len(flat), _BLOCK))
    return sum(parts, ExactSum())


def _block(values: NDArray[np.float64]) -> ExactSum:
    """The sum of at most `_BLOCK` items."""
    by_exponent = np.zeros((2, _EXPONENTS))
    total = ExactSum()
    for chunk in _chunks(values):
        exponent = (chunk.view(np.int64) >> 52) & (_EXPONENTS - 1)
        if exponent.max() >= _HUGE:
            total += _huge(chunk[exponent >= _HUGE])
            chunk, exponent = chunk[exponent < _HUGE], exponent[exponent < _HUGE]
        upper = (chunk.view(np.int64) & ~_LOWER_HALF).view(np.float64)
        by_exponent[0] += np.bincount(exponent, upper, _EXPONENTS)
        by_exponent[1] += np.bincount(exponent, chunk - upper, _EXPONENTS)
    return total + ExactSum(_units(by_exponent))


def _chunks(values: NDArray[np.float64]) -> Iterator[NDArray[np.float64]]:
    return (values[start : start + _CHUNK] for start in range(0, len(values), _CHUNK))


def _huge(values: NDArray[np.float64]) -> ExactSum:
    """The sum of items of which a few could overflow, or that are not finite."""
    finite = values[np.isfinite(values)]
    scaled = exact_sum(np.ldexp(finite, -_HUGE_SCALE_BITS))  # exact: far from the subnormals
    return ExactSum(
        scaled.units << _HUGE_SCALE_BITS,
        int(np.isnan(values).sum()),
        int((values == math.inf).sum()),
        int((values == -math.inf).sum()),
    )


def _units(sums: NDArray[np.float64]) -> int:
    """Exact total of float64 numbers in units of 2**-1074."""
    total = 0
    for value in sums[sums != 0].tolist():
        numerator, denominator = value.as_integer_ratio()
        total += (numerator << _UNIT_BITS) // denominator
    return total
