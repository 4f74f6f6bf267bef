"""One run of groups on its way through one step: what arrives when, and is known to whom when.

Everything here is derived once from the reports of the step and from those still on their way, and
then only read.
"""

from dataclasses import dataclass

import numpy as np

from sim.telemetry.emission import NEVER, BoolArray, FloatArray
from sim.telemetry.flight import Flight
from sim.telemetry.fold import ByteArray, known_instants, slots
from sim.telemetry.reports import Reports
from sim.telemetry.tree import Run


@dataclass(frozen=True, slots=True)
class Due:
    """When the parents of a run report next: their first row, the period, the number of rows."""

    first_ns: FloatArray
    period_ns: int
    rows: int
    until_ns: int
    pane: int
    """The pane that is running during the step; older ones than the one before are closed."""


@dataclass(frozen=True, slots=True)
class Passage:
    """The children of `run`: the reports of this step, and `flight`, those of earlier ones."""

    run: Run
    reports: Reports
    flight: Flight
    due: Due
    known_ns: FloatArray
    """When what each report brought is known; (ticks, children)."""
    flight_known_ns: FloatArray
    slot: ByteArray
    """The parent's first row that includes it (see `fold.slots`); (ticks, children)."""
    flight_slot: ByteArray

    @property
    def flight_learnt(self) -> BoolArray:
        """Which rows of `flight` become known in this step."""
        return np.asarray(self.flight_slot <= self.due.rows)


def passage(run: Run, reports: Reports, flight: Flight, due: Due) -> Passage:
    """Work out what becomes known when."""
    known_ns = known_instants(reports.arrivals_ns)
    first = known_ns[0] if len(known_ns) else np.full(run.last_child - run.first_child, NEVER)
    flight_known_ns = flight.known_ns(first, run.first_child)
    due_ns = np.repeat(due.first_ns, run.size)
    flight_due_ns = due_ns[flight.child - run.first_child]
    return Passage(
        run,
        reports,
        flight,
        due,
        known_ns,
        flight_known_ns,
        slots(known_ns, due_ns, due.period_ns, due.rows, due.until_ns),
        slots(flight_known_ns, flight_due_ns, due.period_ns, due.rows, due.until_ns),
    )
