"""What a node knows of its sources beside their values: ages, freshness, how many were heard.

Agents report one or two numbers (born, and claimed where clocks are wrong); aggregators report a
row of seven, a fold over the newest version they hold of each child. Births that were never heard
of count as 0, the start of the run, so an age is defined from the first instant.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.telemetry.emission import FloatArray

IntArray = NDArray[np.int64]

SENT: Final = 0
"""When the version was sent, true time."""
OLDEST: Final = 1
"""Smallest birth of the sources in it."""
BORN: Final = 2
"""Sum of the sources' births."""
CLAIMED: Final = 3
"""Sum of the births as the sources' own clocks stamped them."""
FRESH: Final = 4
"""Sources whose value was within the bound, at every hop, when it was passed on."""
HEARD: Final = 5
"""Sources ever heard of."""
LEFT: Final = 6
"""Sources that have left the network in good order; they count in nothing else."""
COLUMNS: Final = 7
GONE: Final = np.iinfo(np.int64).max
"""Birth of a child that has left, and of everything below it: later than any instant."""


def fold_agents(held: IntArray, now_ns: FloatArray, group: int, bound_ns: int) -> IntArray:
    """Rows of seven from the births that are held of agents.

    held (rows, children, 1 or 2); now (rows, parents); result (rows, parents, 7). The last column
    of `held` is the claimed birth. An agent that has left holds `GONE`.
    """
    shape = (*now_ns.shape, group)
    born, claimed = held[..., 0].reshape(shape), held[..., -1].reshape(shape)
    gone = born == GONE
    left = np.count_nonzero(gone, axis=2)
    oldest = np.minimum(born.min(axis=2), now_ns.astype(np.int64))
    if left.any():
        born, claimed = np.where(gone, 0, born), np.where(gone, 0, claimed)
    fresh = (born >= (now_ns - bound_ns)[..., None]) & (born > 0)
    return _row(
        now_ns,
        oldest,
        born.sum(axis=2),
        claimed.sum(axis=2),
        np.count_nonzero(fresh, axis=2),
        np.count_nonzero(born, axis=2),
        left,
    )


def fold_aggregators(held: IntArray, now_ns: FloatArray, group: int, bound_ns: int) -> IntArray:
    """Rows of seven from the rows of seven of the children; shapes as in `fold_agents`.

    A child whose newest version is older than the bound counts no source as fresh.
    """
    rows = held.reshape(*now_ns.shape, group, COLUMNS)
    recent = rows[..., SENT] >= (now_ns - bound_ns)[..., None]
    return _row(
        now_ns,
        np.minimum(rows[..., OLDEST].min(axis=2), now_ns.astype(np.int64)),
        rows[..., BORN].sum(axis=2),
        rows[..., CLAIMED].sum(axis=2),
        np.where(recent, rows[..., FRESH], 0).sum(axis=2),
        rows[..., HEARD].sum(axis=2),
        rows[..., LEFT].sum(axis=2),
    )


def gone_rows(columns: int, sources: IntArray) -> IntArray:
    """What is held of children that have left with all their `sources`; (children, columns)."""
    rows = np.full((len(sources), columns), GONE)
    if columns == COLUMNS:
        rows[:, BORN:LEFT] = 0
        rows[:, LEFT] = sources
    return rows


def as_rows(state: IntArray) -> IntArray:
    """State columns as rows of seven, also where the children are agents; (children, 7)."""
    if state.shape[1] == COLUMNS:
        return state
    born, gone = state[:, 0], state[:, 0] == GONE
    present = np.where(gone, 0, born)
    heard = (present > 0).astype(np.int64)
    claimed = np.where(gone, 0, state[:, -1])
    return np.stack([born, born, present, claimed, heard, heard, gone.astype(np.int64)], axis=1)


def _row(now_ns: FloatArray, *columns: NDArray[np.int64] | NDArray[np.intp]) -> IntArray:
    result = np.empty((*now_ns.shape, COLUMNS), np.int64)
    result[..., SENT] = now_ns
    for index, column in enumerate(columns, start=1):
        result[..., index] = column
    return result
