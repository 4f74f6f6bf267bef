"""The receiving side of a tier: from reports that arrive to what their parents know, and when.

An intake holds, for every child, the newest version known (its state columns) and the reports that
are still on the way. One call of `take` carries one run of equal groups through one step. Nothing
is added twice and nothing is lost: what a report brought is applied at the parent's first report
after it became known, whatever arrived in which order.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sim.telemetry.emission import NEVER, BoolArray, FloatArray
from sim.telemetry.flight import Flight
from sim.telemetry.fold import (
    ByteArray,
    IntArray,
    held_counts,
    held_states,
    known_instants,
    slots,
    sum_held,
)
from sim.telemetry.ingress import Ingress
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


@dataclass(slots=True)
class Counts:
    """Messages and values that an intake has seen through."""

    delivered: int = 0
    refused: int = 0
    """Messages that were on the way when their receiver went down."""
    expired: int = 0
    """Values that came after their pane had been closed."""


@dataclass(frozen=True, slots=True)
class Known:
    """When each report of a run became known: new ones (ticks, children) and those in flight."""

    run: Run
    reports: Reports
    known_ns: FloatArray
    flight: Flight
    flight_known_ns: FloatArray


@dataclass(slots=True)
class Intake:
    """Everything the parents of one tier know of their children."""

    held: IntArray
    """State columns of the newest version known of each child; (children, state columns)."""
    flight: Flight
    ingress: Ingress | None = None
    counts: Counts = field(default_factory=Counts)
    _overtaken_ns: FloatArray = field(default_factory=lambda: np.empty(0))
    """Arrivals of reports on their way that a later one has made superfluous."""
    _overtaken_child: IntArray = field(default_factory=lambda: np.empty(0, np.int64))
    _next: list[Flight] = field(default_factory=list)

    def take(
        self, run: Run, reports: Reports, due: Due
    ) -> tuple[dict[int, IntArray], IntArray, Known]:
        """Carry the children of `run` through one step.

        Returns, per pane, what each parent row newly learns, shape (rows + 1, parents, columns),
        the last row being "after the last report"; the states held at each row, shape (rows + 1,
        children, state columns); and when everything became known.
        """
        flight = self.flight.of_children(run.first_child, run.last_child)
        if self.ingress is not None:
            reports, flight = self.ingress.serve(run, reports, flight, due.until_ns)
        known = self._learn(run, reports, flight)
        first_due = np.repeat(due.first_ns, run.size)
        slot = slots(known.known_ns, first_due, due.period_ns, due.rows, due.until_ns)
        flight_due = first_due[flight.child - run.first_child]
        flight_slot = slots(
            known.flight_known_ns, flight_due, due.period_ns, due.rows, due.until_ns
        )
        counts = held_counts(slot, due.rows)
        learnt = {
            pane: np.diff(sum_held(total, counts, run.size), axis=0, prepend=0)
            for pane, total in reports.totals.items()
        }
        self._apply_flight(run, flight, flight_slot, due, learnt)
        held = self._hold(run, reports, flight, flight_slot, counts)
        self._keep(run, reports, slot, flight, flight_slot, due)
        return learnt, held, known

    def finish_step(self, until_ns: int) -> None:
        """Make the reports that are still on the way at `until_ns` the start of the next step."""
        self.flight = Flight.concatenate(self._next) if self._next else self.flight
        self._next = []
        passed = self._overtaken_ns < until_ns
        self.counts.delivered += int(np.count_nonzero(passed))
        self._overtaken_child = self._overtaken_child[~passed]
        self._overtaken_ns = self._overtaken_ns[~passed]

    def in_flight(self) -> int:
        """Messages that will still arrive."""
        coming = np.count_nonzero(self.flight.leading & (self.flight.arrival_ns < NEVER))
        return int(coming) + len(self._overtaken_ns)

    def refuse(self, children: BoolArray, until_ns: float) -> None:
        """Lose what is on the way from these children and would arrive before `until_ns`.

        Also what waits in the queue of the receiver, however long it would still have waited.
        """
        before_ns = np.where(self.flight.served, NEVER, until_ns)
        hit = children[self.flight.child] & (self.flight.arrival_ns < before_ns)
        self.counts.refused += int(np.count_nonzero(hit & self.flight.leading))
        self.flight.arrival_ns[hit] = NEVER
        gone = children[self._overtaken_child] & (self._overtaken_ns < until_ns)
        self.counts.refused += int(np.count_nonzero(gone))
        self._overtaken_child = self._overtaken_child[~gone]
        self._overtaken_ns = self._overtaken_ns[~gone]

    def put_off(self, waits_ns: FloatArray) -> None:
        """Let what waits in a queue wait so much longer; one for each child."""
        served = self.flight.served
        self.flight.arrival_ns[served] += waits_ns[self.flight.child[served]]

    def postpone(self, children: BoolArray, until_ns: float) -> None:
        """Take in nothing from these children before `until_ns`."""
        hit = children[self.flight.child]
        self.flight.arrival_ns[hit] = np.maximum(self.flight.arrival_ns[hit], until_ns)
        hit = children[self._overtaken_child]
        self._overtaken_ns[hit] = np.maximum(self._overtaken_ns[hit], until_ns)

    def add_rider(self, children: IntArray, pane: int, values: IntArray, *, first: bool) -> None:
        """Values that ride on the next report of each child that arrives.

        `first`: on any report, also on one that is on the way; else only on one not sent yet.
        """
        size = len(children)
        rider = Flight(
            children,
            np.full(size, NEVER),
            np.full(size, pane),
            np.zeros(size, np.bool_),
            np.ones(size, np.bool_),
            np.zeros((size, self.held.shape[1]), np.int64),
            values,
        )
        parts = [rider, self.flight] if first else [self.flight, rider]
        both = Flight.concatenate(parts)
        self.flight = both.select(np.argsort(both.child, kind="stable"))

    def _learn(self, run: Run, reports: Reports, flight: Flight) -> Known:
        known = known_instants(reports.arrivals_ns)
        first = known[0] if len(known) else np.full(run.last_child - run.first_child, NEVER)
        return Known(run, reports, known, flight, flight.known_ns(first, run.first_child))

    def _apply_flight(
        self,
        run: Run,
        flight: Flight,
        slot: ByteArray,
        due: Due,
        learnt: dict[int, IntArray],
    ) -> None:
        """Add what reports of earlier steps bring, to the panes that are still open."""
        arrived = slot <= due.rows
        open_pane = flight.pane >= due.pane - 1
        self.counts.expired += int(flight.values[arrived & ~open_pane, 0].sum())
        parent = (flight.child - run.first_child) // run.size
        for pane in np.unique(flight.pane[arrived & open_pane]).tolist():
            rows = np.flatnonzero(arrived & (flight.pane == pane))
            shape = (due.rows + 1, run.parents, flight.values.shape[1])
            target = learnt.setdefault(pane, np.zeros(shape, np.int64))
            np.add.at(target, (slot[rows], parent[rows]), flight.values[rows])

    def _hold(
        self,
        run: Run,
        reports: Reports,
        flight: Flight,
        slot: ByteArray,
        counts: NDArray[np.intp],
    ) -> IntArray:
        before = self.held[run.first_child : run.last_child]
        held = held_states(before, reports.states, counts)
        child = flight.child - run.first_child
        for row in range(len(counts)) if len(flight) else ():
            # Rows are in the order of sending, so the last assignment is the newest known.
            newest = np.flatnonzero((slot <= row) & (counts[row, child] == 0))
            held[row, child[newest]] = flight.state[newest]
        self.held[run.first_child : run.last_child] = held[-1]
        return held

    def _keep(
        self,
        run: Run,
        reports: Reports,
        slot: ByteArray,
        flight: Flight,
        flight_slot: ByteArray,
        due: Due,
    ) -> None:
        """Remember what is not known yet, and count what was delivered."""
        learnt = flight_slot <= due.rows
        hopeful = (flight.pane >= due.pane - 1) | (flight.arrival_ns < NEVER)
        waiting = flight.select(~learnt & hopeful)
        self.counts.expired += int(flight.values[~learnt & ~hopeful, 0].sum())
        self._count_deliveries(flight, learnt, due.until_ns)
        late = np.flatnonzero(reports.arrivals_ns.ravel() >= due.until_ns)
        self.counts.delivered += reports.arrivals_ns.size - len(late)
        new = self._departures(run, reports, slot, due, late)
        both = Flight.concatenate([waiting, new])
        order = np.argsort(both.child, kind="stable")
        self._next.append(both.select(order).merged())

    def _count_deliveries(self, flight: Flight, learnt: BoolArray, until_ns: int) -> None:
        """Messages whose own arrival lies ahead though a later one told it all are overtaken."""
        arrives = flight.leading & learnt & (flight.arrival_ns < NEVER)
        ahead = arrives & (flight.arrival_ns >= until_ns)
        self.counts.delivered += int(np.count_nonzero(arrives & ~ahead))
        self._overtake(flight.child[ahead], flight.arrival_ns[ahead])

    def _overtake(self, child: IntArray, arrival_ns: FloatArray) -> None:
        """Remember reports that will arrive and tell nothing new."""
        if len(child):
            self._overtaken_child = np.concatenate((self._overtaken_child, child))
            self._overtaken_ns = np.concatenate((self._overtaken_ns, arrival_ns))

    def _departures(
        self, run: Run, reports: Reports, slot: ByteArray, due: Due, late: IntArray
    ) -> Flight:
        """Reports of this step that are not known by its end, in the order (child, tick, pane)."""
        children = slot.shape[1]
        tick, child = np.divmod(late, children)
        arrival = reports.arrivals_ns[tick, child]
        unknown = slot[tick, child] > due.rows
        overtaken = ~unknown & (arrival < NEVER)
        if overtaken.any():
            self._overtake(child[overtaken] + run.first_child, arrival[overtaken])
        if reports.emission.sent is not None:
            unknown &= reports.emission.sent[tick, child]
        tick, child, arrival = tick[unknown], child[unknown], arrival[unknown]
        order = np.lexsort((tick, child))
        return self._rows(run, reports, due, tick[order], child[order], arrival[order])

    def _rows(
        self,
        run: Run,
        reports: Reports,
        due: Due,
        tick: IntArray,
        child: IntArray,
        arrival: FloatArray,
    ) -> Flight:
        parts, places = [], []
        for pane, total in sorted(reports.totals.items(), reverse=True):
            values = (total[tick + 1, child] - total[tick, child]).astype(np.int64)
            leading = pane == due.pane
            rows = slice(None) if leading else np.flatnonzero(values.any(axis=1))
            size = len(arrival[rows])
            parts.append(
                Flight(
                    child[rows] + run.first_child,
                    arrival[rows],
                    np.full(size, pane),
                    np.full(size, leading),
                    # What arrives beyond the step was not served yet; what is being served, was.
                    np.full(size, False)
                    if self.ingress is None
                    else self.ingress.was_served(tick[rows], child[rows]),
                    reports.states[tick[rows], child[rows]],
                    values[rows],
                )
            )
            places.append(np.arange(len(arrival))[rows])
        if len(parts) == 1:
            return parts[0]
        order = np.argsort(np.concatenate(places), kind="stable")
        return Flight.concatenate(parts).select(order)
