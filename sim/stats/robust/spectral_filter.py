"""The covariance filter: liars who shift many features at once widen one direction too much.

While the largest eigenvalue of the covariance is more than correct items can explain, the tail of
that direction is dropped. The error then does not grow with the number of features. Diakonikolas,
Kamath, Kane, Li, Moitra & Stewart (2017), "Being robust (in high dimensions) can be practical".
Features are divided by their robust scales first; after that correct items should be about as wide
in any direction. Two limits, both tested: it drops correct items where features are strongly
correlated, and then a lie across that direction stays; and a lie in one feature that is a little
too near to be dropped moves it further than it moves a median.
"""

from dataclasses import dataclass
from typing import ClassVar, Final, Literal

import numpy as np

from sim.stats.robust.contract import LARGEST, Bools, Floats, Groups, Rule
from sim.stats.robust.distance import ranks
from sim.stats.robust.krum import mean_of
from sim.stats.robust.order import weighted_median
from sim.stats.robust.scale import mad

PARTS: Final = 4
"""f / PARTS items go at a time, and at most 2 f in all: half of them may be correct."""


@dataclass(frozen=True)
class SpectralFilter(Rule):
    """The plain mean of the items that are left; one item is one voice.

    The promise is statistical (correct items about normal), so there is no hull.
    """

    slack: float = 1.0
    """C in the threshold 1 + C b ln(1 / b), b = f / n, on top of the noise of n items."""

    name: ClassVar[str] = "spectral_filter"
    hull: ClassVar[Literal["box", "ball", "none"]] = "none"

    def _centre(self, groups: Groups) -> Floats:
        kept, left = groups.there.copy(), 2 * groups.f
        active = np.flatnonzero(left > 0)
        for _ in range(2 * PARTS):
            if not len(active):
                break
            suspicion, largest = _widest(groups.items[active], kept[active])
            wide = largest > self._threshold(groups)[active]
            active, suspicion = active[wide], suspicion[wide]
            tail = np.minimum(-(-groups.f[active] // PARTS), left[active])
            kept[active] &= ranks(suspicion, groups.items[active]) >= tail[:, None]
            left[active] -= tail
            active = active[left[active] > 0]
        return mean_of(groups, kept)

    def _threshold(self, groups: Groups) -> Floats:
        """Largest eigenvalue (groups,) that correct items explain.

        Of n normal items it is about (1 + sqrt(d / n))^2 (Marchenko & Pastur), and f of them may
        add what theory allows liars who cannot be told from correct items.
        """
        share = np.maximum(groups.f, 1) / groups.n
        noise = (1 + np.sqrt(groups.items.shape[2] / groups.n)) ** 2
        return np.asarray(noise - self.slack * share * np.log(share))


def _widest(items: Floats, kept: Bools) -> tuple[Floats, Floats]:
    """Minus the distance (groups, n) of each item along the widest direction, and its variance.

    Of kept items only; the others are at +infinity, which is least suspicious.
    """
    scaled = _whiten(items, kept.astype(np.float64))
    count = np.count_nonzero(kept, axis=1)
    mean = np.where(kept[..., None], scaled, 0.0).sum(axis=1) / count[:, None]
    off = np.where(kept[..., None], scaled - mean[:, None, :], 0.0)
    covariance = np.einsum("gni,gnj->gij", off, off) / count[:, None, None]
    variances, directions = np.linalg.eigh(covariance)
    along = np.abs(np.einsum("gni,gi->gn", scaled, directions[..., -1]))
    return np.where(kept, -along, np.inf), variances[:, -1]


def _whiten(items: Floats, kept: Floats) -> Floats:
    """Distances from the median in robust scales, feature by feature.

    Where half of the items are equal the MAD is 0, and the mean absolute deviation stands in.
    """
    off = items - weighted_median(items, kept)[:, None, :]
    scale = mad(items, kept)
    mean = (np.abs(off) * kept[..., None]).sum(axis=1) / kept.sum(axis=1)[:, None]
    scale = np.where(scale > 0, scale, mean)
    scale = np.where(scale > 0, scale, 1.0)[:, None, :]
    return np.clip(off, -LARGEST * scale, LARGEST * scale) / scale
