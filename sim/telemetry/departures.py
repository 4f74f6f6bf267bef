"""The reports of a step that nobody knows of by its end: they are carried into the next one."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.telemetry.emission import NEVER, BoolArray, FloatArray
from sim.telemetry.flight import Flight
from sim.telemetry.ingress import Ingress
from sim.telemetry.passage import Passage

IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Late:
    """Reports that do not arrive within their step; all arrays have the shape (reports,)."""

    tick: IntArray
    child: IntArray
    """Counted from the first child of the run."""
    arrival_ns: FloatArray

    @classmethod
    def of(cls, passage: Passage) -> "Late":
        """All of a passage, unsent and lost ones (which arrive never) among them."""
        arrivals_ns = passage.reports.arrivals_ns
        late = np.flatnonzero(arrivals_ns.ravel() >= passage.due.until_ns)
        tick, child = np.divmod(late, arrivals_ns.shape[1])
        return cls(tick, child, arrivals_ns[tick, child])

    def overtaken(
        self, passage: Passage, ingress: Ingress | None
    ) -> tuple[IntArray, FloatArray, BoolArray]:
        """Those that will arrive though a later one has told it all.

        Their children and arrivals, and whether they wait in the receiver's queue.
        """
        known = passage.slot[self.tick, self.child] <= passage.due.rows
        some = known & (self.arrival_ns < NEVER)
        served = was_served(ingress, self.tick[some], self.child[some])
        return self.child[some] + passage.run.first_child, self.arrival_ns[some], served

    def unknown(self, passage: Passage) -> "Late":
        """Those that were sent and are not known, in the order (child, tick)."""
        some = passage.slot[self.tick, self.child] > passage.due.rows
        sent = passage.reports.emission.sent
        if sent is not None:
            some &= sent[self.tick, self.child]
        rows = np.flatnonzero(some)
        rows = rows[np.lexsort((self.tick[rows], self.child[rows]))]
        return Late(self.tick[rows], self.child[rows], self.arrival_ns[rows])


def departures(passage: Passage, late: Late, ingress: Ingress | None) -> Flight:
    """The rows to carry on, in the order (child, tick, pane, the running pane first)."""
    unknown = late.unknown(passage)
    parts, places = [], []
    for pane in sorted(passage.reports.totals, reverse=True):
        part, place = _of_pane(passage, unknown, pane, ingress)
        parts.append(part)
        places.append(place)
    if len(parts) == 1:
        return parts[0]
    order = np.argsort(np.concatenate(places), kind="stable")
    return Flight.concatenate(parts).select(order)


def _of_pane(
    passage: Passage, late: Late, pane: int, ingress: Ingress | None
) -> tuple[Flight, IntArray]:
    """Rows of one pane, and the place of each among the reports.

    In the running pane every report has a row, because it counts as a message there; in the other
    only those that bring something.
    """
    tick, child = late.tick, late.child
    total = passage.reports.totals[pane]
    values = (total[tick + 1, child] - total[tick, child]).astype(np.int64)
    vectors = passage.reports.vectors
    leading = pane == passage.due.pane
    place = np.arange(len(tick)) if leading else np.flatnonzero(values.any(axis=1))
    tick, child = tick[place], child[place]
    rows = Flight(
        child + passage.run.first_child,
        late.arrival_ns[place],
        np.full(len(place), pane),
        np.full(len(place), leading),
        was_served(ingress, tick, child),
        passage.reports.states[tick, child],
        values[place],
        vectors[tick, child] if vectors is not None else np.empty((len(place), 0)),
    )
    return rows, place


def was_served(ingress: Ingress | None, tick: IntArray, child: IntArray) -> BoolArray:
    """Which of these reports of the step have come to the receiver's queue; (reports,).

    What arrives beyond the step has not; what has may still wait there beyond it.
    """
    return np.zeros(len(tick), np.bool_) if ingress is None else ingress.was_served(tick, child)
