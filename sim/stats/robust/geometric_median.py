"""The geometric median: the point with the least sum of distances, by Weiszfeld's iteration.

Smoothed as in Pillutla, Kakade & Harchaoui (2022), "Robust aggregation for federated learning": a
distance counts as at least a small length, so an item under the iterate does not trap it. A liar
pulls with a force of one, however far away it is.
"""

import math
from dataclasses import dataclass
from typing import ClassVar, Final, Literal

import numpy as np
from numpy.typing import ArrayLike

from sim.stats.robust.contract import Floats, Groups, Rule
from sim.stats.robust.distance import norms
from sim.stats.robust.order import weighted_median

SETTLED: Final = 1e-10
"""The iteration ends when a step is below this part of the median distance."""


@dataclass(frozen=True)
class GeometricMedian(Rule):
    """The weighted geometric median; `f` is not used."""

    iterations: int = 200
    """At most this many steps."""
    smoothing: float = 1e-6
    """Least distance, in units of the median distance from the coordinate-wise median."""

    name: ClassVar[str] = "geometric_median"
    weighted: ClassVar[bool] = True
    hull: ClassVar[Literal["box", "ball", "none"]] = "ball"

    def reach(self, n: int, f: int, features: int) -> float:
        """(1 - s) / sqrt(1 - 2 s) radii for a share s = f / n: Minsker (2015), lemma 2.1.

        The lemma needs correct items to pull with full force, which they do unless the centre is
        within the smoothed length of the ball; the median distance is at most 1 + sqrt(d) radii.
        """
        share = f / n
        smoothed = 1 + self.smoothing * (1 + math.sqrt(features))
        return max((1 - share) / math.sqrt(1 - 2 * share), smoothed)

    def _centre(self, groups: Groups) -> Floats:
        start = weighted_median(groups.items, groups.weights)
        scale = median_distance(groups, start)
        return weiszfeld(
            groups.items,
            groups.weights,
            start,
            self.iterations,
            smoothing=self.smoothing * scale,
            settled=SETTLED * scale,
        )


def median_distance(groups: Groups, centre: Floats) -> Floats:
    """Weighted median of the items' distances from `centre` (groups, features); (groups,)."""
    lengths = norms(groups.items - centre[:, None, :])
    return weighted_median(lengths[..., None], groups.weights)[:, 0]


def weiszfeld(
    items: Floats,
    weights: Floats,
    start: Floats,
    iterations: int,
    *,
    smoothing: ArrayLike,
    settled: ArrayLike = 0.0,
) -> Floats:
    """Points (groups, features) after `iterations` steps from `start` (groups, features).

    `smoothing` and `settled` are lengths, one or (groups,). A group whose smoothing is 0 stays
    where it is: half of its weight is there already. A group rests once a step is no longer than
    `settled`.
    """
    least = np.broadcast_to(np.asarray(smoothing, np.float64), len(items))
    point = start.copy()
    moving = np.flatnonzero(least > 0)
    rest = np.broadcast_to(np.asarray(settled, np.float64), len(items))
    for _ in range(iterations):
        if not len(moving):
            break
        new = _step(items[moving], weights[moving], point[moving], least[moving])
        far = norms(new - point[moving]) > rest[moving]
        point[moving] = new
        moving = moving[far]
    return point


def _step(items: Floats, weights: Floats, point: Floats, least: Floats) -> Floats:
    lengths = np.maximum(norms(items - point[:, None, :]), least[:, None])
    pulls = weights / lengths
    pulls = pulls / pulls.sum(axis=1, keepdims=True)
    return np.asarray((items * pulls[..., None]).sum(axis=1))
