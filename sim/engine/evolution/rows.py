"""Which row of the columns each node of a changing tree takes.

A row has a fixed parent, site and phase: it is a place. A node whose parent changes takes a free
row under the row of its new parent, and all below it follow; everybody else stays. Spare nodes
take what is left over, so that nodes and rows are one-to-one whatever happens.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sim.telemetry.tree import Groups

Ints = NDArray[np.int64]


def rows_of_nodes(
    parents: Sequence[Ints], levels: Sequence[Groups], before: Sequence[Ints]
) -> tuple[Ints, ...]:
    """The row of each node, an array a tier from the agents up to those below the root.

    `parents` (nodes,) is negative for spare nodes; `levels` are the groups of the columns;
    `before` is the last answer. There must be a row for every child of a node.
    """
    found: list[Ints] = []
    above = np.zeros(1, np.int64)
    for parent, level, last in reversed(list(zip(parents, levels, before, strict=True))):
        above = _allocate(parent, level, last, above)
        found.append(above)
    return tuple(reversed(found))


def _allocate(parent: Ints, level: Groups, last: Ints, above: Ints) -> Ints:
    """Rows of one tier, whose parents are in the rows `above`."""
    group = np.where(parent >= 0, above[parent], -1)
    rows = np.where(level.parent_of[last] == group, last, -1)
    _fill(rows, np.flatnonzero((rows < 0) & (group >= 0)), group, level)
    spare = np.flatnonzero(group < 0)
    free = ~_taken(rows)
    stays = spare[free[last[spare]]]
    rows[stays] = last[stays]
    rows[rows < 0] = np.flatnonzero(~_taken(rows))
    return rows


def _fill(rows: Ints, movers: NDArray[np.intp], group: Ints, level: Groups) -> None:
    """Give each mover, in the order of nodes, the first free row of its group."""
    movers = movers[np.argsort(group[movers], kind="stable")]
    free = np.flatnonzero(~_taken(rows))
    first_free = np.searchsorted(free, level.starts[group[movers]])
    rank = np.arange(len(movers)) - np.searchsorted(group[movers], group[movers])
    rows[movers] = free[first_free + rank]


def _taken(rows: Ints) -> NDArray[np.bool_]:
    taken = np.zeros(len(rows), np.bool_)
    taken[rows[rows >= 0]] = True
    return taken
