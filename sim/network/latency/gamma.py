"""Sums of exponential waits, or with a shape below 1 many short ones and a few long.

The mean is `shape` times `scale_ns`, the standard deviation that times 1 / sqrt(`shape`).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Gamma:
    """`scale_ns` times a gamma variate of this `shape`."""

    shape: float
    scale_ns: float

    def __post_init__(self) -> None:
        assert self.shape > 0, self
        assert self.scale_ns >= 0, self

    @property
    def floor_ns(self) -> float:
        """0, however large the shape."""
        return 0.0

    def draw(self, stream: np.random.Generator, out: NDArray[np.float64]) -> None:
        """One gamma variate each, made of as many words of the stream as it takes."""
        stream.standard_gamma(self.shape, out=out)
        out *= self.scale_ns
