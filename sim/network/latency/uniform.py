"""Any delay between two bounds, all equally likely."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Uniform:
    """From `low_ns` (at least 0) to `high_ns`."""

    low_ns: float
    high_ns: float

    def __post_init__(self) -> None:
        assert 0 <= self.low_ns <= self.high_ns, self

    @property
    def floor_ns(self) -> float:
        """The lower bound."""
        return self.low_ns

    def draw(self, stream: np.random.Generator, out: NDArray[np.float64]) -> None:
        """One uniform each."""
        stream.random(out=out)
        out *= self.high_ns - self.low_ns
        out += self.low_ns
