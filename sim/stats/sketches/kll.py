"""Quantiles with a bound on the *rank*: KLL, a few sorted lists whose values weigh 1, 2, 4, ...

Where a sketch is too large, one list is sorted and every second value moves to the next list, with
twice the weight; a coin says whether the odd or the even ones. So each step moves a rank by at
most a weight, in either direction with equal chance: errors cancel instead of adding up. Lists
below the top are shorter by 2/3 each (Karnin, Lang & Liberty 2016). Merging puts lists of equal
weight together: any tree keeps the bound, but not the bits. Coins are the caller's: replicas that
must agree take generators of the same epoch and node.

The error is relative to the *rank* whatever the values are; `quantile_sketch` bounds that of the
value, which is better in heavy tails and useless far from zero.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SHRINK: Final = 2 / 3
SHORTEST: Final = 8
"""Least capacity of a list, below which a sort is not worth its coin."""


@dataclass(frozen=True, slots=True, eq=False)
class Kll:
    """A sketch of `count` values; a larger k is more exact and takes more room (about 3 k)."""

    k: int
    count: int
    lists: tuple[Floats, ...]
    """A value in list h weighs 2**h."""

    @property
    def size_bytes(self) -> int:
        """8 for each value and for the length of each list, 16 for k and count."""
        return 16 + 8 * sum(1 + len(values) for values in self.lists)

    def quantiles(self, q: ArrayLike) -> Floats:
        """Values of ranks floor(q (n - 1)), counted from 0 (numpy's "lower"); shape of `q`.

        NaN where there is nothing. Raises ValueError for q outside 0 to 1.
        """
        wanted = np.asarray(q, np.float64)
        if not ((wanted >= 0) & (wanted <= 1)).all():
            raise ValueError(f"quantiles are from 0 to 1, not {wanted}")
        if not self.count:
            return np.full(wanted.shape, math.nan)
        values, until = self._weighed()
        ranks = np.floor(wanted * (self.count - 1))
        return np.asarray(values[np.searchsorted(until, ranks, side="right")])

    def ranks(self, values: ArrayLike) -> Floats:
        """Share of what went in that is at most as large as each of `values`; same shape."""
        if not self.count:
            return np.full(np.shape(values), math.nan)
        known, until = self._weighed()
        below = np.concatenate(([0], until))
        return np.asarray(below[np.searchsorted(known, values, side="right")] / self.count)

    def _weighed(self) -> tuple[Floats, Ints]:
        """All values in ascending order, and the weight up to and with each."""
        values = np.concatenate(self.lists)
        lengths = [len(part) for part in self.lists]
        weights = np.repeat(1 << np.arange(len(lengths)), lengths)
        order = np.argsort(values, kind="stable")
        return values[order], np.cumsum(weights[order])


def sketch(values: ArrayLike, k: int, rng: np.random.Generator) -> Kll:
    """A sketch of values of any shape; NaN is a gap. Raises ValueError for k below 8."""
    if k < SHORTEST:
        raise ValueError(f"k is at least {SHORTEST}, not {k}")
    flat = np.asarray(values, np.float64).ravel()
    known = flat[~np.isnan(flat)]
    return Kll(k, len(known), _compressed([known], k, rng))


def merge(sketches: Sequence[Kll], rng: np.random.Generator) -> Kll:
    """One sketch of several. Raises ValueError for none, and for sketches of different k."""
    if not sketches:
        raise ValueError("there is nothing to merge")
    k = sketches[0].k
    if any(each.k != k for each in sketches):
        raise ValueError(f"sketches of k {sorted({each.k for each in sketches})} do not merge")
    heights = range(max(len(each.lists) for each in sketches))
    lists = [_together(each.lists[h] for each in sketches if h < len(each.lists)) for h in heights]
    return Kll(k, sum(each.count for each in sketches), _compressed(lists, k, rng))


def rank_error(k: int) -> float:
    """Error of a normalised rank that 99 of 100 estimates stay below.

    An empirical law of the Apache DataSketches library, for sketches fed one value at a time.

    >>> [f"{rank_error(k):.2%}" for k in (200, 400, 800, 1600)]
    ['1.33%', '0.68%', '0.35%', '0.18%']
    """
    return 2.296 / math.pow(k, 0.9723)


def k_for(error: float) -> int:
    """Smallest k whose `rank_error` is at most `error`. Raises ValueError outside (0, 1).

    >>> k_for(0.01)
    269
    """
    if not 0 < error < 1:
        raise ValueError(f"a rank error is between 0 and 1, not {error}")
    return max(SHORTEST, math.ceil(math.pow(2.296 / error, 1 / 0.9723)))


def _together(parts: Iterable[Floats]) -> Floats:
    return np.concatenate(list(parts))


def _compressed(lists: list[Floats], k: int, rng: np.random.Generator) -> tuple[Floats, ...]:
    """Lists that fit: the lowest one that is full gives way, until all together have room."""
    while True:
        room = _capacities(len(lists), k)
        sizes = [len(values) for values in lists]
        if sum(sizes) <= sum(room):
            return tuple(lists)
        full = next(h for h, size in enumerate(sizes) if size >= room[h])
        if full + 1 == len(lists):
            lists.append(np.zeros(0))
        lists[full], up = _halved(lists[full], rng)
        lists[full + 1] = np.concatenate((lists[full + 1], up))


def _capacities(height: int, k: int) -> list[int]:
    """Of each list, from the one of weight 1 up to the top, which has k."""
    return [max(SHORTEST, math.ceil(k * SHRINK**depth)) for depth in reversed(range(height))]


def _halved(values: Floats, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """What stays (the smallest of an odd number), and every second of the rest."""
    ordered = np.sort(values)
    odd = len(ordered) % 2
    return ordered[:odd], ordered[odd + int(rng.integers(2)) :: 2]
