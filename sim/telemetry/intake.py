"""The receiving side of a tier: from reports that arrive to what their parents know, and when.

An intake holds, for every child, the newest version known (its state columns) and the reports that
are still on the way. One call of `take` carries one run of equal groups through one step. Nothing
is added twice and nothing is lost: what a report brought is applied at the parent's first report
after it became known, whatever arrived in which order.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sim.telemetry.departures import Late, departures
from sim.telemetry.emission import NEVER, BoolArray, FloatArray
from sim.telemetry.flight import Flight
from sim.telemetry.fold import IntArray, held_counts, held_states, sum_held
from sim.telemetry.ingress import Ingress
from sim.telemetry.overtaken import Overtaken
from sim.telemetry.passage import Due, Passage, passage
from sim.telemetry.reports import Reports
from sim.telemetry.tree import Run


@dataclass(slots=True)
class Counts:
    """Messages and values that an intake has seen through."""

    delivered: int = 0
    refused: int = 0
    """Messages that were on the way when their receiver went down."""
    expired: int = 0
    """Values that came after their pane had been closed."""


@dataclass(slots=True)
class Intake:
    """Everything the parents of one tier know of their children."""

    held: IntArray
    """State columns of the newest version known of each child; (children, state columns)."""
    flight: Flight
    ingress: Ingress | None = None
    counts: Counts = field(default_factory=Counts)
    overtaken: Overtaken = field(default_factory=Overtaken)
    given_up: dict[int, IntArray] = field(default_factory=dict)
    """Per pane, what `give_up` took out, (columns,)."""
    _next: list[Flight] = field(default_factory=list)

    def take(
        self, run: Run, reports: Reports, due: Due
    ) -> tuple[dict[int, IntArray], IntArray, Passage]:
        """Carry the children of `run` through one step.

        Returns, per pane, what each parent row newly learns, shape (rows + 1, parents, columns),
        the last row being "after the last report"; the states held at each row, shape (rows + 1,
        children, state columns); and when everything became known.
        """
        flight = self.flight.of_children(run.first_child, run.last_child)
        if self.ingress is not None:
            reports, flight = self.ingress.serve(run, reports, flight, self.overtaken, due.until_ns)
        through = passage(run, reports, flight, due)
        counts = held_counts(through.slot, due.rows)
        learnt = {
            pane: np.diff(sum_held(total, counts, run.size), axis=0, prepend=0)
            for pane, total in reports.totals.items()
        }
        self._apply_flight(through, learnt)
        held = self._hold(through, counts)
        self._keep(through)
        return learnt, held, through

    def finish_step(self, until_ns: int) -> None:
        """Make the reports that are still on the way at `until_ns` the start of the next step."""
        self.flight = Flight.concatenate(self._next) if self._next else self.flight
        self._next = []
        self.counts.delivered += self.overtaken.arrive(until_ns)

    def in_flight(self) -> int:
        """Messages that will still arrive."""
        coming = np.count_nonzero(self.flight.leading & (self.flight.arrival_ns < NEVER))
        return int(coming) + len(self.overtaken)

    def refuse(self, children: BoolArray, until_ns: float) -> None:
        """Lose what is on the way from these children and would arrive before `until_ns`.

        Also what waits in the queue of the receiver, however long it would still have waited.
        """
        before_ns = np.where(self.flight.served, NEVER, until_ns)
        hit = children[self.flight.child] & (self.flight.arrival_ns < before_ns)
        self.counts.refused += int(np.count_nonzero(hit & self.flight.leading))
        self.flight.arrival_ns[hit] = NEVER
        self.counts.refused += self.overtaken.refuse(children, until_ns)

    def put_off(self, waits_ns: FloatArray) -> None:
        """Let what waits in a queue wait so much longer; one for each child."""
        served = self.flight.served
        self.flight.arrival_ns[served] += waits_ns[self.flight.child[served]]
        self.overtaken.put_off(waits_ns)

    def postpone(self, children: BoolArray, until_ns: float) -> None:
        """Take in nothing from these children before `until_ns`."""
        hit = children[self.flight.child]
        self.flight.arrival_ns[hit] = np.maximum(self.flight.arrival_ns[hit], until_ns)
        self.overtaken.postpone(children, until_ns)

    def give_up(self, children: BoolArray | None = None) -> Flight:
        """Drop, and return, what was lost and only a later report of its child would bring.

        Of these children, (children,); None = of all.
        """
        later_ns = np.full(len(self.held), NEVER)
        lost = self.flight.known_ns(later_ns, 0) == NEVER
        if children is not None:
            lost &= children[self.flight.child]
        dropped, self.flight = self.flight.select(lost), self.flight.select(~lost)
        for pane in np.unique(dropped.pane).tolist():
            values = dropped.values[dropped.pane == pane].sum(axis=0)
            self.given_up[pane] = self.given_up.get(pane, 0) + values
            self.counts.expired += int(values[0])
        return dropped

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
            np.zeros((size, self.flight.vector.shape[1])),
        )
        parts = [rider, self.flight] if first else [self.flight, rider]
        both = Flight.concatenate(parts)
        self.flight = both.select(np.argsort(both.child, kind="stable"))

    def _apply_flight(self, through: Passage, learnt: dict[int, IntArray]) -> None:
        """Add what reports of earlier steps bring, to the panes that are still open."""
        flight, due, run = through.flight, through.due, through.run
        arrived = through.flight_learnt
        open_pane = flight.pane >= due.pane - 1
        self.counts.expired += int(flight.values[arrived & ~open_pane, 0].sum())
        parent = (flight.child - run.first_child) // run.size
        for pane in np.unique(flight.pane[arrived & open_pane]).tolist():
            rows = np.flatnonzero(arrived & (flight.pane == pane))
            shape = (due.rows + 1, run.parents, flight.values.shape[1])
            target = learnt.setdefault(pane, np.zeros(shape, np.int64))
            np.add.at(target, (through.flight_slot[rows], parent[rows]), flight.values[rows])

    def _hold(self, through: Passage, counts: NDArray[np.intp]) -> IntArray:
        """The state held of each child at each row; (rows + 1, children, state columns)."""
        run, flight = through.run, through.flight
        before = self.held[run.first_child : run.last_child]
        held = held_states(before, through.reports.states, counts)
        child = flight.child - run.first_child
        for row in range(len(counts)) if len(flight) else ():
            # Rows are in the order of sending, so the last assignment is the newest known.
            newest = np.flatnonzero((through.flight_slot <= row) & (counts[row, child] == 0))
            held[row, child[newest]] = flight.state[newest]
        self.held[run.first_child : run.last_child] = held[-1]
        return held

    def _keep(self, through: Passage) -> None:
        """Remember what is not known yet, and count what was delivered."""
        flight, learnt = through.flight, through.flight_learnt
        hopeful = (flight.pane >= through.due.pane - 1) | (flight.arrival_ns < NEVER)
        self.counts.expired += int(flight.values[~learnt & ~hopeful, 0].sum())
        self._count_old(flight, learnt, through.due.until_ns)
        late = Late.of(through)
        self.counts.delivered += through.reports.arrivals_ns.size - len(late.tick)
        self.overtaken.add(*late.overtaken(through, self.ingress))
        waiting = flight.select(~learnt & hopeful)
        both = Flight.concatenate([waiting, departures(through, late, self.ingress)])
        self._next.append(both.select(np.argsort(both.child, kind="stable")).merged())

    def _count_old(self, flight: Flight, learnt: BoolArray, until_ns: int) -> None:
        """Count messages of earlier steps that arrive, or that a later one has overtaken."""
        arrives = flight.leading & learnt & (flight.arrival_ns < NEVER)
        ahead = arrives & (flight.arrival_ns >= until_ns)
        self.counts.delivered += int(np.count_nonzero(arrives & ~ahead))
        self.overtaken.add(flight.child[ahead], flight.arrival_ns[ahead], flight.served[ahead])
