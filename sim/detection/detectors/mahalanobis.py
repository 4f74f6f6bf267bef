"""The distance in which a broken correlation counts (Mahalanobis 1936)."""

import numpy as np

from sim.detection.contract import Floats
from sim.detection.detectors.projected import Projected
from sim.detection.detectors.watched import Watched

SMALLEST = 1e-6


class Mahalanobis(Projected):
    """sqrt(z' R^-1 z) of the newest value, R the correlations shrunk towards none.

    Every correlation is multiplied by 1 - `shrinkage` and the diagonal set to 1 (Schäfer and
    Strimmer 2005, target D: unequal variances, no correlations). So R is invertible although
    features are constant, copies of one another, or more than the values behind them.
    """

    def __init__(
        self,
        watched: Watched,
        *,
        shrinkage: float = 0.1,
        cap: float | None = None,
        floor: float = 0.01,
    ) -> None:
        super().__init__(watched, cap=cap, floor=floor)
        if not SMALLEST <= shrinkage <= 1:
            raise ValueError(f"shrinkage must be from {SMALLEST} to 1, not {shrinkage}")
        self._shrinkage = shrinkage

    def maps(self, correlations: Floats) -> Floats:
        """The inverse L^-1 of the Cholesky factor: |L^-1 z|^2 = z' R^-1 z."""
        shrunk = (1 - self._shrinkage) * correlations
        diagonal = np.arange(correlations.shape[1])
        shrunk[:, diagonal, diagonal] = 1.0
        return np.linalg.inv(np.linalg.cholesky(shrunk))
