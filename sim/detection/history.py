"""Running mean and spread of every agent, and their exact merge into groups.

Welford's update (Technometrics 1962) and the pairwise merge of Chan, Golub and LeVeque (1983): no
difference of large numbers, so an offset cannot swallow a deviation. An agent's numbers depend on
its own values and their order alone.
"""

from dataclasses import dataclass

import numpy as np

from sim.detection.contract import Baseline, Floats, Ints
from sim.detection.groups import Groups


@dataclass(frozen=True, slots=True)
class Spread:
    """Count, mean, and sum of squared distances from the mean, of `B` collections of values."""

    count: Ints
    """(B,)."""
    mean: Floats
    """(B, F); 0 where nothing was counted."""
    scatter: Floats
    """(B, F), or (B, F, F) with the products of each two features."""

    @classmethod
    def empty(cls, rows: int, features: int, covariance: bool) -> "Spread":
        """Of nothing yet."""
        shape = (rows, features, features) if covariance else (rows, features)
        return cls(np.zeros(rows, np.int64), np.zeros((rows, features)), np.zeros(shape))

    @classmethod
    def of(cls, baseline: Baseline) -> "Spread":
        """What is behind a baseline."""
        spread = baseline.sd**2 if baseline.covariance is None else baseline.covariance
        degrees = _beside(np.maximum(baseline.count - 1, 0), spread)
        return cls(
            baseline.count,
            np.where(baseline.count[:, None] > 0, baseline.mean, 0.0),
            np.where(degrees > 0, spread, 0.0) * degrees,
        )

    def merged(self, groups: Groups) -> "Spread":
        """Of all values of each group together, its members added in their order."""
        weights = self.count.astype(np.float64)
        count = groups.sums(weights)
        weighted = groups.sums(weights[:, None] * self.mean)
        mean = weighted / np.maximum(count, 1)[:, None]
        apart = self.mean - mean[groups.of]
        between = _beside(weights, self.scatter) * _products(apart, self.scatter)
        return Spread(count.astype(np.int64), mean, groups.sums(self.scatter + between))

    def baseline(self) -> Baseline:
        """With sample deviations (n - 1). No mean without a value, no deviation without two."""
        mean = np.where(self.count[:, None] > 0, self.mean, np.nan)
        degrees = _beside(self.count - 1, self.scatter)
        spread = np.where(degrees > 0, self.scatter, np.nan) / np.maximum(degrees, 1)
        if spread.ndim == 2:
            return Baseline(self.count.copy(), mean, np.sqrt(spread))
        sd = np.sqrt(np.diagonal(spread, axis1=1, axis2=2))
        return Baseline(self.count.copy(), mean, sd, spread)


class History:
    """What each of `agents` agents has sent so far, as moments."""

    def __init__(self, agents: int, features: int, covariance: bool = False) -> None:
        self.agents, self.features = agents, features
        self._spread = Spread.empty(agents, features, covariance)

    def add(self, rows: Ints, values: Floats) -> None:
        """Count one value of each of the agents `rows` (k,), distinct; `values` is (k, F)."""
        spread = self._spread
        spread.count[rows] += 1
        counts = spread.count[rows][:, None]
        before = values - spread.mean[rows]
        spread.mean[rows] += before / counts
        products = _products(before, spread.scatter)
        spread.scatter[rows] += products * _beside(1 - 1 / counts[:, 0], products)

    def baseline(self, groups: Ints | None = None) -> Baseline:
        """A baseline for each agent, or for each group of them.

        `groups` (agents,) has the group of each agent, numbered from 0; zeros make one of all.
        """
        if groups is None:
            return self._spread.baseline()
        return self._spread.merged(Groups(groups)).baseline()

    def forget(self, rows: Ints) -> None:
        """Lose everything that is known of these agents."""
        self._spread.count[rows] = 0
        self._spread.mean[rows] = 0.0
        self._spread.scatter[rows] = 0.0


def _products(distances: Floats, like: Floats) -> Floats:
    """Squares of the distances (k, F), or products of each two of them if `like` is (..., F, F)."""
    if like.ndim == 2:
        return distances * distances
    return distances[:, :, None] * distances[:, None, :]


def _beside(numbers: Floats | Ints, like: Floats) -> Floats:
    """One number a row, shaped so that it multiplies the rows of `like`."""
    return numbers.astype(np.float64).reshape(-1, *([1] * (like.ndim - 1)))
