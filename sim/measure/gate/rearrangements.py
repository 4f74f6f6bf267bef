"""Exact tests and intervals from rearranging what was measured.

If nothing changed, the two figures of a pair might as well have stood the other way round, and the
two sides of unpaired figures might as well have been dealt otherwise. So among all such
rearrangements the one that was seen is no more extreme than by luck, whatever the law of the
figures (R. A. Fisher, The Design of Experiments, 1935, section 21; Pitman 1937). Where there are
too many, a fixed draw of them together with the one that was seen keeps this exact (Phipson &
Smyth 2010).

Each rearrangement has its break-even: the shift of the candidate at which it is exactly as extreme
as what was seen. For pairs that is the mean difference of those that it turns round, so tests of
all shifts, and with them the interval, are order statistics of break-evens (Hartigan 1969).
"""

import math
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.engine.streams import Streams

Floats = NDArray[np.float64]

MOST: Final = 2**14
"""Rearrangements; resolves levels down to 0.01 / 160."""
_ROUNDING: Final = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class Rearrangements:
    """All that is tried, besides what was seen; break-even = weights @ values."""

    weights: Floats
    """(tried, values)."""
    unmoved: int
    """Those that leave all as it was seen: as extreme as it at every shift."""

    def __len__(self) -> int:
        return len(self.weights) + self.unmoved


@lru_cache(maxsize=4)
def flips(pairs: int) -> Rearrangements:
    """Every choice of pairs to turn round, or a fixed draw of `MOST` where there are more.

    Values are the differences of the pairs.
    """
    if 2**pairs <= MOST:
        moved = np.arange(2**pairs)[:, None] >> np.arange(pairs) & 1
    else:
        draw = Streams(0).stream("gate", "flips")
        moved = draw.integers(0, 2, (MOST, pairs))
        moved[0] = 0
    return _weighted(moved.astype(np.float64), moved.sum(axis=1))


@lru_cache(maxsize=4)
def swaps(candidates: int, bases: int) -> Rearrangements:
    """Every way to deal the figures to the two sides, or a fixed draw of `MOST`.

    Values are the figures of the candidate, then those of the base.
    """
    every = candidates + bases
    if math.comb(every, candidates) <= MOST:
        dealt = np.array(list(combinations(range(every), candidates)), dtype=np.int64)
        dealt = dealt.reshape(-1, candidates)
    else:
        draw = Streams(0).stream("gate", "swaps")
        dealt = np.argpartition(draw.random((MOST, every)), candidates, axis=1)[:, :candidates]
        dealt[0] = np.arange(candidates)
    side = np.repeat([1.0, -1.0], [candidates, bases])
    after = np.full((len(dealt), every), -1.0)
    np.put_along_axis(after, dealt, 1.0, axis=1)
    moved = (side - after) / 2  # +1: left the candidate's side; -1: came to it
    return _weighted(moved, (moved > 0).sum(axis=1))


def _weighted(moved: Floats, count: NDArray[np.int64]) -> Rearrangements:
    some = count > 0
    return Rearrangements(moved[some] / count[some, None], int((~some).sum()))


def break_evens(tried: Rearrangements, values: Floats, never: Floats) -> Floats:
    """The break-even of each, sorted; (tried,).

    `never` is 1 or -1 where a value is infinitely bad or good (its `values` entry is 0 then), else
    0. Infinite ones outweigh all others and cancel each other.
    """
    shift: Floats = tried.weights @ values
    # Sums of figures that cancel on paper must not count as positive.
    shift[np.abs(shift) <= _ROUNDING * np.abs(values).max(initial=0.0)] = 0.0
    if never.any():
        net = tried.weights @ never
        shift = np.where(np.abs(net) <= _ROUNDING, shift, np.copysign(np.inf, net))
    return np.sort(shift)


def p_values(tried: Rearrangements, shifts: Floats) -> tuple[float, float]:
    """One-sided: the shares of rearrangements at least as bad, and as good, as what was seen."""
    bad = tried.unmoved + int(np.searchsorted(shifts, 0.0, side="right"))
    good = tried.unmoved + len(shifts) - int(np.searchsorted(shifts, 0.0, side="left"))
    return bad / len(tried), good / len(tried)


def lower_bound(tried: Rearrangements, shifts: Floats, level: float) -> float:
    """The smallest shift that a one-sided test at `level` does not reject; -inf = too few.

    It is above 0 exactly where the first of `p_values` is at most `level`.
    """
    rank = _rank(tried, level)
    return float(shifts[rank]) if 0 <= rank < len(shifts) else -math.inf


def upper_bound(tried: Rearrangements, shifts: Floats, level: float) -> float:
    """The largest shift that a one-sided test at `level` does not reject; inf = too few."""
    rank = _rank(tried, level)
    return float(shifts[-1 - rank]) if 0 <= rank < len(shifts) else math.inf


def _rank(tried: Rearrangements, level: float) -> int:
    return math.floor(level * len(tried) * (1 + _ROUNDING)) - tried.unmoved


def fewest(level: float, paired: bool) -> int:
    """The smallest number of replications (a side) with which a test at `level` can reject."""
    count = 1
    while (2.0**-count if paired else 1 / math.comb(2 * count, count)) > level:
        count += 1
    return count
