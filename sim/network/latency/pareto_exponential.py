"""Delays of production data stores: a Pareto body with an exponential tail, or the reverse.

Source: Bailis et al., Probabilistically Bounded Staleness for Practical Partial Quorums, PVLDB
5(8), 2012, table 3 (fits of LinkedIn's and Yammer's message delays). The tail of the Pareto
part is heavy: below alpha = 2 its variance is infinite, up to 1 its mean.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.network.latency.law import LONGEST_NS


@dataclass(frozen=True, slots=True)
class ParetoExponential:
    """With probability `pareto_share` Pareto(`scale_ns`, `alpha`), else exponential(`mean_ns`)."""

    pareto_share: float
    scale_ns: float
    alpha: float
    mean_ns: float

    def __post_init__(self) -> None:
        assert 0 <= self.pareto_share <= 1, self
        assert self.scale_ns >= 0, self
        assert self.alpha > 0, self
        assert self.mean_ns >= 0, self

    @property
    def floor_ns(self) -> float:
        """The Pareto scale, but 0 as soon as a share is exponential."""
        return self.scale_ns if self.pareto_share == 1 else 0.0

    def draw(self, stream: np.random.Generator, out: NDArray[np.float64]) -> None:
        """One uniform each: it picks the part, and what it is within the part is the quantile."""
        stream.random(out=out)
        # Only the Pareto part is gathered: masked ufuncs (where=) would be ten times slower.
        pareto = np.flatnonzero(out < self.pareto_share)
        body = out[pareto]
        np.subtract(1.0, out, out=out)
        self._exponential_quantile(out)
        np.subtract(self.pareto_share, body, out=body)
        self._pareto_quantile(body)
        out[pareto] = body

    def _exponential_quantile(self, left: NDArray[np.float64]) -> None:
        """Of the probability `left` above it; dividing keeps it at most 1 and the delay above 0."""
        left /= 1.0 - self.pareto_share or 1.0
        np.log(left, out=left)
        left *= -self.mean_ns

    def _pareto_quantile(self, left: NDArray[np.float64]) -> None:
        """scale / left^(1/alpha), with a SIMD exp and log in place of the slow power."""
        left /= self.pareto_share
        np.log(left, out=left)
        left *= -1.0 / self.alpha
        with np.errstate(over="ignore"):
            np.exp(left, out=left)
            left *= self.scale_ns
        np.minimum(left, LONGEST_NS, out=left)
