"""Scores that are a length: the newest value, standardised, after a linear map of its baseline.

The maps of baselines are worked out once and kept until other covariances are handed in. Values
are mapped by einsum, not by matrix products, which may round differently for another number of rows
or threads.
"""

from abc import ABC, abstractmethod
from typing import ClassVar, Final, Literal

import numpy as np
from numpy.typing import NDArray

from sim.detection.contract import Baseline, Floats, Ints
from sim.detection.detectors.columns import index_of, standardised, usable
from sim.detection.detectors.watched import Watched, not_negative, positive

BLOCK: Final = 4096
"""Rows that are mapped at a time, because each may need a matrix of its own."""


class Projected(ABC):
    """|W z| with W from the correlations of the baseline; `cap` limits |z| first (None = no cap).

    A feature without a standard deviation is left out: it is 0 in z and uncorrelated in W.
    """

    evidence: ClassVar[Literal["score", "log_e"]] = "score"
    needs_covariance: ClassVar[bool] = True
    forgets_the_silent: ClassVar[bool] = False

    def __init__(self, watched: Watched, *, cap: float | None, floor: float) -> None:
        self._cap = np.inf if cap is None else positive(cap, "cap")
        self._floor = not_negative(floor, "floor")
        self._newest = watched.blank()
        self._correlations = np.empty((0, 0, 0))
        self._maps = self._correlations
        """The maps of those correlations."""

    @abstractmethod
    def maps(self, correlations: Floats) -> Floats:
        """The maps W of baselines; (B, F, F) to (B, F, F)."""

    def update(self, rows: Ints, values: Floats, baseline: Baseline, which: Ints | None) -> None:
        """Keep the newest values; see `Detector.update`."""
        self._newest[index_of(rows)] = values

    def contributions(self, baseline: Baseline, which: Ints | None) -> Floats:
        """z * (W'W z), what each feature adds to the squared score; may be negative."""
        z, missing = self._z(baseline, which)
        maps = self._maps_of(baseline)
        back = _mapped(np.swapaxes(maps, 1, 2), _mapped(maps, z, which), which)
        return np.where(missing, np.nan, z * back)

    def scores(self, baseline: Baseline, which: Ints | None) -> Floats:
        """See `Detector.scores`."""
        z, missing = self._z(baseline, which)
        mapped = _mapped(self._maps_of(baseline), z, which)
        scores: Floats = np.sqrt((mapped * mapped).sum(axis=1))
        scores[missing.all(axis=1)] = np.nan
        return scores

    def forget(self, rows: Ints) -> None:
        """See `Detector.forget`."""
        self._newest[rows] = np.nan

    def _z(self, baseline: Baseline, which: Ints | None) -> tuple[Floats, NDArray[np.bool_]]:
        z = standardised(self._newest, baseline, which, self._floor)
        missing = np.isnan(z)
        return np.where(missing, 0.0, np.clip(z, -self._cap, self._cap)), missing

    def _maps_of(self, baseline: Baseline) -> Floats:
        given = correlations(baseline, self._floor)
        if not np.array_equal(given, self._correlations):
            self._correlations, self._maps = given, self.maps(given)
        return self._maps


def correlations(baseline: Baseline, floor: float) -> Floats:
    """Covariances of the standardised features; (B, F, F), 0 where a feature is left out.

    On the diagonal is 1, or less where the floor is above the standard deviation. Raises ValueError
    if the baseline has no covariances.
    """
    if baseline.covariance is None:
        raise ValueError("this detector needs a baseline with covariances")
    scale = usable(baseline.sd, floor)
    scaled = baseline.covariance / (scale[:, :, None] * scale[:, None, :])
    return np.where(np.isnan(scaled), 0.0, scaled)


def _mapped(maps: Floats, z: Floats, which: Ints | None) -> Floats:
    if which is None:
        return np.asarray(np.einsum("fg,ng->nf", maps[0], z))
    mapped = np.empty_like(z)
    for start in range(0, len(z), BLOCK):
        block = slice(start, start + BLOCK)
        mapped[block] = np.einsum("nfg,ng->nf", maps[which[block]], z[block])
    return mapped
