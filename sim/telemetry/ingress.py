"""A receiver that needs time for each message: one FIFO queue per parent, exact in columns.

Waiting in a first-come-first-served queue is Lindley's recursion, finish = max(arrival, finish of
the one before) + service; over sorted arrivals it is a running maximum, so no event is needed. Only
arrivals before the end of a step are served: a later report may still overtake the others.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from sim.telemetry.emission import BoolArray, FloatArray
from sim.telemetry.flight import Flight
from sim.telemetry.fold import IntArray
from sim.telemetry.meter import Meter
from sim.telemetry.overtaken import Overtaken
from sim.telemetry.reports import Reports
from sim.telemetry.tree import Run

Load = Callable[[IntArray, FloatArray], FloatArray]
"""How many services each message takes, given its sender and its arrival; 1 as a rule."""


@dataclass(slots=True)
class Ingress:
    """The queues of all parents of a tier."""

    service_ns: int
    free_ns: FloatArray
    """When each parent has finished all that it accepted; shape (parents,)."""
    halted_ns: FloatArray
    """Until when each parent stands still; shape (parents,)."""
    _served: BoolArray
    load: Load | None = None
    """None: every message takes one service."""
    meter: Meter | None = None
    """Who keeps account of the queues, if anybody does."""

    @classmethod
    def of(cls, parents: int, service_ns: int) -> "Ingress":
        """Empty queues with this service time per message."""
        return cls(service_ns, np.zeros(parents), np.zeros(parents), np.empty((0, 0), np.bool_))

    def left_ns(self, now_ns: int) -> FloatArray:
        """Work that each parent has accepted and not done at `now_ns`; shape (parents,).

        Everything that arrived before must have been served: call it at the end of a step.
        """
        return np.maximum(self.free_ns - np.maximum(self.halted_ns, now_ns), 0.0)

    def clear(self, parents: BoolArray, now_ns: int) -> None:
        """Forget what waits at these parents: they went down at `now_ns`."""
        if self.meter is not None:
            self.meter.give_up(parents, self.left_ns(now_ns))
        self.free_ns[parents] = 0.0

    def halt(self, parents: BoolArray, now_ns: int, until_ns: float) -> FloatArray:
        """Serve nothing at these parents before `until_ns`.

        Returns by how much that puts off what waits at each parent; shape (parents,).
        """
        off_ns = np.maximum(until_ns - np.maximum(self.halted_ns, now_ns), 0.0)
        off_ns[~parents] = 0.0
        if self.meter is not None:
            self.meter.put_off(self.left_ns(now_ns), off_ns)
        self.halted_ns[parents] = np.maximum(self.halted_ns[parents], until_ns)
        self.free_ns[self.free_ns > now_ns] += off_ns[self.free_ns > now_ns]
        return off_ns

    def serve(
        self, run: Run, reports: Reports, flight: Flight, overtaken: Overtaken, until_ns: int
    ) -> tuple[Reports, Flight]:
        """Replace the arrival of every message before `until_ns` by the end of its service.

        Of those that were overtaken in place.
        """
        arrivals = reports.arrivals_ns.copy()
        self._served = arrivals < until_ns
        ticks, children = np.nonzero(self._served)
        old = np.flatnonzero(~flight.served & (flight.arrival_ns < until_ns))
        leading = old[flight.leading[old]]
        late = overtaken.unserved(run.first_child, run.last_child, until_ns)
        older = np.concatenate((flight.child[leading], overtaken.child[late])) - run.first_child
        older_ns = np.concatenate((flight.arrival_ns[leading], overtaken.arrival_ns[late]))
        instants = np.concatenate((older_ns, arrivals[ticks, children]))
        child = np.concatenate((older, children))
        finish = self._finish(run, child // run.size, child, instants)
        arrivals[ticks, children] = finish[len(older) :]
        overtaken.arrival_ns[late] = finish[len(leading) : len(older)]
        overtaken.served[late] = True
        served = flight.served.copy()
        arrival = flight.arrival_ns.copy()
        arrival[leading] = finish[: len(leading)]
        served[old] = True
        # The row of the second pane of a report follows its leading row and shares its fate.
        followers = old[~flight.leading[old]]
        arrival[followers] = arrival[followers - 1]
        flight = replace(flight, arrival_ns=arrival, served=served)
        return replace(reports, arrivals_ns=arrivals), flight

    def was_served(self, tick: IntArray, child: IntArray) -> BoolArray:
        """Which of these reports of the step have left the queue."""
        return np.asarray(self._served[tick, child])

    def _finish(
        self, run: Run, parent: IntArray, child: IntArray, arrival_ns: FloatArray
    ) -> FloatArray:
        """End of service of each message; ties in the order of children."""
        order = np.lexsort((child, arrival_ns, parent))
        finish = np.empty(len(order))
        queue = parent[order]
        bounds = np.append(np.flatnonzero(np.diff(queue, prepend=-1)), len(order))
        for begin, end in pairwise(bounds.tolist()):
            rows = order[begin:end]
            owner = run.first_parent + int(queue[begin])
            service_ns = self._service_ns(run.first_child + child[rows], arrival_ns[rows])
            finish[rows] = self._lindley(owner, arrival_ns[rows], service_ns)
        return finish

    def _service_ns(self, child: IntArray, arrival_ns: FloatArray) -> FloatArray:
        times = np.ones(len(child)) if self.load is None else self.load(child, arrival_ns)
        return np.asarray(times * float(self.service_ns))

    def _lindley(self, parent: int, arrival_ns: FloatArray, service_ns: FloatArray) -> FloatArray:
        # How much service those before it take that arrive in one go.
        place = np.cumsum(service_ns) - service_ns
        begin = np.maximum.accumulate(arrival_ns - place)
        finish = np.maximum(begin, self.free_ns[parent]) + place + service_ns
        self.free_ns[parent] = finish[-1]
        if self.meter is not None:
            self.meter.note(parent, arrival_ns, service_ns, finish)
        return np.asarray(finish)
