"""The tiers above the agents: aggregators that take in and report, and the root that is read.

An aggregator holds the newest version of each child and reports a fold over them: sums of whole
numbers per pane, and a row of ages. Its state is single-writer: nothing is ever added to a total
that came from elsewhere, so losing, repeating or reordering messages cannot change where it ends.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.stats.moments import COUNT, canonical
from sim.telemetry import holdings
from sim.telemetry.emission import BoolArray, Emission, FloatArray, emission
from sim.telemetry.flight import Flight
from sim.telemetry.intake import Due, Intake, Known, Reports
from sim.telemetry.ledger import Ledger
from sim.telemetry.tree import Groups, Run

IntArray = NDArray[np.int64]
StateFold = Callable[[IntArray, FloatArray, int, int], IntArray]


@dataclass(frozen=True, slots=True)
class ChildKind:
    """How the children of a tier report: what their columns are and how they are folded."""

    state_columns: int
    value_columns: int
    widen: Callable[[IntArray], IntArray]
    fold: StateFold


class Parents(ABC):
    """What aggregators and the root have in common: an intake and a fold."""

    def __init__(self, groups: Groups, kind: ChildKind, bound_ns: int) -> None:
        self.groups = groups
        self.kind = kind
        self.bound_ns = bound_ns
        self.absent: BoolArray | None = None
        """Agents among the children that have left the network (None = none)."""
        self.intake = Intake(
            np.zeros((groups.children, kind.state_columns), np.int64),
            Flight.empty(kind.state_columns, kind.value_columns),
        )

    @abstractmethod
    def open_step(self, begin_ns: int, until_ns: int, pane: int) -> None:
        """A step from `begin_ns` to before `until_ns` begins, all of it in `pane`."""

    @abstractmethod
    def take(self, run: Run, reports: Reports) -> None:
        """Carry the children of `run` through the step."""

    def _without_absent(self, held: IntArray, run: Run) -> IntArray:
        """The same with children that left marked as gone; shape (rows, children, columns)."""
        if self.absent is None:
            return held
        held = held.copy()
        held[:, self.absent[run.first_child : run.last_child]] = holdings.GONE
        return held

    def _fold(self, held: IntArray, now_ns: FloatArray, run: Run) -> IntArray:
        return self.kind.fold(held, now_ns, run.size, self.bound_ns)


class Aggregators(Parents):
    """One tier of aggregators. Arrays have one row an aggregator."""

    def __init__(
        self,
        groups: Groups,
        kind: ChildKind,
        bound_ns: int,
        phase_ns: FloatArray,
        period_ns: int,
        wide: int,
    ) -> None:
        super().__init__(groups, kind, bound_ns)
        self.phase_ns = phase_ns
        self.period_ns = period_ns
        self.up: BoolArray | None = None
        self.messages = 0
        self.ledger: Ledger | None = None
        self.last_state = np.zeros((groups.parents, holdings.COLUMNS), np.int64)
        """State columns of each aggregator's newest report."""
        self.unsent: dict[int, IntArray] = {}
        """Per pane, what each aggregator knows and has not reported yet."""
        self._wide = wide
        self._pane = 0
        self._until_ns = 0
        self._now = Emission(0, np.empty((0, groups.parents)), None)
        self._learnt: dict[int, IntArray] = {}
        self._states = np.empty((1, groups.parents, holdings.COLUMNS), np.int64)

    def open_step(self, begin_ns: int, until_ns: int, pane: int) -> None:
        """Fix which reports this step sends."""
        self._pane, self._until_ns = pane, until_ns
        self._now = emission(self.phase_ns, self.period_ns, self.up, begin_ns, until_ns)
        self.messages += self._now.count()
        rows = self._now.ticks + 1
        self._learnt = {pane: np.zeros((rows, self.groups.parents, self._wide), np.int64)}
        self._states = np.empty((rows, self.groups.parents, holdings.COLUMNS), np.int64)

    def take(self, run: Run, reports: Reports) -> None:
        """Carry the children of `run` through the step."""
        mine = slice(run.first_parent, run.last_parent)
        sent_ns = self._now.sent_ns[:, mine]
        first = sent_ns[0] if len(sent_ns) else np.zeros(run.parents)
        due = Due(first, self.period_ns, len(sent_ns), self._until_ns, self._pane)
        learnt, held, _ = self.intake.take(run, reports, due)
        held = self._without_absent(held, run)
        for pane, gained in learnt.items():
            self._lane(pane)[:, mine] = self.kind.widen(gained)
        now_ns = np.concatenate((sent_ns, np.full((1, run.parents), float(self._until_ns))))
        self._states[:, mine] = self._fold(held, now_ns, run)

    def produce(self) -> Reports:
        """The reports of the whole tier; call `judge` of its channel for their arrivals."""
        self.intake.finish_step()
        totals = {}
        for pane in sorted({*self._learnt, *self.unsent}):
            unsent = self.unsent.pop(pane, None)
            if pane < self._pane - 1:
                assert unsent is not None
                self.intake.counts.expired += int(unsent[:, COUNT].sum())
                continue
            totals[pane] = self._settle(pane, unsent)
        states = self._states[:-1]
        self._remember(states)
        reports = Reports(self._now, np.empty(0), totals, states)
        if self.ledger is not None:
            self.ledger.roll(self._pane)
            self.ledger.add(reports, 0, self.groups.parents)
        return reports

    def forget(self, nodes: BoolArray) -> None:
        """Let these aggregators start from nothing."""
        for waiting in self.unsent.values():
            waiting[nodes] = 0
        self.last_state[nodes] = 0

    def _lane(self, pane: int) -> IntArray:
        if pane not in self._learnt:
            self._learnt[pane] = np.zeros_like(self._learnt[self._pane])
        return self._learnt[pane]

    def _settle(self, pane: int, unsent: IntArray | None) -> IntArray:
        """Running totals of what each report adds to `pane`; the rest waits in `unsent`."""
        gained = self._lane(pane)
        if unsent is not None:
            gained[0] += unsent
        waiting = gained[-1].copy() if self._now.sent is None else _defer(gained, self._now.sent)
        if waiting.any():
            self.unsent[pane] = waiting
        for row in range(len(gained) - 1, 0, -1):
            gained[row] = gained[row - 1]
        gained[0] = 0
        for row in range(1, len(gained)):
            gained[row] += gained[row - 1]
        return gained

    def _remember(self, states: IntArray) -> None:
        if self._now.sent is None:
            if len(states):
                self.last_state = states[-1].copy()
            return
        for state, sent in zip(states, self._now.sent, strict=True):
            self.last_state[sent] = state[sent]


def _defer(gained: IntArray, sent: BoolArray) -> IntArray:
    """Move, in place, what falls on a report that is not sent to the next one that is."""
    for row, is_sent in enumerate(sent):
        skipped = ~is_sent
        gained[row + 1, skipped] += gained[row, skipped]
        gained[row, skipped] = 0
    return np.array(gained[-1])


@dataclass(frozen=True, slots=True)
class Heard:
    """Every move of the root's view of its children, in the order child by child.

    `known_ns` and `child` have shape (moves,), `state` (moves, state columns).
    """

    known_ns: FloatArray
    child: IntArray
    state: IntArray


class Root(Parents):
    """The top of the tree: it reports to nobody, so only its reads and its moves matter."""

    def __init__(
        self, groups: Groups, kind: ChildKind, bound_ns: int, panes_kept: int, wide: int
    ) -> None:
        super().__init__(groups, kind, bound_ns)
        self.panes: dict[int, IntArray] = {}
        """Per pane, the exact sums of everything known of it (wide rows)."""
        self.closed_count = 0
        """Values in panes that were dropped because they are too old to be read."""
        self.heard: list[Heard] = []
        self._panes_kept = panes_kept
        self._until_ns = 0
        self._pane = 0
        self._wide = wide

    def open_step(self, begin_ns: int, until_ns: int, pane: int) -> None:
        """Drop the panes that no baseline will cover again."""
        assert begin_ns < until_ns
        self._until_ns, self._pane = until_ns, pane
        for old in [key for key in self.panes if key < pane - self._panes_kept]:
            self.closed_count += int(self.panes.pop(old)[COUNT])

    def take(self, run: Run, reports: Reports) -> None:
        """Carry the children of `run` through the step."""
        due = Due(np.zeros(run.parents), 1, 0, self._until_ns, self._pane)
        learnt, _, known = self.intake.take(run, reports, due)
        for pane, gained in learnt.items():
            row = self.panes.setdefault(pane, np.zeros(self._wide, np.int64))
            row += self.kind.widen(gained).sum(axis=(0, 1))
        self.heard.append(_moves(known, self._until_ns))

    def finish_step(self) -> None:
        """End the step."""
        self.intake.finish_step()

    def forget(self) -> None:
        """Start from nothing. Children report open panes anew; closed ones are gone for good."""
        for pane, row in self.panes.items():
            if pane < self._pane - 1:
                self.closed_count += int(row[COUNT])
        self.panes.clear()

    def view(self, now_ns: int) -> IntArray:
        """The row of six that the root would report at `now_ns`; shape (6,)."""
        (run,) = self.groups.runs
        held = self._without_absent(self.intake.held[None], run)
        folded = self._fold(held, np.full((1, 1), float(now_ns)), run)
        return np.asarray(folded[0, 0])

    def window(self, first_pane: int, last_pane: int, features: int) -> IntArray:
        """Canonical sums of panes first..last; shape (wide,)."""
        row = np.zeros(self._wide, np.int64)
        for pane in range(first_pane, last_pane + 1):
            row += self.panes.get(pane, 0)
        return canonical(row, features)


def _moves(known: Known, until_ns: int) -> Heard:
    """When the newest version known of each child changed, and to what."""
    fresh_ns, fresh_child, fresh_state = _moves_now(known, until_ns)
    flight, flight_known = known.flight, known.flight_known_ns
    rows = np.flatnonzero(flight.leading)
    child, at_ns = flight.child[rows], flight_known[rows]
    after = np.append(at_ns[1:], np.inf)
    last = np.append(child[1:] != child[:-1], True) if len(rows) else np.empty(0, np.bool_)
    if len(known.known_ns):
        after[: len(rows)][last] = known.known_ns[0, child[last] - known.run.first_child]
    else:
        after[: len(rows)][last] = np.inf
    moved = (at_ns < until_ns) & (at_ns < after[: len(rows)])
    rows = rows[moved]
    return Heard(
        np.concatenate((at_ns[moved], fresh_ns)),
        np.concatenate((flight.child[rows], fresh_child)),
        np.concatenate((flight.state[rows], fresh_state)),
    )


def _moves_now(known: Known, until_ns: int) -> tuple[FloatArray, IntArray, IntArray]:
    instants = known.known_ns
    moved = instants < until_ns
    moved[:-1] &= instants[:-1] < instants[1:]
    tick, child = np.nonzero(moved)
    states = known.reports.states[tick, child]
    return instants[tick, child], child + known.run.first_child, states
