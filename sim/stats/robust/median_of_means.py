"""The median of the means of buckets: f liars spoil at most f of 2 f + 1 buckets.

Item number i of those that are there goes to bucket i modulo the number of buckets, so this rule
alone minds the order. Its promise does not depend on it, but its typical bias does: hand the items
in an order that liars cannot choose, such as that of a bottom-k sample, or shuffled.
"""

from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np

from sim.stats.robust.contract import Floats, Groups, Ints, Rule
from sim.stats.robust.order import weighted_median


@dataclass(frozen=True)
class MedianOfMeans(Rule):
    """The median of each feature over the plain means of the buckets; one item is one voice."""

    buckets: int = 0
    """At least this many buckets; never fewer than 2 f + 1."""

    name: ClassVar[str] = "median_of_means"
    hull: ClassVar[Literal["box", "ball", "none"]] = "box"

    def _centre(self, groups: Groups) -> Floats:
        buckets = np.maximum(2 * groups.f + 1, self.buckets)
        means, filled = _bucket_means(groups, buckets)
        return weighted_median(means, filled)


def _bucket_means(groups: Groups, buckets: Ints) -> tuple[Floats, Floats]:
    """Means (groups, most buckets, features), and 1 for each bucket that is used by its group."""
    count, _, features = groups.items.shape
    widest = int(buckets.max())
    group, item = np.nonzero(groups.there)
    number = (np.cumsum(groups.there, axis=1) - 1)[group, item]
    slot = group * widest + number % buckets[group]
    sums = np.zeros((count * widest, features))
    np.add.at(sums, slot, groups.items[group, item])
    sizes = np.bincount(slot, minlength=count * widest).reshape(count, widest)
    means = sums.reshape(count, widest, features) / np.maximum(sizes, 1)[..., None]
    return means, (sizes > 0).astype(np.float64)
