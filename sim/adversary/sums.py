"""How liars rewrite sums: pure functions on rows of `moments`, narrow (agents) or wide.

All are exact, on whole numbers, and what they give could be the sums of some values: they fit their
columns, no mean leaves the range of `fixed_point`, and no spread is negative. What would not fit is
cut: shifts stop at the range, multiples at the largest that fits (`SUM_MAX`, `ROOM`). Wide rows
come back with normal limbs. Rows that count nothing stay as they are.
"""

from typing import Final

import numpy as np

from sim.adversary.contract import Floats, Ints, Liars
from sim.stats import fixed_point, limbs
from sim.stats.fixed_point import LIMB_BITS, LIMIT, QUANTUM
from sim.stats.moments import COUNT, SOURCES, Layout, canonical

SUM_MAX: Final = 1 << 56
"""Largest sum of values in any row: 64 such rows can be added up."""

ROOM: Final = 1 << 61
"""Largest sum of squares in a narrow row, which has a single int64 for it: two panes of one agent
can be added up. Aggregators add up narrow rows too: see `room`."""

TIMES_MAX: Final = 1 << 30

_BLOCKS: Final = ((COUNT, 0), (SOURCES, 3))
"""The column that counts, and the block of its sums, of the two halves of a wide row."""


def quanta(scales: Floats) -> Ints:
    """Sizes in scales as whole quanta, half to even."""
    return np.rint(scales / QUANTUM).astype(np.int64)


def room(liars: Liars) -> int:
    """Largest sum of squares that each may claim so that a whole group of liars can be added up."""
    return ROOM // int(np.bincount(liars.group).max(initial=1))


def shifted(rows: Ints, layout: Layout, by: Ints) -> Ints:
    """What the sums would be if all values were larger by `by` quanta.

    rows (k, narrow) or (k, wide); by (features,) or (k, features). A shift that would take the mean
    of a row out of range, and in a narrow row of more than 8,192 values squares out of an int64,
    ends there.
    """
    wide = _widened(rows, layout)
    by = np.broadcast_to(by, (*wide.shape[:-1], layout.features))
    for counts, block in _BLOCKS:
        by = _in_range(wide[..., counts, None], wide[..., layout.block(block)], by, rows, layout)
    for counts, block in _BLOCKS:
        n, S = wide[..., counts, None], wide[..., layout.block(block)]
        before = S.copy()
        S += n * by
        # The sum of (x + a)^2 - x^2 is a * (2 S + n a).
        _add(wide, layout, block, limbs.product(by, before + S))
    return _as_given(wide, rows, layout)


def moved(rows: Ints, layout: Layout, to: Ints) -> Ints:
    """The same with the mean at `to` quanta (features,), the spread kept; cut as in `shifted`."""
    n = rows[..., COUNT, None]
    means = _rounded(rows[..., layout.block(0)], n)
    return shifted(rows, layout, np.where(n > 0, to - means, 0))


def times(rows: Ints, layout: Layout, k: int, room: int = ROOM) -> Ints:
    """The sums of `k` times as many values, of the same sources, with the same mean and spread.

    `k` from 1 to `TIMES_MAX`. A row in which that would not fit (in a narrow one: squares above
    `room`) gets the largest multiple that does.
    """
    assert 1 <= k <= TIMES_MAX, k
    wide = _widened(rows, layout)
    top = SUM_MAX if _is_wide(rows, layout) else room >> LIMB_BITS
    high, low = wide[..., layout.block(1)], wide[..., layout.block(2)]
    factor = np.minimum(k, limbs.COUNT_MAX // np.maximum(wide[..., COUNT], 1))
    factor = np.minimum(factor, SUM_MAX // _largest(wide[..., layout.block(0)]))
    factor = np.maximum(np.minimum(factor, top // (_largest(high) + 1)), 1)
    wide[..., COUNT] *= factor
    for columns in (wide[..., layout.block(0)], high, low):
        columns *= factor[..., None]
    fixed_point.normalise(high, low)
    return _as_given(wide, rows, layout)


def without_spread(rows: Ints, layout: Layout) -> Ints:
    """The sums of as many values with the same mean and the least spread that whole numbers allow.

    Rows of at most `limbs.COUNT_MAX` values in range.
    """
    wide = _widened(rows, layout)
    for counts, block in _BLOCKS:
        n, S = wide[..., counts, None], wide[..., layout.block(block)]
        high, low = limbs.least_squares(n, S)
        wide[..., layout.block(block + 1)] = high
        wide[..., layout.block(block + 2)] = low
    return _as_given(wide, rows, layout)


def divided(rows: Ints, layout: Layout, by: int) -> Ints:
    """All sums a `by`-th, the counts kept; sums rounded towards 0, squares up."""
    wide = _widened(rows, layout)
    for _, block in _BLOCKS:
        S = wide[..., layout.block(block)]
        S[...] = np.sign(S) * (np.abs(S) // by)
        high, low = (wide[..., layout.block(block + index)] for index in (1, 2))
        high[...], low[...] = limbs.divide(high, low, by)
    return _as_given(wide, rows, layout)


def largest_of(rows: Ints, layout: Layout) -> Ints:
    """Of every number in wide rows (children, wide) the largest; (wide,)."""
    wide = canonical(rows, layout.features)
    result = wide.max(axis=0)
    for _, block in _BLOCKS:
        high, low = (wide[:, layout.block(block + index)] for index in (1, 2))
        result[layout.block(block + 2)] = np.where(high == high.max(axis=0), low, 0).max(axis=0)
    return np.asarray(result)


def _is_wide(rows: Ints, layout: Layout) -> bool:
    return bool(rows.shape[-1] == layout.wide)


def _widened(rows: Ints, layout: Layout) -> Ints:
    """A copy as wide rows with normal limbs."""
    wide = rows if _is_wide(rows, layout) else layout.widen(rows)
    return canonical(wide, layout.features)


def _as_given(wide: Ints, rows: Ints, layout: Layout) -> Ints:
    """Wide rows in the width of `rows`."""
    if _is_wide(rows, layout):
        return wide
    narrow = np.empty_like(rows)
    narrow[..., [COUNT, SOURCES]] = wide[..., [COUNT, SOURCES]]
    for target, block in ((0, 0), (2, 3)):
        narrow[..., layout.block(target)] = wide[..., layout.block(block)]
        high, low = (wide[..., layout.block(block + index)] for index in (1, 2))
        narrow[..., layout.block(target + 1)] = (high << LIMB_BITS) + low
    return narrow


def _add(wide: Ints, layout: Layout, block: int, squares: limbs.Pair) -> None:
    """Add to the squares, in place, of the sums in `block`."""
    high, low = (wide[..., layout.block(block + index)] for index in (1, 2))
    high += squares[0]
    low += squares[1]
    fixed_point.normalise(high, low)


def _in_range(n: Ints, S: Ints, by: Ints, rows: Ints, layout: Layout) -> Ints:
    """The part of a shift `by` after which the mean of S over n is still in range."""
    n = np.maximum(n, 1)
    reach = np.full(n.shape, LIMIT)
    if not _is_wide(rows, layout):
        reach = np.minimum(reach, np.sqrt(ROOM / n).astype(np.int64))
    lowest, highest = -reach - S // n, reach + -S // n
    return np.clip(by, np.minimum(lowest, 0), np.maximum(highest, 0))


def _rounded(S: Ints, n: Ints) -> Ints:
    """Means in whole quanta, halves up; 0 where nothing was counted."""
    n = np.maximum(n, 1)
    return (2 * S + n) // (2 * n)


def _largest(columns: Ints) -> Ints:
    """Largest magnitude in each row, at least 1."""
    return np.asarray(np.maximum(np.abs(columns).max(axis=-1), 1))
