"""Rewriting sums, number by number on Python's integers: no columns, no limbs, no overflow."""

from dataclasses import dataclass, replace

from sim.stats.fixed_point import LIMIT
from sim.stats.moments import COUNT, SOURCES


@dataclass(frozen=True)
class Half:
    """One feature of a row: of its values, or of its sources' own means."""

    n: int
    S: int
    Q: int


def read(row, layout):
    """For each feature of a narrow or wide row the two halves."""
    blocks = [[int(x) for x in row[layout.block(b)]] for b in range(len(row) // layout.features)]
    if len(row) == layout.wide:
        S, high, low, M, mean_high, mean_low = blocks[:6]
        Q = [(h << 32) + lo for h, lo in zip(high, low, strict=True)]
        R = [(h << 32) + lo for h, lo in zip(mean_high, mean_low, strict=True)]
    else:
        S, Q, M, R = blocks[:4]
    n, sources = int(row[COUNT]), int(row[SOURCES])
    return [(Half(n, S[j], Q[j]), Half(sources, M[j], R[j])) for j in range(layout.features)]


def shifted(halves, by):
    """All values of a feature larger by `by`, as far as no mean leaves the range."""
    for half in halves:
        if half.n:
            # Not below -LIMIT and not above it: the second matters only for rows out of range.
            by = max(by, -((half.n * LIMIT + half.S) // half.n))
            by = min(by, (half.n * LIMIT - half.S) // half.n)
    return tuple(
        replace(half, S=half.S + half.n * by, Q=half.Q + 2 * by * half.S + half.n * by * by)
        for half in halves
    )


def times(halves, k):
    """So many times as many values; the sources stay who they are."""
    values, sources = halves
    return Half(values.n * k, values.S * k, values.Q * k), sources


def without_spread(halves):
    """The same with the smallest squares: n * Q >= S * S."""
    return tuple(replace(half, Q=-(-half.S * half.S // half.n) if half.n else 0) for half in halves)


def divided(halves, by):
    """Sums a `by`-th, towards 0, and squares a `by`-th, rounded up."""
    return tuple(
        replace(half, S=(abs(half.S) // by) * (1 if half.S > 0 else -1), Q=-(-half.Q // by))
        for half in halves
    )


def largest(children):
    """Of the same feature of several rows the largest of every number."""
    return tuple(
        Half(max(h.n for h in same), max(h.S for h in same), max(h.Q for h in same))
        for same in zip(*children, strict=True)
    )
