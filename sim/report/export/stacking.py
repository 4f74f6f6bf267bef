"""Stretches that overlap, dealt to as few lanes as there can be."""

from heapq import heappop, heappush

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


def stacked(begin_ns: Ints, end_ns: Ints) -> Ints:
    """The lane of each stretch [begin, end), (stretches,): in a lane none overlaps another.

    In the order of their beginnings each goes to the free lane with the smallest number, which
    needs as many lanes as there are stretches at once (interval partitioning: Kleinberg and Tardos,
    "Algorithm Design", section 4.1).

    >>> stacked(np.array([0, 1, 5, 2]), np.array([5, 3, 6, 4])).tolist()
    [0, 1, 0, 2]
    """
    lanes = np.zeros(len(begin_ns), np.int64)
    free: list[int] = []
    busy: list[tuple[int, int]] = []
    for one in np.argsort(begin_ns, kind="stable").tolist():
        while busy and busy[0][0] <= begin_ns[one]:
            heappush(free, heappop(busy)[1])
        lanes[one] = heappop(free) if free else len(busy)
        heappush(busy, (int(end_ns[one]), int(lanes[one])))
    return lanes
