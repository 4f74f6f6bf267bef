"""The usual shape of measured jitter: a sharp rise and a long, not heavy tail.

Quantiles are `median_ns` exp(sigma z); the mean is `median_ns` exp(sigma^2 / 2).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Lognormal:
    """`median_ns` times e to the power of a normal variate with standard deviation `sigma`."""

    median_ns: float
    sigma: float

    def __post_init__(self) -> None:
        assert self.median_ns >= 0, self
        assert self.sigma >= 0, self

    @property
    def floor_ns(self) -> float:
        """0, or the median where nothing varies."""
        return 0.0 if self.sigma else self.median_ns

    def draw(self, stream: np.random.Generator, out: NDArray[np.float64]) -> None:
        """One normal variate each."""
        # np.exp runs in SIMD over the array; Generator.lognormal calls exp one by one.
        stream.standard_normal(out=out)
        out *= self.sigma
        np.exp(out, out=out)
        out *= self.median_ns
