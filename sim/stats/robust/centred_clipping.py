"""Centred clipping: from a good start, walk towards the items, but at most a radius for each.

Karimireddy, He & Jaggi (2021), "Learning from history for Byzantine robust optimization". f liars
move one step by at most f / n of the radius. The published rule is told its start and its radius;
here the start is the coordinate-wise median and the radius is in units of the items' own spread, so
that the rule commutes with a change of unit. `clip_towards` is the published step.
"""

import math
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import ArrayLike

from sim.stats.robust.contract import Floats, Groups, Rule
from sim.stats.robust.distance import norms
from sim.stats.robust.geometric_median import median_distance
from sim.stats.robust.order import weighted_median


@dataclass(frozen=True)
class CentredClipping(Rule):
    """The weighted form; `f` is not used."""

    radius: float = 1.0
    """In units of the median distance of the items from their coordinate-wise median."""
    iterations: int = 5

    name: ClassVar[str] = "centred_clipping"
    weighted: ClassVar[bool] = True
    hull: ClassVar[Literal["box", "ball", "none"]] = "ball"

    def reach(self, n: int, f: int, features: int) -> float:
        """sqrt(d) radii for the start, and f / n of the clipping radius for each step.

        A step is a mean of points in the ball round the start and the correct items, plus what the
        liars add. The clipping radius is at most 1 + sqrt(d) of the ball's.
        """
        start = math.sqrt(features)
        return start + self.iterations * f / n * self.radius * (1 + start)

    def _centre(self, groups: Groups) -> Floats:
        start = weighted_median(groups.items, groups.weights)
        radius = self.radius * median_distance(groups, start)
        return clip_towards(groups.items, groups.weights, start, radius, self.iterations)


def clip_towards(
    items: Floats, weights: Floats, start: Floats, radius: ArrayLike, iterations: int
) -> Floats:
    """Points (groups, features) after so many steps from `start`; `radius` one or (groups,)."""
    limit = np.broadcast_to(np.asarray(radius, np.float64), len(items))[:, None]
    shares = weights / weights.sum(axis=1, keepdims=True)
    point = start
    for _ in range(iterations):
        way = items - point[:, None, :]
        lengths = norms(way)
        factor = np.where(lengths > limit, limit / np.where(lengths > 0, lengths, 1.0), 1.0)
        point = point + (way * (shares * factor)[..., None]).sum(axis=1)
    return point
