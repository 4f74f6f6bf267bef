"""Where everybody is: the rows of all nodes now, and of the agents in the last few epochs."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sim.engine.evolution.rows import rows_of_nodes
from sim.engine.reseating import EPOCHS_KEPT, inverse
from sim.telemetry.tree import Groups

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Residence:
    """Rows of nodes, a tier each; epoch 0 begins with `settle`."""

    def __init__(self, levels: Sequence[Groups]) -> None:
        self._levels = tuple(levels)
        self.rows: tuple[Ints, ...] = tuple(np.arange(level.children) for level in levels)
        """The row of each node; (nodes,), from the agents to those below the root."""
        self._agent_at: dict[int, Ints] = {}

    def settle(
        self, epoch: int, parents: Sequence[Ints], down: Sequence[Bools] | None = None
    ) -> tuple[Ints, ...]:
        """From this epoch on nodes have these parents; returns the rows of before.

        `down` are the rows that nobody should move to, a bool array a tier.
        """
        before, self.rows = self.rows, rows_of_nodes(parents, self._levels, self.rows, down)
        self._agent_at[epoch] = inverse(self.rows[0])
        for old in list(self._agent_at)[:-EPOCHS_KEPT]:
            del self._agent_at[old]
        return before

    def agent_at(self, epoch: int) -> Ints:
        """Which agent sits in each row in an epoch, (rows,)."""
        return self._agent_at[epoch]

    def who_measured(self, rows: Ints, born_ns: Floats, epoch_ns: int) -> Ints:
        """Which agents measured in some rows at some births, (k,) each, all of one epoch."""
        if not len(rows):
            return rows
        return self._agent_at[int(born_ns[0] // epoch_ns)][rows]

    def nodes_in(self, tier: int) -> Ints:
        """The node of a tier that is in each row now, (rows,)."""
        return inverse(self.rows[tier])
