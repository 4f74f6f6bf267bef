"""Page's cumulative sums: small shifts that last (Page 1954, Biometrika 41)."""

from typing import ClassVar, Literal

import numpy as np

from sim.detection.contract import Baseline, Floats, Ints
from sim.detection.detectors.columns import Index, index_of, standardised
from sim.detection.detectors.watched import Watched, not_negative, positive


class Cusum:
    """Two sums a feature, up = max(0, up + z - k) and down = max(0, down - z - k); the largest.

    z is taken against the baseline held when the value arrived. `k` is half of the shift (in
    standard deviations) that is to be found soonest. Each sum begins anew at 0 whenever it would be
    negative, as Page's does; nothing else resets it, so a score outlasts the anomaly by about its
    size. No z counts for more than `cap` (None = no cap).
    """

    evidence: ClassVar[Literal["score", "log_e"]] = "score"
    needs_covariance: ClassVar[bool] = False
    forgets_the_silent: ClassVar[bool] = False

    def __init__(
        self, watched: Watched, *, k: float = 0.5, cap: float | None = 10.0, floor: float = 0.01
    ) -> None:
        self._k = not_negative(k, "k")
        self._cap = np.inf if cap is None else positive(cap, "cap")
        self._floor = not_negative(floor, "floor")
        self._up, self._down = watched.blank(), watched.blank()
        """NaN where no value could be held against a baseline yet."""

    def update(self, rows: Ints, values: Floats, baseline: Baseline, which: Ints | None) -> None:
        """Add one increment to the sums; see `Detector.update`."""
        index = index_of(rows)
        z = standardised(values, baseline, which, self._floor)
        np.clip(z, -self._cap, self._cap, out=z)
        _add(self._up, index, z - self._k)
        _add(self._down, index, -z - self._k)

    def contributions(self, baseline: Baseline, which: Ints | None) -> Floats:
        """The larger sum of every feature; (agents, F)."""
        return np.maximum(self._up, self._down)

    def scores(self, baseline: Baseline, which: Ints | None) -> Floats:
        """See `Detector.scores`."""
        return np.asarray(np.fmax.reduce(self.contributions(baseline, which), axis=1))

    def forget(self, rows: Ints) -> None:
        """See `Detector.forget`."""
        self._up[rows] = np.nan
        self._down[rows] = np.nan


def _add(sums: Floats, index: Index, increments: Floats) -> None:
    """Page's step, where there is an increment. A sum that is still NaN begins at 0."""
    before = sums[index]
    after = np.maximum(np.fmax(before, 0.0) + increments, 0.0)
    missing = np.isnan(increments)
    if missing.any():
        after[missing] = before[missing]
    sums[index] = after
