"""Always the same delay; the one law that draws nothing."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Constant:
    """A delay of `value_ns`, at least 0."""

    value_ns: float

    @property
    def floor_ns(self) -> float:
        """The value itself."""
        return self.value_ns

    def draw(self, stream: np.random.Generator, out: NDArray[np.float64]) -> None:  # noqa: ARG002
        """Fill `out`; the stream stays where it is."""
        out.fill(self.value_ns)
