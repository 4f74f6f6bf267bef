"""What the parents of a tier know of each single child: the sums of its panes.

A parent's report is a fold over its children, so the plane itself keeps no sums per child. Whoever
needs them (robust statistics count in agents, a Merkle tree commits to each child) asks a tier to
keep a `Known`: it is shown what becomes known in every step, and adds up the same increments.
"""

import numpy as np
from numpy.typing import NDArray

from sim.telemetry.emission import NEVER, BoolArray, FloatArray
from sim.telemetry.passage import Passage

IntArray = NDArray[np.int64]


class Known:
    """Per pane the sums known of each child, (children, columns); the last `panes_kept` + 1."""

    def __init__(self, children: int, columns: int, panes_kept: int) -> None:
        self.panes: dict[int, IntArray] = {}
        self.first_heard_ns: FloatArray = np.full(children, NEVER)
        """When each child was first heard since `begin_round`; infinite = not since then."""
        self._shape = (children, columns)
        self._panes_kept = panes_kept

    def take(self, through: Passage) -> None:
        """Add what became known of the children of one run in one step."""
        self._roll(through.due.pane)
        run, rows = through.run, through.due.rows
        mine = slice(run.first_child, run.last_child)
        counts = np.count_nonzero(through.slot <= rows, axis=0)
        for pane, totals in through.reports.totals.items():
            self._pane(pane)[mine] += totals[counts, np.arange(len(counts))].astype(np.int64)
        self._take_flight(through)
        self._hear(through)

    def window(self, first_pane: int, last_pane: int, columns: slice = slice(None)) -> IntArray:
        """Sums over panes first..last, of some columns; (children, columns)."""
        total = np.zeros(self._shape, np.int64)[:, columns]
        for pane in range(first_pane, last_pane + 1):
            if pane in self.panes:
                total += self.panes[pane][:, columns]
        return total

    def row(self, pane: int, child: int) -> IntArray:
        """Sums of one child in one pane, zero where nothing is known; (columns,)."""
        return self.panes[pane][child] if pane in self.panes else np.zeros(self._shape[1], np.int64)

    def replace(self, pane: int, child: int, row: IntArray) -> None:
        """Somebody who knows better says what the sums of one child are; (columns,)."""
        self._pane(pane)[child] = row

    def forget(self, children: BoolArray) -> None:
        """The parents of these children have lost what they knew."""
        for sums in self.panes.values():
            sums[children] = 0

    def begin_round(self) -> None:
        """From now on, note anew when each child is first heard."""
        self.first_heard_ns[:] = NEVER

    def _roll(self, pane: int) -> None:
        for old in [key for key in self.panes if key < pane - self._panes_kept]:
            del self.panes[old]

    def _pane(self, pane: int) -> IntArray:
        if pane not in self.panes:
            self.panes[pane] = np.zeros(self._shape, np.int64)
        return self.panes[pane]

    def _take_flight(self, through: Passage) -> None:
        """Reports of earlier steps, of the panes that still take any."""
        flight = through.flight
        learnt = through.flight_learnt & (flight.pane >= through.due.pane - 1)
        for pane in np.unique(flight.pane[learnt]).tolist():
            rows = np.flatnonzero(learnt & (flight.pane == pane))
            np.add.at(self._pane(pane), flight.child[rows], flight.values[rows])

    def _hear(self, through: Passage) -> None:
        run, until_ns = through.run, through.due.until_ns
        if len(through.known_ns):
            first_ns = through.known_ns.min(axis=0)
            mine = self.first_heard_ns[run.first_child : run.last_child]
            np.minimum(mine, np.where(first_ns < until_ns, first_ns, NEVER), out=mine)
        arrived = through.flight.leading & (through.flight_known_ns < until_ns)
        child = through.flight.child[arrived]
        np.minimum.at(self.first_heard_ns, child, through.flight_known_ns[arrived])
