"""What a parent holds of rows whose agents have changed hands: each agent takes its share along.

Until the next report comes, the parent knows no more than it did: of an agent that went from one
row to another, that it was as old as those it came from are on average, and no older than the
oldest of them.
"""

import numpy as np
from numpy.typing import NDArray

from sim.telemetry import holdings

Ints = NDArray[np.int64]


def shared_out(
    held: Ints, before: Ints, after: Ints, seats: Ints, now_ns: int
) -> tuple[Ints, Ints]:
    """Rows of seven once agents have moved, and which rows those are that have changed, (k,).

    `held` (rows, 7); `before` and `after` (agents,) are the rows of the agents there are; `seats`
    (rows,) is how many there is room for. Rows that nobody left or came to stay as they are.
    """
    moved = before != after
    changed = np.unique(np.concatenate((before[moved], after[moved])))
    result, order = held.copy(), np.argsort(after, kind="stable")
    begins, ends = (np.searchsorted(after[order], changed, side) for side in ("left", "right"))
    for row, begin, end in zip(changed.tolist(), begins, ends, strict=True):
        sources, counts = np.unique(before[order[begin:end]], return_counts=True)
        result[row] = _of(held[row], held[sources], seats[sources], counts, now_ns)
        result[row, holdings.LEFT] = seats[row] - counts.sum()
    return result, changed


def _of(before: Ints, rows: Ints, seats: Ints, counts: Ints, now_ns: int) -> Ints:
    """A row that was `before`, of those that come from other `rows`, so many from each.

    What is held of a source is about as many agents as there were when it was said. Where there was
    nobody, those that come from there have just joined: that is the first that is heard of them.
    """
    result: Ints = before.copy()
    if not len(rows):
        result[holdings.BORN : holdings.LEFT] = 0
        return result
    known = seats - rows[:, holdings.LEFT]
    whole = np.maximum(known, 1)
    for births in (holdings.BORN, holdings.CLAIMED):
        mean = np.where(known > 0, rows[:, births] // whole, now_ns)
        result[births] = (mean * counts).sum()
    for agents in (holdings.FRESH, holdings.HEARD):
        result[agents] = (rows[:, agents] * np.minimum(counts, known) // whole).sum()
    # Nothing is held that is older than what is in it, so a joining counts as told at once.
    result[holdings.SENT] = np.where(known > 0, rows[:, holdings.SENT], now_ns).max()
    result[holdings.OLDEST] = np.where(known > 0, rows[:, holdings.OLDEST], now_ns).min()
    return result
