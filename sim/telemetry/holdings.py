"""What a node knows of its sources beside their values: ages, freshness, how many were heard.

Agents report one or two numbers (born, and claimed where clocks are wrong); aggregators report a
row of six, a fold over the newest version they hold of each child. Births that were never heard of
count as 0, the start of the run, so an age is defined from the first instant.
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
COLUMNS: Final = 6
GONE: Final = np.iinfo(np.int64).max
"""Held of an agent that has left the network in good order."""


def fold_agents(held: IntArray, now_ns: FloatArray, group: int, bound_ns: int) -> IntArray:
    """Rows of six from the births that are held of agents.

    held (rows, children, 1 or 2); now (rows, parents); result (rows, parents, 6). The last column
    of `held` is the claimed birth. An agent that has left holds `GONE`: it has age 0 and is neither
    fresh nor heard of.
    """
    shape = (*now_ns.shape, group)
    born = held[..., 0].reshape(shape)
    gone = born == GONE
    if gone.any():
        row = _fold_births(
            np.where(gone, now_ns[..., None].astype(np.int64), born), held, now_ns, bound_ns
        )
        row[..., FRESH] -= np.count_nonzero(gone, axis=2)
        row[..., HEARD] -= np.count_nonzero(gone, axis=2)
        return row
    return _fold_births(born, held, now_ns, bound_ns)


def _fold_births(born: IntArray, held: IntArray, now_ns: FloatArray, bound_ns: int) -> IntArray:
    fresh = born >= (now_ns - bound_ns)[..., None]
    return _row(
        now_ns,
        born.min(axis=2),
        born.sum(axis=2),
        _claimed(born, held).sum(axis=2),
        np.count_nonzero(fresh & (born > 0), axis=2),
        np.count_nonzero(born, axis=2),
    )


def _claimed(born: IntArray, held: IntArray) -> IntArray:
    """Births as the agents' own clocks stamped them; the true ones where no clock is wrong."""
    if held.shape[-1] == 1:
        return born
    claimed = held[..., 1].reshape(born.shape)
    return np.where(claimed == GONE, born, claimed)


def fold_aggregators(held: IntArray, now_ns: FloatArray, group: int, bound_ns: int) -> IntArray:
    """Rows of six from the rows of six of the children; shapes as in `fold_agents`.

    A child whose newest version is older than the bound counts no source as fresh.
    """
    rows = held.reshape(*now_ns.shape, group, COLUMNS)
    recent = rows[..., SENT] >= (now_ns - bound_ns)[..., None]
    return _row(
        now_ns,
        rows[..., OLDEST].min(axis=2),
        rows[..., BORN].sum(axis=2),
        rows[..., CLAIMED].sum(axis=2),
        np.where(recent, rows[..., FRESH], 0).sum(axis=2),
        rows[..., HEARD].sum(axis=2),
    )


def _row(now_ns: FloatArray, *columns: NDArray[np.int64] | NDArray[np.intp]) -> IntArray:
    result = np.empty((*now_ns.shape, COLUMNS), np.int64)
    result[..., SENT] = now_ns
    for index, column in enumerate(columns, start=1):
        result[..., index] = column
    return result
