"""Sets of instants as rows [begin_ns, end_ns), disjoint and in order.

"The bound was broken from here to there" is such a set; how long it was broken and when it was
whole again are questions to it.
"""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Spans: TypeAlias = NDArray[np.int64]
"""Shape (spans, 2)."""


@dataclass(frozen=True, slots=True)
class Milestone:
    """How long something took, in nanoseconds; if it was not `reached`, at least this long."""

    after_ns: int
    reached: bool


def union(begin_ns: NDArray[np.int64], end_ns: NDArray[np.int64]) -> Spans:
    """All instants that lie in any [begin, end). Spans that touch are joined; empty ones vanish.

    >>> union(np.array([5, 0, 9, 2]), np.array([8, 3, 9, 4])).tolist()
    [[0, 4], [5, 8]]
    """
    real = begin_ns < end_ns
    begin_ns, end_ns = begin_ns[real], end_ns[real]
    order = np.argsort(begin_ns, kind="stable")
    begin_ns, reach_ns = begin_ns[order], np.maximum.accumulate(end_ns[order])
    opens = np.ones(len(begin_ns), dtype=bool)
    opens[1:] = begin_ns[1:] > reach_ns[:-1]
    last = np.append(np.flatnonzero(opens)[1:] - 1, len(begin_ns) - 1)[: opens.sum()]
    return np.stack([begin_ns[opens], reach_ns[last]], axis=1).astype(np.int64)


def length_ns(spans: Spans) -> int:
    """How long all of it lasts."""
    return int((spans[:, 1] - spans[:, 0]).sum())


def first_lasting_gap(spans: Spans, from_ns: int, horizon_ns: int, sustain_ns: int) -> Milestone:
    """When the spans first stay away for `sustain_ns`, counted from `from_ns`.

    Nothing is known from `horizon_ns` on. If no such gap ends before it, the answer is a lower
    bound: the begin of a gap that was still open then, else the whole time that was watched.

    >>> first_lasting_gap(np.array([[0, 7], [8, 12]]), from_ns=5, horizon_ns=30, sustain_ns=3)
    Milestone(after_ns=7, reached=True)
    """
    inside = spans[(spans[:, 1] > from_ns) & (spans[:, 0] < horizon_ns)]
    gap_begin_ns = np.append(from_ns, inside[:, 1])
    gap_end_ns = np.append(inside[:, 0], horizon_ns)
    lasting = np.flatnonzero(
        (gap_end_ns - gap_begin_ns >= sustain_ns) & (gap_begin_ns <= gap_end_ns)
    )
    if len(lasting):
        return Milestone(int(gap_begin_ns[lasting[0]]) - from_ns, True)
    return Milestone(min(int(gap_begin_ns[-1]), horizon_ns) - from_ns, False)
