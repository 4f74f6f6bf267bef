"""The contract of every latency law.

A law turns variates of a stream into delays. For each element it draws exactly one variate of one
kind, in order, so that n values and then m more are the same as n + m at once: what a message gets
depends on its place in the stream and on nothing else.
"""

from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

LONGEST_NS: Final = 1e18
"""32 years: what a law with a very heavy tail draws beyond is so long. Sums of a few are int64."""


class LatencyLaw(Protocol):
    """Delays of messages, one way and in nanoseconds as float64 (not rounded)."""

    @property
    def floor_ns(self) -> float:
        """Nothing that is drawn is smaller than this."""
        ...

    def draw(self, stream: np.random.Generator, out: NDArray[np.float64]) -> None:
        """Fill `out`, a contiguous array of one dimension, with independent delays in ns."""
        ...
