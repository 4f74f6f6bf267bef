"""What the nodes of a tier have reported so far of the panes that are open.

Needed only where nodes may lose what they knew (a crash that is not durable): a node that starts
from nothing takes back what it reported, and a parent that starts from nothing must learn again
what its children reported.
"""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from sim.telemetry.emission import BoolArray
from sim.telemetry.flight import Flight
from sim.telemetry.intake import Intake
from sim.telemetry.reports import Reports

IntArray = NDArray[np.int64]


class Ledger:
    """Per pane, the sum of all that each node has reported; shape (nodes, summary columns)."""

    def __init__(self, nodes: int, columns: int) -> None:
        self.panes: dict[int, IntArray] = {}
        self._shape = (nodes, columns)

    def roll(self, pane: int) -> None:
        """Forget the panes that closed when `pane` began."""
        self.panes = {key: row for key, row in self.panes.items() if key >= pane - 1}

    def add(self, reports: Reports, first: int, last: int) -> None:
        """Add the reports of nodes [first, last) in one step."""
        for pane, totals in reports.totals.items():
            if pane not in self.panes:
                self.panes[pane] = np.zeros(self._shape, np.int64)
            self.panes[pane][first:last] += totals[-1].astype(np.int64)

    def strike(self, lost: Flight) -> None:
        """These reports were lost, and nobody will ever repeat them."""
        for pane, reported in self.panes.items():
            rows = np.flatnonzero(lost.pane == pane)
            np.subtract.at(reported, lost.child[rows], lost.values[rows])

    def withdraw(self, nodes: BoolArray, intakes: Iterable[Intake]) -> int:
        """Let these nodes take back everything with their next report, at all who take those in.

        Returns how many values that is.
        """
        values, receivers = 0, tuple(intakes)
        for pane, reported in self.panes.items():
            for intake in receivers:
                intake.add_rider(np.flatnonzero(nodes), pane, -reported[nodes], first=False)
            values += int(reported[nodes, 0].sum())
            reported[nodes] = 0
        return values

    def relearn(self, children: BoolArray, intake: Intake) -> None:
        """Let the parent of these children, which forgot them, learn them with the next report."""
        some = np.flatnonzero(children)
        intake.held[some] = 0
        for pane, reported in self.panes.items():
            coming = np.zeros_like(reported)
            rows = np.flatnonzero(intake.flight.pane == pane)
            np.add.at(coming, intake.flight.child[rows], intake.flight.values[rows])
            intake.add_rider(some, pane, reported[some] - coming[some], first=True)
