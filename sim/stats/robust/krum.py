"""Krum and Multi-Krum: trust the items that have the nearest neighbours.

An item's score is the sum of squared distances to its n - f - 2 nearest others; Krum is the item
with the least score, Multi-Krum the mean of the n - f items with the least. Blanchard, El Mhamdi,
Guerraoui & Stainer (2017), section 4. Weights say only who is there: one item is one voice.
"""

import math
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np

from sim.stats.robust.contract import Bools, Floats, Groups, Ints, Rule
from sim.stats.robust.distance import ranks, squared_distances


@dataclass(frozen=True)
class Krum(Rule):
    """The one item with the nearest neighbours."""

    others: int = 2
    """Neighbours that count: n - f - others. 2 as first published; 1 in Allouah et al. (2023)."""

    name: ClassVar[str] = "krum"
    hull: ClassVar[Literal["box", "ball", "none"]] = "ball"

    def reach(self, n: int, f: int, features: int) -> float:
        """1 + 2 sqrt(k / (k - f + 1)) radii with k = n - f - others.

        A liar that is chosen has no larger score than a correct item, at most k diameters squared;
        k - f + 1 of its neighbours are correct, so the nearest is no farther than that allows.
        """
        del features
        k = n - f - self.others
        return 1 + 2 * math.sqrt(k / (k - max(f - 1, 0)))

    def _centre(self, groups: Groups) -> Floats:
        return mean_of(groups, self._places(groups) < self._chosen(groups)[:, None])

    def _chosen(self, groups: Groups) -> Ints:
        """How many items are averaged; (groups,)."""
        return np.ones(len(groups.f), np.int64)

    def _places(self, groups: Groups) -> Ints:
        nearest = groups.n - groups.f - self.others
        return ranks(scores(squared_distances(groups), nearest), groups.items)


@dataclass(frozen=True)
class MultiKrum(Krum):
    """The plain mean of the n - f items with the nearest neighbours."""

    name: ClassVar[str] = "multi_krum"

    def _chosen(self, groups: Groups) -> Ints:
        return groups.n - groups.f


def scores(distances: Floats, nearest: Ints) -> Floats:
    """Sum of the `nearest` (groups,) smallest distances to others; (groups, n).

    `distances` (groups, n, n) is changed: an item is no neighbour of its own.
    """
    n = distances.shape[1]
    distances[:, range(n), range(n)] = np.inf
    ordered = np.sort(distances, axis=2)
    counted = np.arange(n) < nearest[:, None]
    return np.asarray(np.where(counted[:, None, :], ordered, 0.0).sum(axis=2))


def mean_of(groups: Groups, chosen: Bools) -> Floats:
    """Plain mean of the chosen items (groups, n)."""
    sums = np.where(chosen[..., None], groups.items, 0.0).sum(axis=1)
    return np.asarray(sums / np.count_nonzero(chosen, axis=1)[:, None])
