"""Nearest-neighbour mixing: each item becomes the mean of its n - f nearest before a rule sees it.

That takes the differences between correct items away, behind which lies can hide. Allouah,
Farhadkhani, Guerraoui, Gupta, Pinot & Stephan (2023), "Fixing by mixing", section 4.
"""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from sim.stats.robust.contract import Floats, Groups, Rule
from sim.stats.robust.distance import ranks, squared_distances


@dataclass(frozen=True)
class Mixed(Rule):
    """`rule`, on mixed items. Mixing is by count; the weights are then those of the items."""

    rule: Rule

    @property
    def hull(self) -> Literal["box", "ball", "none"]:  # type: ignore[override]
        """A ball, if the rule promises anything: means of items leave the items' box."""
        return "none" if self.rule.hull == "none" else "ball"

    @property
    def name(self) -> str:  # type: ignore[override]
        """The name of the rule that sees the mixed items."""
        return self.rule.name

    @property
    def options(self) -> dict[str, object]:
        """Those of the rule, and ``mix``."""
        return {"mix": True, **self.rule.options}

    def least(self, f: int) -> int:
        """As the rule itself, but a correct majority at least."""
        return max(self.rule.least(f), 2 * f + 1)

    def reach(self, n: int, f: int, features: int) -> float:
        """That of the rule, round mixed items that are at most (n + f) / (n - f) radii off.

        A liar among the nearest of a correct item is no farther from it than a diameter.
        """
        corner = math.sqrt(features) if self.rule.hull == "box" else 1.0
        return corner * self.rule.reach(n, f, features) * (n + f) / (n - f)

    def _centre(self, groups: Groups) -> Floats:
        return self.rule.centre(mix(groups), groups.weights, groups.f)


def mix(groups: Groups) -> Floats:
    """The mean of the n - f nearest of each item, itself among them; (groups, n, features).

    Ties go by the items themselves: they are put in order first and sorted stably after.
    """
    place = ranks(np.where(groups.there, 0.0, np.inf), groups.items)
    order = np.argsort(place, axis=1)
    items = np.take_along_axis(groups.items, order[..., None], 1)
    weights = np.take_along_axis(groups.weights, order, 1)
    sorted_groups = Groups(items, weights, groups.f)
    mixed = _nearest_means(sorted_groups)
    return np.asarray(np.take_along_axis(mixed, place[..., None], 1))


def _nearest_means(groups: Groups) -> Floats:
    wanted = groups.n - groups.f
    near = np.argsort(squared_distances(groups), axis=2, kind="stable")[:, :, : int(wanted.max())]
    shares = (np.arange(near.shape[2]) < wanted[:, None]) / wanted[:, None]
    chosen = np.zeros(near.shape[:2] + near.shape[1:2])
    np.put_along_axis(chosen, near, np.broadcast_to(shares[:, None, :], near.shape), 2)
    return np.asarray(chosen @ groups.items)
