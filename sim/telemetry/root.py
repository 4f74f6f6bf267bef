"""The top of the tree: it reports to nobody, so only its reads and its moves matter.

A move is a change of the newest version that the root knows of a child. Between moves every age
grows by one second a second, so the moves are all there is to know about ages.
"""

import numpy as np
from numpy.typing import NDArray

from sim.stats.moments import COUNT, canonical
from sim.telemetry import holdings
from sim.telemetry.emission import BoolArray
from sim.telemetry.known import Known
from sim.telemetry.moves import Heard, rounds
from sim.telemetry.parents import ChildKind, Parents
from sim.telemetry.passage import Due
from sim.telemetry.reports import Reports
from sim.telemetry.tree import Groups, Run

IntArray = NDArray[np.int64]


class Root(Parents):
    """The top of the tree: it reports to nobody, so only its reads and its moves matter."""

    def __init__(
        self,
        groups: Groups,
        kind: ChildKind,
        bound_ns: int,
        panes_kept: int,
        wide: int,
        *,
        keeps_heard: bool = True,
    ) -> None:
        super().__init__(groups, kind, bound_ns)
        self.panes: dict[int, IntArray] = {}
        """Per pane, the exact sums of everything known of it (wide rows)."""
        self.closed_count = 0
        """Values in panes that were dropped because they are too old to be read."""
        self.mended_count = 0
        """Values that no report brought here, but a peer."""
        self.heard: list[Heard] = []
        """Moves of its view since somebody took them, if it keeps them at all."""
        self._keeps_heard = keeps_heard
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
        learnt, _, through = self.intake.take(run, reports, due)
        for pane, gained in learnt.items():
            row = self.panes.setdefault(pane, np.zeros(self._wide, np.int64))
            row += self.kind.widen(gained).sum(axis=(0, 1))
        if self._keeps_heard:
            self.heard.extend(rounds(through))
        self._show(through)

    def finish_step(self) -> None:
        """End the step."""
        self.intake.finish_step(self._until_ns)

    def forget(self) -> None:
        """Start from nothing. Children report open panes anew; closed ones are gone for good."""
        for pane, row in self.panes.items():
            if pane < self._pane - 1:
                self.closed_count += int(row[COUNT])
        self.panes.clear()

    def keep_rows(self) -> None:
        """From now on keep the sums of each single child, so that peers can mend them.

        They are kept twice as long as they are read: a peer may tell of all that was read then.
        """
        if self.known is None:
            self.known = Known(self.groups.children, self._wide, 2 * max(self._panes_kept, 1))

    def is_closed(self, pane: int) -> bool:
        """Whether no report can bring anything of a pane any more."""
        return pane < self._pane - 1

    def mend(self, pane: int, child: int, row: IntArray) -> int:
        """Take a peer's sums (wide,) of a child's closed pane, unless they cover less than its own.

        A child is the only writer of its sums, so those that count more values are the newer ones
        and take the place of the older. Returns how many values are gained; of a pane that is too
        old to be read, none.
        """
        assert self.known is not None, "call keep_rows() first"
        assert self.is_closed(pane), "the reports of an open pane are still coming"
        own = self.known.row(pane, child)
        gained = int(row[COUNT] - own[COUNT])
        if gained < 0:
            return 0
        if is_read := pane >= self._pane - self._panes_kept:
            total = self.panes.setdefault(pane, np.zeros(self._wide, np.int64))
            total += row - own
            self.mended_count += gained
        self.known.replace(pane, child, row)
        return gained if is_read else 0

    def note_moves(self, now_ns: int, child: IntArray) -> None:
        """What is held of these children (k,) has changed without a report."""
        if self._keeps_heard:
            nothing = np.empty((len(child), 0))
            rows = self.intake.held[child]
            self.heard.append(Heard(np.full(len(child), float(now_ns)), child, rows, nothing))

    def note_absent(self, now_ns: int, absent: BoolArray | None) -> None:
        """Children have left or come back; that a child has left is a move of the view."""
        before = np.zeros(self.groups.children, np.bool_) if self.absent is None else self.absent
        if absent is not None and self._keeps_heard:
            child = np.flatnonzero(absent & ~before)
            rows = holdings.gone_rows(self.kind.state_columns, self.sources[child])
            nothing = np.empty((len(child), 0))
            self.heard.append(Heard(np.full(len(child), float(now_ns)), child, rows, nothing))
        self.absent = absent

    def view(self, now_ns: int) -> IntArray:
        """The row of seven that the root would report at `now_ns`; shape (7,)."""
        (run,) = self.groups.runs
        held = self._without_absent(self.intake.held[None], run)
        folded = self._fold(held, np.full((1, 1), float(now_ns)), run)
        return np.asarray(folded[0, 0])

    def children(self, now_ns: int) -> IntArray:
        """What is held of each child now; (children, state columns)."""
        assert now_ns >= self._until_ns, (now_ns, self._until_ns)
        (run,) = self.groups.runs
        return np.asarray(self._without_absent(self.intake.held[None], run)[0])

    def window(self, first_pane: int, last_pane: int, features: int) -> IntArray:
        """Canonical sums of panes first..last; shape (wide,)."""
        row = np.zeros(self._wide, np.int64)
        for pane in range(first_pane, last_pane + 1):
            row += self.panes.get(pane, 0)
        return canonical(row, features)
