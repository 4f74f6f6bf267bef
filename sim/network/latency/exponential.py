"""Waiting without memory: the delay in a queue that is served at random instants."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Exponential:
    """Mean and standard deviation `mean_ns`."""

    mean_ns: float

    def __post_init__(self) -> None:
        assert self.mean_ns >= 0, self

    @property
    def floor_ns(self) -> float:
        """0: most messages pass at once."""
        return 0.0

    def draw(self, stream: np.random.Generator, out: NDArray[np.float64]) -> None:
        """One exponential variate each."""
        stream.standard_exponential(out=out)
        out *= self.mean_ns
