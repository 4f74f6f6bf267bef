"""Bulyan: n - 2 f items chosen by repeated Krum, then per feature those nearest to their median.

Krum alone lets a liar be far off in one feature of many; the second step does not. El Mhamdi,
Guerraoui & Rouault (2018), "The hidden vulnerability of distributed learning", section 4. It looks
at all pairs n - 2 f times: by far the slowest of the rules.
"""

from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np

from sim.stats.robust.contract import Bools, Floats, Groups, Ints, Rule
from sim.stats.robust.distance import ranks, squared_distances
from sim.stats.robust.order import weighted_median


@dataclass(frozen=True)
class Bulyan(Rule):
    """The mean, per feature, of the n - 4 f chosen values nearest to their median."""

    name: ClassVar[str] = "bulyan"
    hull: ClassVar[Literal["box", "ball", "none"]] = "box"

    def reach(self, n: int, f: int, features: int) -> float:
        """3 half-widths: the median is in the box, and no value that counts is a width off it."""
        del n, f, features
        return 3.0

    def _centre(self, groups: Groups) -> Floats:
        chosen = _select(groups)
        median = weighted_median(groups.items, chosen.astype(np.float64))
        return _nearest_mean(groups, chosen, median)


def _select(groups: Groups) -> Bools:
    """The n - 2 f items (groups, n) that Krum picks one after the other, each out of the rest.

    With one item fewer Krum counts one neighbour fewer. So a pick takes one neighbour from each
    item: the picked one if it was near, else the farthest of the near.
    """
    near = _Near(groups)
    left, wanted = groups.there.copy(), groups.n - 2 * groups.f
    for step in range(int(wanted.max())):
        scores = np.where(left, near.distances.sum(axis=2), np.inf)
        best = np.argmin(ranks(scores, groups.items), axis=1)
        picking = np.flatnonzero(step < wanted)
        left[picking, best[picking]] = False
        near.without(best)
    return groups.there & ~left


class _Near:
    """The neighbours that count for each item, farthest first; all arrays (groups, n, n)."""

    def __init__(self, groups: Groups) -> None:
        distances = squared_distances(groups)
        n = distances.shape[1]
        distances[:, range(n), range(n)] = np.inf
        order = np.argsort(distances, axis=2, kind="stable")[:, :, ::-1]
        self._place = np.argsort(order, axis=2)
        """Where each item stands among the neighbours of each other."""
        counted = groups.n - groups.f - 2
        self._counts = np.broadcast_to(
            np.arange(n)[::-1] < counted[:, None, None], distances.shape
        ).copy()
        self.distances = np.where(self._counts, np.take_along_axis(distances, order, 2), 0.0)
        """Squared distances of those that count, and 0 for the others."""

    def without(self, item: Ints) -> None:
        """Take `item` (groups,) away from all neighbourhoods."""
        place = np.take_along_axis(self._place, item[:, None, None], 2)
        farthest = np.argmax(self._counts, axis=2)[..., None]
        place = np.where(np.take_along_axis(self._counts, place, 2), place, farthest)
        np.put_along_axis(self._counts, place, False, 2)
        np.put_along_axis(self.distances, place, 0.0, 2)


def _nearest_mean(groups: Groups, chosen: Bools, median: Floats) -> Floats:
    """Per feature the mean of the n - 4 f chosen values nearest to `median`; ties take the less."""
    values = np.where(chosen[..., None], groups.items, np.inf)
    ascending = np.sort(values, axis=1)
    order = np.argsort(np.abs(ascending - median[:, None, :]), axis=1, kind="stable")
    nearest = np.take_along_axis(ascending, order, 1)
    kept = np.arange(values.shape[1]) < (groups.n - 4 * groups.f)[:, None]
    sums = np.where(kept[..., None], nearest, 0.0).sum(axis=1)
    return np.asarray(sums / np.count_nonzero(kept, axis=1)[:, None])
