"""Quantiles that merge bit for bit: counts of whole numbers in buckets of relative width.

Bucket i > 0 holds the magnitudes in (g^(i-2), g^(i-1]] with g = (1 + alpha) / (1 - alpha); negative
numbers mirror it, and bucket 0 holds zero alone, since the smallest magnitude is one quantum. What
stands for a bucket is within alpha of all that is in it, relatively. Merging adds integers, so the
result knows no order and no tree (DDSketch: Masson, Rim & Lee 2019, with no bucket ever collapsed).
Adding is not idempotent: a child's newest sketch replaces its older one before sketches are merged.

The error is relative to the *value*: where the centre is many deviations away from zero, say how
far from the last baseline a value is, which is a whole number too.
"""

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]

LIMIT: Final = 1 << 62
"""Largest magnitude; what is beyond it is counted as if it were there."""

ROW_BYTES: Final = 12
"""On the wire: feature and bucket in 2 bytes each, count in 8."""


@dataclass(frozen=True)
class Buckets:
    """Which bucket a whole number is in, and which number stands for a bucket.

    `alpha` is the relative error. Raises ValueError for alpha outside (0, 1).
    """

    alpha: float

    def __post_init__(self) -> None:
        if not 0 < self.alpha < 1:
            raise ValueError(f"alpha must be between 0 and 1, not {self.alpha}")

    @cached_property
    def last(self) -> int:
        """Bucket of the largest magnitude."""
        return 1 + math.ceil(math.log(LIMIT) / math.log(self._growth))

    def of(self, values: Ints) -> Ints:
        """Bucket of each value; same shape."""
        magnitude = np.minimum(np.abs(np.clip(values, -LIMIT, LIMIT)), self._ends[-1])
        return np.asarray(np.sign(values) * (np.searchsorted(self._ends, magnitude) + 1))

    def middle(self, bucket: Ints) -> Floats:
        """The number that stands for each bucket; same shape."""
        size = 2 / (1 + self._growth) * self._growth ** (np.abs(bucket) - 1.0)
        return np.asarray(np.sign(bucket) * size)

    @property
    def _growth(self) -> float:
        return (1 + self.alpha) / (1 - self.alpha)

    @cached_property
    def _ends(self) -> Ints:
        """Largest whole number of buckets 1, 2, ...: a table, since a log may round either way."""
        ends = np.floor(self._growth ** np.arange(self.last))
        return np.asarray(np.minimum(ends, LIMIT), np.int64)


@dataclass(frozen=True, slots=True)
class QuantileSketches:
    """The sketches of many nodes: one row for each (node, feature, bucket) that is not empty.

    `key` (rows,) ascends and numbers the triples, `count` (rows,) is the weight in each.
    """

    buckets: Buckets
    features: int
    key: Ints
    count: Ints

    @property
    def node(self) -> Ints:
        """Node of each row."""
        return self._group // self.features

    @property
    def feature(self) -> Ints:
        """Feature of each row."""
        return self._group % self.features

    @property
    def bucket(self) -> Ints:
        """Bucket of each row."""
        bucket: Ints = self.key % self._span - self.buckets.last
        return bucket

    @property
    def _span(self) -> int:
        return 2 * self.buckets.last + 1

    @property
    def _group(self) -> Ints:
        """Node and feature in one number."""
        return self.key // self._span

    def merge(self, parent: Ints) -> "QuantileSketches":
        """The sketches of parents; `parent` (nodes,) is the parent of each node."""
        group = parent[self.node] * self.features + self.feature
        return self._of(group * self._span + self.key % self._span, self.count)

    def add(self, other: "QuantileSketches") -> "QuantileSketches":
        """Both together: equal nodes are one. Raises ValueError unless both are of one kind."""
        if (self.buckets, self.features) != (other.buckets, other.features):
            raise ValueError("sketches of different buckets or features do not merge")
        keys = np.concatenate((self.key, other.key))
        return self._of(keys, np.concatenate((self.count, other.count)))

    def pick(self, nodes: Bools) -> "QuantileSketches":
        """The sketches of some nodes, a mask (nodes,)."""
        keep = nodes[self.node]
        return QuantileSketches(self.buckets, self.features, self.key[keep], self.count[keep])

    def _of(self, keys: Ints, counts: Ints) -> "QuantileSketches":
        return QuantileSketches(self.buckets, self.features, *_add(keys, counts))

    def wire_bytes(self, nodes: int) -> Ints:
        """Size of each node's sketch in bytes; (nodes,)."""
        return ROW_BYTES * np.bincount(self.node, minlength=nodes)

    def quantiles(self, q: ArrayLike, nodes: int) -> Floats:
        """Quantiles `q` (m,) from 0 to 1 of each node and feature; (nodes, features, m).

        Each is within alpha, relatively, of the value of rank floor(q (n - 1)) of the n, counted
        from 0 (numpy's method "lower"). NaN where there is nothing. Raises ValueError for other q.
        """
        wanted = np.asarray(q, np.float64)
        if not ((wanted >= 0) & (wanted <= 1)).all():
            raise ValueError(f"quantiles are from 0 to 1, not {wanted}")
        table = self._table(nodes)
        ranks = np.floor(wanted * (table.total[:, None] - 1)).astype(np.int64)
        return table.at(ranks).reshape(nodes, self.features, -1)

    def median(self, nodes: int) -> Floats:
        """Middle value, or the mean of the two; (nodes, features).

        Off by at most alpha times the mean magnitude of the two; holds while fewer than half of the
        weight lies. NaN where there is nothing.
        """
        return self._table(nodes).median().reshape(nodes, self.features)

    def trimmed_mean(self, share: float, nodes: int) -> Floats:
        """Mean of what is left without a `share` of the weight at each end; (nodes, features).

        Ranks are exact, so what is left is exact too, and each value in it is off by at most alpha
        of its magnitude. Weight at the border is split. NaN where there is nothing. Raises
        ValueError for a share outside [0, 1/2).
        """
        if not 0 <= share < 0.5:
            raise ValueError(f"a share is trimmed from 0% to below 50%, not {share}")
        return self._table(nodes).trimmed_mean(share).reshape(nodes, self.features)

    def mad(self, nodes: int) -> Floats:
        """Median absolute deviation from the median; (nodes, features), NaN where nothing is.

        Buckets stand for their values here, so with median m between values of magnitude up to b
        it is off by at most alpha (MAD + |m| + b): good near zero, useless far from it.
        """
        table = self._table(nodes)
        away = np.abs(table.value - table.median()[table.group])
        order = np.lexsort((away, table.group))
        moved = _Table(nodes * self.features, table.group[order], away[order], table.count[order])
        return moved.median().reshape(nodes, self.features)

    def _table(self, nodes: int) -> "_Table":
        group, value = self._group, self.buckets.middle(self.bucket)
        return _Table(nodes * self.features, group, value, self.count)


def sketch(
    node: Ints, values: Ints, buckets: Buckets, weight: Ints | None = None
) -> QuantileSketches:
    """One sketch for each node, of rows of whole numbers; `values` is (items, features).

    `node` (items,) says whose a row is, `weight` (items,) how often it counts (once): whole numbers
    that the registry has capped, for a claimed weight is the claimant's. Raises ValueError for a
    negative weight, which would take other agents' weight away.
    """
    features = values.shape[1]
    group = node[:, None] * features + np.arange(features)
    keys = group * (2 * buckets.last + 1) + buckets.of(values) + buckets.last
    if weight is None:
        return QuantileSketches(buckets, features, *_count(np.sort(keys, axis=None)))
    if (weight < 0).any():
        raise ValueError("a weight must not be negative")
    counts = np.repeat(weight, features)
    heavy = counts > 0
    return QuantileSketches(buckets, features, *_add(keys.ravel()[heavy], counts[heavy]))


def _add(keys: Ints, counts: Ints) -> tuple[Ints, Ints]:
    """Keys in ascending order, each once, with the sum of its counts."""
    order = np.argsort(keys)
    keys, counts = keys[order], counts[order]
    starts = _starts(keys)
    return keys[starts], np.add.reduceat(counts, starts) if len(starts) else counts


def _count(keys: Ints) -> tuple[Ints, Ints]:
    """Ascending keys, each once, with the number of times that it is there."""
    starts = _starts(keys)
    return keys[starts], np.diff(starts, append=len(keys))


def _starts(keys: Ints) -> Ints:
    """Where each run of equal keys begins."""
    return np.flatnonzero(np.diff(keys, prepend=-1))


class _Table:
    """Weighted values of groups 0, 1, ..., sorted by group, then by value."""

    def __init__(self, groups: int, group: Ints, value: Floats, count: Ints) -> None:
        self.group, self.value, self.count = group, value, count
        self._until = np.concatenate(([0], np.cumsum(count)))
        borders = np.searchsorted(group, np.arange(groups + 1))
        self._before = self._until[borders[:-1]]
        self.total = np.diff(self._until[borders])

    def at(self, ranks: Ints) -> Floats:
        """Values of these ranks, counted from 0; (groups, m), NaN in empty groups."""
        result = np.full(ranks.shape, math.nan)
        some = self.total > 0
        wanted = self._before[some, None] + ranks[some]
        result[some] = self.value[np.searchsorted(self._until, wanted, side="right") - 1]
        return result

    def median(self) -> Floats:
        """(groups,)"""
        middle = self.at(np.stack(((self.total - 1) // 2, self.total // 2), axis=1))
        return np.asarray(middle.mean(axis=1))

    def trimmed_mean(self, share: float) -> Floats:
        """(groups,)"""
        low, high = share * self.total, (1 - share) * self.total
        until = self._until[1:] - self._before[self.group]
        inside = [
            np.clip(at, low[self.group], high[self.group]) for at in (until - self.count, until)
        ]
        kept = inside[1] - inside[0]
        groups = len(self.total)
        sums = np.bincount(self.group, kept * self.value, minlength=groups)
        with np.errstate(invalid="ignore"):
            return np.asarray(sums / np.bincount(self.group, kept, minlength=groups))
