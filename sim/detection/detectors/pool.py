"""From the deviations of an agent's features to one score.

Features that were left out (NaN) do not count; an agent all of whose features were left out has no
score (NaN).
"""

from typing import Final

import numpy as np

from sim.detection.contract import Floats
from sim.detection.detectors.watched import one_of, positive

POOLS: Final = ("max", "mean", "rms", "top")


class Pool:
    """The rule: `mean`, `rms` (root mean square), `max`, or `top`: the mean of the largest `top`.

    No single deviation counts for more than `cap`, so that one wild feature cannot drown the rest;
    None = no cap.
    """

    def __init__(self, kind: str, top: int, cap: float | None) -> None:
        self._kind = one_of(kind, POOLS, "pool")
        self._top = int(positive(top, "top"))
        self._cap = None if cap is None else positive(cap, "cap")

    def magnitudes(self, z: Floats) -> Floats:
        """Absolute deviations, capped; in place."""
        np.abs(z, out=z)
        return z if self._cap is None else np.minimum(z, self._cap, out=z)

    def __call__(self, magnitudes: Floats) -> Floats:
        """One score a row; (n, F) to (n,)."""
        missing = np.isnan(magnitudes)
        counts = magnitudes.shape[1] - np.count_nonzero(missing, axis=1)
        filled = np.where(missing, 0.0, magnitudes)
        scores: Floats = self._pooled(filled, np.maximum(counts, 1))
        scores[counts == 0] = np.nan
        return scores

    def _pooled(self, magnitudes: Floats, counts: Floats) -> Floats:
        # A feature that is left out stands there as 0, which changes neither a sum nor a maximum
        # nor the sum of the largest few.
        match self._kind:
            case "mean":
                return np.asarray(magnitudes.sum(axis=1) / counts)
            case "rms":
                return np.asarray(np.sqrt((magnitudes * magnitudes).sum(axis=1) / counts))
            case "max":
                return np.asarray(magnitudes.max(axis=1))
        top = min(self._top, magnitudes.shape[1])
        largest = np.partition(magnitudes, -top, axis=1)[:, -top:]
        return np.asarray(largest.sum(axis=1) / np.minimum(counts, top))
