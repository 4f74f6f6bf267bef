"""Which row of the columns each node of a changing tree takes.

A row has a fixed parent, site and phase: it is a place. A node whose parent changes takes a free
row under the row of its new parent, and all below it follow; everybody else stays. Spare nodes
take what is left over, so that nodes and rows are one-to-one whatever happens. Nobody moves into a
row that is down while there is another: who takes over from a failed node goes to another machine.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sim.telemetry.tree import Groups

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]


def rows_of_nodes(
    parents: Sequence[Ints],
    levels: Sequence[Groups],
    before: Sequence[Ints],
    down: Sequence[Bools] | None = None,
) -> tuple[Ints, ...]:
    """The row of each node, an array a tier from the agents up to those below the root.

    `parents` (nodes,) is negative for spare nodes; `levels` are the groups of the columns;
    `before` is the last answer; `down` says which rows are. There must be a row for every child of
    a node.
    """
    found: list[Ints] = []
    above = np.zeros(1, np.int64)
    lost = [np.zeros(level.children, np.bool_) for level in levels] if down is None else down
    for parent, level, last, bad in reversed(list(zip(parents, levels, before, lost, strict=True))):
        above = _allocate(parent, level, last, above, bad)
        found.append(above)
    return tuple(reversed(found))


def _allocate(parent: Ints, level: Groups, last: Ints, above: Ints, down: Bools) -> Ints:
    """Rows of one tier, whose parents are in the rows `above`."""
    group = np.where(parent >= 0, above[parent], -1)
    rows = np.where(level.parent_of[last] == group, last, -1)
    _fill(rows, np.flatnonzero((rows < 0) & (group >= 0)), group, level, down)
    spare = np.flatnonzero(group < 0)
    free = ~_taken(rows)
    stays = spare[free[last[spare]]]
    rows[stays] = last[stays]
    rows[rows < 0] = np.flatnonzero(~_taken(rows))
    return rows


def _fill(rows: Ints, movers: NDArray[np.intp], group: Ints, level: Groups, down: Bools) -> None:
    """Give each mover, in the order of nodes, the first free row of its group that is not down."""
    movers = movers[np.argsort(group[movers], kind="stable")]
    free = np.flatnonzero(~_taken(rows))
    free = free[np.lexsort((free, down[free], level.parent_of[free]))]
    first_free = np.searchsorted(level.parent_of[free], group[movers])
    rank = np.arange(len(movers)) - np.searchsorted(group[movers], group[movers])
    rows[movers] = free[first_free + rank]


def _taken(rows: Ints) -> NDArray[np.bool_]:
    taken = np.zeros(len(rows), np.bool_)
    taken[rows[rows >= 0]] = True
    return taken
