"""Times to failure and repair as fitted to large systems: with a shape below 1, heavy tails.

Quantiles are `scale_ns` (-ln(1 - u))^(1/shape); the mean is `scale_ns` Gamma(1 + 1/shape).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.network.latency.law import LONGEST_NS


@dataclass(frozen=True, slots=True)
class Weibull:
    """`scale_ns` times a standard exponential variate to the power of 1 / `shape`."""

    shape: float
    scale_ns: float

    def __post_init__(self) -> None:
        assert self.shape > 0, self
        assert self.scale_ns >= 0, self

    @property
    def floor_ns(self) -> float:
        """0: with a shape below 1 most are short."""
        return 0.0

    def draw(self, stream: np.random.Generator, out: NDArray[np.float64]) -> None:
        """One exponential variate each."""
        stream.standard_exponential(out=out)
        with np.errstate(over="ignore"):
            np.power(out, 1.0 / self.shape, out=out)
            out *= self.scale_ns
        np.minimum(out, LONGEST_NS, out=out)
