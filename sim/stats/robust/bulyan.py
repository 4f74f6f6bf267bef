"""Bulyan: n - 2 f items chosen by repeated Krum, then per feature those nearest to their median.

Krum alone lets a liar be far off in one feature of many; the second step does not. El Mhamdi,
Guerraoui & Rouault (2018), "The hidden vulnerability of distributed learning", section 4. It looks
at all pairs n - 2 f times, so it is for groups of a few hundred items at most.
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
    """The n - 2 f items (groups, n) that Krum picks one after the other, each out of the rest."""
    distances = squared_distances(groups)
    n = distances.shape[1]
    distances[:, range(n), range(n)] = np.inf
    neighbours = np.argsort(distances, axis=2, kind="stable")
    ordered = np.take_along_axis(distances, neighbours, 2)
    left, wanted = groups.there.copy(), groups.n - 2 * groups.f
    for step in range(int(wanted.max())):
        best = _krum(groups, left, ordered, neighbours)
        picking = step < wanted
        left[np.flatnonzero(picking), best[picking]] = False
    return groups.there & ~left


def _krum(groups: Groups, left: Bools, ordered: Floats, neighbours: Ints) -> Ints:
    """Index (groups,) of Krum's choice among the items that are left."""
    among = np.take_along_axis(left[:, None, :], neighbours, 2)
    k = np.count_nonzero(left, axis=1) - groups.f - 2
    counted = among & (np.cumsum(among, axis=2) <= k[:, None, None])
    score = np.where(counted, ordered, 0.0).sum(axis=2)
    return np.asarray(np.argmin(ranks(np.where(left, score, np.inf), groups.items), axis=1))


def _nearest_mean(groups: Groups, chosen: Bools, median: Floats) -> Floats:
    """Per feature the mean of the n - 4 f chosen values nearest to `median`; ties take the less."""
    values = np.where(chosen[..., None], groups.items, np.inf)
    ascending = np.sort(values, axis=1)
    order = np.argsort(np.abs(ascending - median[:, None, :]), axis=1, kind="stable")
    nearest = np.take_along_axis(ascending, order, 1)
    kept = np.arange(values.shape[1]) < (groups.n - 4 * groups.f)[:, None]
    sums = np.where(kept[..., None], nearest, 0.0).sum(axis=1)
    return np.asarray(sums / np.count_nonzero(kept, axis=1)[:, None])
