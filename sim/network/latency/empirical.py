"""Delays that were measured: every draw is one of the values of a sample, all equally likely.

The law takes the values; reading them is in `sample_files`. Nothing is interpolated, so a tail ends
at the largest measurement.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True, slots=True, init=False)
class Empirical:
    """The quantile function of a sample (step function, inverse of the empirical distribution)."""

    sorted_ns: NDArray[np.float64]

    def __init__(self, values_ns: ArrayLike) -> None:
        values = np.sort(np.asarray(values_ns, dtype=np.float64))
        assert values.ndim == 1
        assert len(values)
        assert values[0] >= 0
        object.__setattr__(self, "sorted_ns", values)

    @property
    def floor_ns(self) -> float:
        """The smallest value measured."""
        return float(self.sorted_ns[0])

    def draw(self, stream: np.random.Generator, out: NDArray[np.float64]) -> None:
        """One uniform each: u is answered by value number floor(u n) of the sorted sample."""
        stream.random(out=out)
        out *= len(self.sorted_ns)
        # mode="clip" only because numpy would copy `out` to be able to raise.
        np.take(self.sorted_ns, out.astype(np.intp), out=out, mode="clip")
