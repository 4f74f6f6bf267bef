"""What a parent holds of rows whose agents have changed hands: each agent takes its share along.

Until the next report comes, the parent knows no more than it did: of an agent that went from one
row to another, that it was as old as those it came from are on average, and no older than the
oldest of them.
"""

import numpy as np
from numpy.typing import NDArray

from sim.telemetry import holdings

Ints = NDArray[np.int64]


def shared_out(held: Ints, before: Ints, after: Ints, seats: Ints) -> tuple[Ints, Ints]:
    """Rows of seven once agents have moved, and which rows those are that have changed, (k,).

    `held` (rows, 7); `before` and `after` (agents,) are the rows of the agents there are; `seats`
    (rows,) is how many there is room for. Rows that nobody left or came to stay as they are.
    """
    moved = before != after
    changed = np.unique(np.concatenate((before[moved], after[moved])))
    result = held.copy()
    for row in changed.tolist():
        sources, counts = np.unique(before[after == row], return_counts=True)
        result[row] = _of(held, seats, row, sources, counts)
        result[row, holdings.LEFT] = seats[row] - counts.sum()
    return result, changed


def _of(held: Ints, seats: Ints, row: int, sources: Ints, counts: Ints) -> Ints:
    """The row of those that come from `sources`, so many from each.

    What is held of a source is about as many agents as there were when it was said. Where there was
    nobody, those that have come since were heard of no earlier than that.
    """
    result: Ints = held[row].copy()
    if not len(sources):
        result[holdings.BORN : holdings.LEFT] = 0
        return result
    rows, known = held[sources], seats[sources] - held[sources, holdings.LEFT]
    whole = np.maximum(known, 1)
    for births in (holdings.BORN, holdings.CLAIMED):
        mean = np.where(known > 0, rows[:, births] // whole, rows[:, holdings.OLDEST])
        result[births] = (mean * counts).sum()
    for agents in (holdings.FRESH, holdings.HEARD):
        result[agents] = (rows[:, agents] * np.minimum(counts, known) // whole).sum()
    result[holdings.SENT] = rows[:, holdings.SENT].max()
    result[holdings.OLDEST] = rows[:, holdings.OLDEST].min()
    return result
