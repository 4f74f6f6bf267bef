"""Exact moments as columns of whole numbers that may be added in any order and grouping.

A summary is one row of int64 columns. Two layouts exist, both for F features:

* narrow, between an agent and its aggregator: count, sources, S[F], Q[F], M[F], R[F];
* wide, from the aggregators up: the same with Q and R in two limbs each.

S and Q sum the values and their squares. M and R sum each source's own mean and its square: the
*second* summary, without which a root cannot tell the spread between agents from the spread within
one (theory: variance of a cluster sample). All are in quanta of `fixed_point`.
"""

import hashlib
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.stats import fixed_point
from sim.stats.fixed_point import QUANTUM

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]

COUNT, SOURCES, FIRST_FEATURE = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Layout:
    """Where each block of columns of a summary with `features` features stands."""

    features: int

    @property
    def narrow(self) -> int:
        """Number of columns between an agent and its aggregator."""
        return FIRST_FEATURE + 4 * self.features

    @property
    def wide(self) -> int:
        """Number of columns from the aggregators up."""
        return FIRST_FEATURE + 6 * self.features

    def block(self, index: int) -> slice:
        """Columns of the `index`-th block of F columns after count and sources."""
        start = FIRST_FEATURE + index * self.features
        return slice(start, start + self.features)

    def widen(self, narrow: IntArray) -> IntArray:
        """Wide rows of narrow ones; shape (..., narrow) to (..., wide)."""
        wide = np.empty((*narrow.shape[:-1], self.wide), np.int64)
        wide[..., :FIRST_FEATURE] = narrow[..., :FIRST_FEATURE]
        for source, target in ((0, 0), (2, 3)):
            wide[..., self.block(target)] = narrow[..., self.block(source)]
            high, low = fixed_point.split(narrow[..., self.block(source + 1)])
            wide[..., self.block(target + 1)] = high
            wide[..., self.block(target + 2)] = low
        return wide

    def wire_bytes(self, panes: int) -> int:
        """Size of a message that carries `panes` wide summaries behind a 64-byte header."""
        return 64 + panes * self.wide * 8


@dataclass(frozen=True, slots=True)
class Moments:
    """What one wide row says, in units of the features' scale. Arrays have shape (features,)."""

    count: int
    sources: int
    mean: FloatArray
    sd: FloatArray
    between_sd: FloatArray
    """Standard deviation of the sources' own means."""

    @property
    def half_width(self) -> FloatArray:
        """Half of the 95 % interval of the mean, from the spread *between* sources."""
        if self.sources < 2:
            return np.full_like(self.mean, math.nan)
        return 1.959963984540054 * self.between_sd / math.sqrt(self.sources)


def moments(row: IntArray, features: int) -> Moments:
    """Read a wide row. Means and deviations are NaN while nothing was counted.

    The subtraction n*Q - S*S is done on Python integers, so it cannot cancel: the only rounding is
    the last one.
    """
    layout = Layout(features)
    blocks = [row[layout.block(index)] for index in range(6)]
    count, sources = int(row[COUNT]), int(row[SOURCES])
    mean, sd = _mean_sd(count, blocks[0], fixed_point.join(blocks[1], blocks[2]))
    _, between = _mean_sd(sources, blocks[3], fixed_point.join(blocks[4], blocks[5]))
    return Moments(count, sources, mean, sd, between)


def _mean_sd(count: int, sums: IntArray, squares: list[int]) -> tuple[FloatArray, FloatArray]:
    if count == 0:
        nothing = np.full(len(sums), math.nan)
        return nothing, nothing.copy()
    totals = [int(total) for total in sums]
    mean = np.array([total / count for total in totals]) * QUANTUM
    if count == 1:
        return mean, np.full(len(sums), math.nan)
    spread = [
        math.sqrt((count * square - total * total) / (count * (count - 1)))
        for total, square in zip(totals, squares, strict=True)
    ]
    return mean, np.array(spread) * QUANTUM


def mean_sd(rows: IntArray, features: int) -> tuple[IntArray, FloatArray, FloatArray]:
    """Counts (n,), means and standard deviations (n, features) of many wide rows at once.

    In float64, for detection: exact to about 1e-16 of the mean square, which `moments` avoids by
    Python integers. NaN where there are too few values.
    """
    layout = Layout(features)
    count = rows[:, COUNT]
    sums, high, low = (rows[:, layout.block(index)].astype(np.float64) for index in range(3))
    n = np.where(count > 0, count, np.nan)[:, None]
    mean = sums / n
    square = np.maximum(high * 2.0**fixed_point.LIMB_BITS + low - sums * mean, 0.0)
    sd = np.sqrt(square / np.where(n > 1, n - 1, np.nan))
    return count, mean * QUANTUM, sd * QUANTUM


def canonical(row: IntArray, features: int) -> IntArray:
    """A copy of a wide row (or rows) in which equal numbers have equal limbs."""
    result = row.copy()
    layout = Layout(features)
    for high in (1, 4):
        fixed_point.normalise(result[..., layout.block(high)], result[..., layout.block(high + 1)])
    return result


def digest(row: IntArray, features: int) -> bytes:
    """32 bytes that are equal exactly when two wide rows hold the same numbers."""
    return hashlib.sha256(canonical(row, features).astype("<i8").tobytes()).digest()


def error_mean(estimate: Moments, truth: Moments) -> float:
    """E_mean: largest error of a mean in standard deviations of the truth (theory section 9).

    A feature that does not vary has no such unit and is left out.
    """
    varies = truth.sd > 0
    return _largest(np.abs(estimate.mean - truth.mean)[varies] / truth.sd[varies])


def error_sd(estimate: Moments, truth: Moments) -> float:
    """E_sd: largest absolute log ratio of the standard deviations (theory section 9).

    Infinite if the estimate has seen no spread where there is one; features without any are left
    out.
    """
    varies = truth.sd > 0
    with np.errstate(divide="ignore"):
        return _largest(np.abs(np.log(estimate.sd[varies] / truth.sd[varies])))


def _largest(errors: FloatArray) -> float:
    usable = errors[~np.isnan(errors)]
    return float(usable.max()) if usable.size else math.nan
