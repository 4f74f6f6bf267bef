"""The tiers above the agents: aggregators that take in and report, and the root that is read.

An aggregator holds the newest version of each child and reports a fold over them: sums of whole
numbers per pane, and a row of ages. Its state is single-writer: nothing is ever added to a total
that came from elsewhere, so losing, repeating or reordering messages cannot change where it ends.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.stats.moments import COUNT
from sim.telemetry import holdings
from sim.telemetry.emission import BoolArray, Emission, FloatArray, emission
from sim.telemetry.flight import Flight
from sim.telemetry.intake import Intake
from sim.telemetry.known import Known
from sim.telemetry.ledger import Ledger
from sim.telemetry.moves import Heard, rounds
from sim.telemetry.passage import Due, Passage
from sim.telemetry.reports import Reports
from sim.telemetry.shim import Shim
from sim.telemetry.tree import Groups, Run

IntArray = NDArray[np.int64]
Watch = Callable[[Iterable[Heard]], None]
"""Is told, run by run, the moves of what parents know of their children."""
StateFold = Callable[[IntArray, FloatArray, int, int], IntArray]


@dataclass(frozen=True, slots=True)
class ChildKind:
    """How the children of a tier report: what their columns are and how they are folded."""

    state_columns: int
    value_columns: int
    widen: Callable[[IntArray], IntArray]
    fold: StateFold
    vector_columns: int = 0
    """Numbers in the single vector that each report carries; 0 = nobody looks at it."""


class Parents(ABC):
    """What aggregators and the root have in common: an intake and a fold."""

    def __init__(self, groups: Groups, kind: ChildKind, bound_ns: int) -> None:
        self.groups = groups
        self.kind = kind
        self.bound_ns = bound_ns
        self.absent: BoolArray | None = None
        """Children that have left the network with all their sources (None = none)."""
        self.sources = np.ones(groups.children, np.int64)
        """How many agents there are below each child."""
        self.intake = Intake(
            np.zeros((groups.children, kind.state_columns), np.int64),
            Flight.empty(kind.state_columns, kind.value_columns, kind.vector_columns),
        )
        self.watches: list[Watch] = []
        """Who sees the moves of what these parents know of their children."""
        self.known: Known | None = None
        """Sums of each single child, if anybody needs them."""

    @abstractmethod
    def open_step(self, begin_ns: int, until_ns: int, pane: int) -> None:
        """A step from `begin_ns` to before `until_ns` begins, all of it in `pane`."""

    @abstractmethod
    def take(self, run: Run, reports: Reports) -> None:
        """Carry the children of `run` through the step."""

    def note_absent(self, now_ns: int, absent: BoolArray | None) -> None:  # noqa: ARG002
        """Children have left or come back."""
        self.absent = absent

    def _show(self, through: Passage) -> None:
        """Let who watches see the moves of one run, and note what it brought of each child."""
        if self.watches:
            moves = list(rounds(through))
            for watch in self.watches:
                watch(moves)
        if self.known is not None:
            self.known.take(through)

    def _without_absent(self, held: IntArray, run: Run) -> IntArray:
        """The same with children that left marked as gone; shape (rows, children, columns)."""
        if self.absent is None:
            return held
        held = held.copy()
        mine = slice(run.first_child, run.last_child)
        gone = self.absent[mine]
        held[:, gone] = holdings.gone_rows(held.shape[2], self.sources[mine][gone])
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
        self.shim: Shim | None = None
        """Who stands between what aggregators know and what they say."""
        self.forged: dict[int, IntArray] = {}
        """Per pane that is open, what they said beyond what they knew; (nodes, wide)."""
        self.forged_count = 0
        """Values in all that was ever forged, of all panes."""
        self.last_state = np.zeros((groups.parents, holdings.COLUMNS), np.int64)
        """State columns of each aggregator's newest report."""
        self.unsent: dict[int, IntArray] = {}
        """Per pane, what each aggregator knows and has not reported yet."""
        self.panes: dict[int, IntArray] | None = None
        """Per pane, the sums of all that each aggregator knows, (nodes, wide); None = not kept."""
        self.panes_kept = 1
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
        if self.panes is not None:
            for old in [key for key in self.panes if key < pane - self.panes_kept]:
                del self.panes[old]
        rows = self._now.ticks + 1
        self._learnt = {pane: np.zeros((rows, self.groups.parents, self._wide), np.int64)}
        self._states = np.empty((rows, self.groups.parents, holdings.COLUMNS), np.int64)

    def take(self, run: Run, reports: Reports) -> None:
        """Carry the children of `run` through the step."""
        mine = slice(run.first_parent, run.last_parent)
        sent_ns = self._now.sent_ns[:, mine]
        first = sent_ns[0] if len(sent_ns) else np.zeros(run.parents)
        due = Due(first, self.period_ns, len(sent_ns), self._until_ns, self._pane)
        learnt, held, through = self.intake.take(run, reports, due)
        self._show(through)
        held = self._without_absent(held, run)
        for pane, gained in learnt.items():
            wide = self.kind.widen(gained)
            self._lane(pane)[:, mine] = wide
            if self.panes is not None:
                kept = self.panes.setdefault(pane, np.zeros_like(self._learnt[pane][0]))
                kept[mine] += wide.sum(axis=0)
        now_ns = np.concatenate((sent_ns, np.full((1, run.parents), float(self._until_ns))))
        self._states[:, mine] = self._fold(held, now_ns, run)

    def produce(self) -> Reports:
        """The reports of the whole tier; call `judge` of its channel for their arrivals."""
        self.intake.finish_step(self._until_ns)
        totals = {}
        panes = {*self._learnt, *self.unsent}
        if self.shim is not None and self._pane:
            # Any report may tell the finished pane anew, also one that has learnt nothing of it.
            panes.add(self._pane - 1)
        for pane in sorted(panes):
            unsent = self.unsent.pop(pane, None)
            if pane < self._pane - 1:
                assert unsent is not None
                self.intake.counts.expired += int(unsent[:, COUNT].sum())
                continue
            totals[pane] = self._say(pane, self._settle(pane, unsent))
        states = self._states[:-1]
        if self.shim is not None:
            self.shim.ages(self._now, states)
        self._remember(states)
        reports = Reports(self._now, np.empty(0), totals, states)
        if self.ledger is not None:
            self.ledger.roll(self._pane)
            self.ledger.add(reports, 0, self.groups.parents)
        return reports

    def forget(self, nodes: BoolArray) -> None:
        """Let these aggregators start from nothing."""
        for waiting in (*self.unsent.values(), *(self.panes or {}).values()):
            waiting[nodes] = 0
        self.last_state[nodes] = 0
        for forged in self.forged.values():
            # Taken back together with everything else that these nodes have said.
            self.forged_count -= int(forged[nodes, COUNT].sum())
            forged[nodes] = 0
        if self.shim is not None:
            self.shim.forget(nodes)

    def _say(self, pane: int, totals: IntArray) -> IntArray:
        """What the aggregators say, given what they know; and keep count of the difference."""
        if self.shim is None:
            return totals
        known = totals[-1].copy()
        said = self.shim.tell(pane, self._now, 0, totals).astype(np.int64, copy=False)
        self.forged = {key: row for key, row in self.forged.items() if key >= self._pane - 1}
        beyond = said[-1] - known
        self.forged_count += int(beyond[:, COUNT].sum())
        self.forged[pane] = self.forged.get(pane, 0) + beyond
        return said

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
