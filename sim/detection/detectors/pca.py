"""Principal components of normal behaviour: what they cannot explain, or how far along them.

Jackson and Mudholkar 1979, Technometrics 21 (residuals, Q); Hotelling 1947 (T^2).
"""

import numpy as np

from sim.detection.contract import Floats
from sim.detection.detectors.projected import Projected
from sim.detection.detectors.watched import Watched, one_of


class Pca(Projected):
    """Components of the standardised features: the fewest that hold `keep` of their variance.

    `statistic`: ``reconstruction`` is the length of z without its kept components, ``hotelling``
    that of the kept ones, each in its own standard deviations.
    """

    def __init__(
        self,
        watched: Watched,
        *,
        keep: float = 0.9,
        statistic: str = "reconstruction",
        cap: float | None = 10.0,
        floor: float = 0.01,
    ) -> None:
        super().__init__(watched, cap=cap, floor=floor)
        if not 0 < keep <= 1:
            raise ValueError(f"keep must be more than 0 and at most 1, not {keep}")
        self._keep = keep
        one_of(statistic, ("hotelling", "reconstruction"), "statistic")
        self._reconstruction = statistic == "reconstruction"

    def maps(self, correlations: Floats) -> Floats:
        """I - VV' for the reconstruction, Lambda^-1/2 V' for Hotelling's."""
        variances, vectors = np.linalg.eigh(correlations)
        kept = self._kept(variances)
        across = np.swapaxes(vectors, 1, 2)
        if self._reconstruction:
            return np.asarray(np.eye(correlations.shape[1]) - (vectors * kept[:, None]) @ across)
        weights = kept / np.sqrt(np.where(kept > 0, variances, 1.0))
        return np.asarray(weights[:, :, None] * across)

    def _kept(self, variances: Floats) -> Floats:
        """1 for each component that is kept, else 0. `variances` (B, F) ascend."""
        largest_first = np.maximum(variances[:, ::-1], 0.0)
        total = largest_first.sum(axis=1, keepdims=True)
        before = np.cumsum(largest_first, axis=1) - largest_first
        # The slack keeps rounding from adding a component of no variance where all are wanted.
        kept = (before < self._keep * total - 1e-12 * total) & (largest_first > 0)
        return np.asarray(kept[:, ::-1], np.float64)
