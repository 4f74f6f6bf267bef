"""The agents: rows of running sums, no objects.

An agent measures a vector at each of its reports and keeps the exact sums of its running pane; a
report carries them. What a report adds to the pane (one value, its square, the change of the
agent's own mean and of its square) is all that ever moves up the tree.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from sim.errors import InputError
from sim.stats import fixed_point
from sim.stats.moments import COUNT, SOURCES, Layout
from sim.telemetry.emission import BoolArray, Emission, FloatArray, emission
from sim.telemetry.fold import sum_groups
from sim.telemetry.ledger import Ledger
from sim.telemetry.reports import Reports
from sim.telemetry.shim import Shim
from sim.telemetry.tree import Groups, Run
from sim.telemetry.way import Way

IntArray = NDArray[np.int64]

Watch = Callable[[int, Emission, FloatArray], None]
"""Is told the first agent of a block, when its agents measure, and what; (ticks, agents, features),
in scales. Rows of reports that are not sent hold zeros."""

BLOCK_VALUES: Final = 1 << 16
"""Values that are worked on at once: they and their sums should stay in the cache."""

TICKS_MAX: Final = 32
"""Most reports of an agent in one step: so many squares of 48 bits add up to 2**53, exactly."""


class Behaviour(Protocol):
    """What agents do: the values they measure."""

    features: int

    def fill(self, tick: int, born_ns: FloatArray, first: int, out: FloatArray) -> None:
        """What agents first... measure in report `tick`, in scales; out (agents, features)."""


@dataclass(frozen=True, slots=True)
class WrongClock:
    """Clocks of some agents run ahead by an offset that may grow."""

    agents: BoolArray
    offset_ns: int
    drift_ppm: float
    since_ns: int

    def ahead_ns(self, now_ns: FloatArray, part: slice) -> IntArray:
        """How far the clocks of a part of the agents are ahead; shape of `now_ns`."""
        ahead = self.offset_ns + (now_ns - self.since_ns) * (self.drift_ppm * 1e-6)
        return np.where(self.agents[part], np.rint(ahead), 0.0).astype(np.int64)


class Leaves:
    """The tier of agents. Arrays have one row an agent."""

    def __init__(
        self,
        groups: Groups,
        phase_ns: FloatArray,
        period_ns: int,
        layout: Layout,
        behaviour: Behaviour,
        scale: float,
        *,
        clocks_may_err: bool = False,
    ) -> None:
        self.groups = groups
        self.phase_ns = phase_ns
        self.period_ns = period_ns
        self.layout = layout
        self.behaviour = behaviour
        self.scale = scale
        self._clocks_may_err = clocks_may_err
        self.up: BoolArray | None = None
        self.clocks: list[WrongClock] = []
        self.ledger: Ledger | None = None
        self.shim: Shim | None = None
        """Who stands between what agents measure and what they say."""
        self.lies: dict[int, IntArray] = {}
        """Per pane, the wide row of what liars said; `truth` is of the others alone."""
        self.count = np.zeros(groups.children, np.int64)
        self.total = np.zeros((groups.children, layout.features))
        """Sums of the running pane, whole quanta in float64."""
        self.truth: dict[int, IntArray] = {}
        """Per pane, the wide row that a centralised observer would hold."""
        self.truth_of_groups: dict[int, IntArray] | None = None
        """The same for the agents of each group, (groups, wide); None = not kept."""
        self.watches: list[Watch] = []
        """Who sees every vector the instant it is measured; then reports carry vectors, too."""
        self.copies: list[Watch] = []
        """Who is sent every report beside the parent, with what agents say; needs vectors."""
        self.panes_kept = 1
        self.closed_count = 0
        """Values in panes of the truth that were dropped because they are too old to be read."""
        self.clipped = 0
        self.messages = 0
        self._pane = 0
        self._largest = 0.0
        """Largest magnitude measured so far, in quanta."""
        self._now = Emission(0, np.empty((0, groups.children)), None)

    @property
    def state_columns(self) -> int:
        """born, and the birth that a wrong clock claims if there are wrong clocks."""
        return 2 if self._clocks_may_err else 1

    def open_step(self, begin_ns: int, until_ns: int, pane: int) -> None:
        """Fix which reports this step sends; start new sums if a new pane begins."""
        if pane != self._pane:
            self._pane = pane
            if self.shim is not None:
                self.shim.roll()
            self.count[:] = 0
            self.total[:] = 0
            if self.ledger is not None:
                self.ledger.roll(pane)
            for old in [key for key in self.truth if key < pane - self.panes_kept]:
                self.closed_count += int(self.truth.pop(old)[COUNT])
                if old in self.lies:
                    self.closed_count += int(self.lies.pop(old)[COUNT])
                if self.truth_of_groups is not None:
                    self.truth_of_groups.pop(old, None)
        self._now = emission(self.phase_ns, self.period_ns, self.up, begin_ns, until_ns)
        self.messages += self._now.count()

    def runs(self) -> Iterator[Run]:
        """Whole groups, as many at a time as fit the cache."""
        per_child = max(1, self._now.ticks) * self.layout.features
        for run in self.groups.runs:
            yield from run.pieces(max(1, BLOCK_VALUES // per_child))

    def produce(self, run: Run, way: Way) -> Reports:
        """The reports of the agents of `run`, and when they arrive."""
        agents = slice(run.first_child, run.last_child)
        part = self._now.part(run.first_child, run.last_child)
        values = self._measure(part, run.first_child)
        vectors = self._show(run.first_child, part, values)
        for copy in self.copies:
            assert vectors is not None
            copy(run.first_child, part, vectors)
        exact = self._say(agents, values, part, run)
        self._observe(exact[-1], run)
        arrivals = way.carry(part, run.first_child)
        states = self._states(agents, part)
        reports = Reports(part, arrivals, {self._pane: exact}, states, vectors)
        if self.ledger is not None:
            self.ledger.add(reports, run.first_child, run.last_child)
        return reports

    def _measure(self, part: Emission, first: int) -> FloatArray:
        """Whole quanta (ticks, agents, features); zero where nothing is sent."""
        shape = (*part.sent_ns.shape, self.layout.features)
        measured = np.empty(shape)
        for row in range(part.ticks):
            self.behaviour.fill(part.first_tick + row, part.sent_ns[row], first, measured[row])
        if self.scale != 1:
            measured /= self.scale
        if part.sent is not None:
            measured *= part.sent[..., None]
        clipped, largest = fixed_point.quantise(measured)
        self.clipped += clipped
        self._largest = max(self._largest, largest)
        return measured

    def _show(self, first: int, part: Emission, values: FloatArray) -> FloatArray | None:
        """Show the vectors, in scales, to who watches; what is sent of them, or None.

        Who watches sees what was measured. From here on `values` are what agents say it was.
        """
        vectors = None
        if self.watches:
            # A copy: the values are used up when the sums are made.
            vectors = values * fixed_point.QUANTUM
            for watch in self.watches:
                watch(first, part, vectors)
        if self.shim is not None:
            self.clipped += self.shim.claim(part, first, values)
            self._largest = max(self._largest, float(np.abs(values).max(initial=0.0)))
            vectors = None if vectors is None else values * fixed_point.QUANTUM
        return vectors

    def _say(
        self, agents: slice, values: FloatArray, part: Emission, run: Run
    ) -> FloatArray | IntArray:
        """Running totals of what each report says that it adds; (ticks + 1, agents, narrow)."""
        totals = self._summable(self._totals(agents, values, part), run.size)
        if self.shim is None:
            return totals
        return self.shim.tell(self._pane, part, run.first_child, totals)

    def _totals(self, agents: slice, values: FloatArray, part: Emission) -> FloatArray:
        """Running totals over the step of what each report adds; (ticks + 1, agents, narrow).

        Whole numbers in float64: each is below 2**53, so nothing is rounded.
        """
        sums, squares, means, mean_squares = (self.layout.block(index) for index in range(4))
        count, total = self.count[agents], self.total[agents]
        counts = _running(count, part)
        assert part.ticks <= TICKS_MAX, "squares of a step would not be exact"
        table = np.empty((part.ticks + 1, len(count), self.layout.narrow))
        table[0] = 0
        table[1:, :, COUNT] = counts - count
        table[1:, :, SOURCES] = (counts > 0) & (count == 0)
        before = _own_mean(total, _divisor(count))
        before_square = before * before
        divisors = _divisor(counts)
        for row, value in enumerate(values):
            total += value
            mean = _own_mean(total, divisors[row])
            np.add(table[row, :, sums], value, out=table[row + 1, :, sums])
            np.multiply(value, value, out=value)
            np.add(table[row, :, squares], value, out=table[row + 1, :, squares])
            np.subtract(mean, before, out=table[row + 1, :, means])
            np.multiply(mean, mean, out=mean)
            np.subtract(mean, before_square, out=table[row + 1, :, mean_squares])
        if part.ticks:
            self.count[agents] = counts[-1]
        return table

    def _summable(self, totals: FloatArray, group: int) -> FloatArray | IntArray:
        """The totals in a type in which a group of them is summed exactly.

        Raises InputError where not even an int64 holds the sum.
        """
        # A mean is no larger than the largest value; squares add up over the reports of the step.
        square = self._largest * self._largest
        if fixed_point.fits_float(square * len(totals), group):
            return totals
        measured = float(totals[-1, :, self.layout.block(1)].max(initial=0.0))
        largest = max(square, measured)
        if fixed_point.fits_float(largest, group):
            return totals
        # Squares only add up, so no partial sum exceeds the whole, which float64 knows well enough.
        whole = float(totals[-1, :, self.layout.block(1)].sum(axis=0).max())
        if not fixed_point.fits_int(max(square * group, whole)):
            raise InputError(
                f"the values are too large to be summed exactly over {group} agents: raise "
                "agents.scale, or lower tree.local"
            )
        return totals.astype(np.int64)

    def _observe(self, said: FloatArray | IntArray, run: Run) -> None:
        """Add what agents just said, (agents, narrow), to what a centralised observer knows.

        He knows who lies, and listens to the others.
        """
        if self.shim is not None:
            lies = self.shim.liars[run.first_child : run.last_child]
            if lies.any():
                wide = self.layout.widen(said[lies].astype(np.int64)).sum(axis=0)
                self.lies[self._pane] = self.lies.get(self._pane, 0) + wide
                said = np.where(lies[:, None], 0, said)
        narrow = sum_groups(said, run.size)
        # Widened before the groups are added up: all squares of a block may exceed an int64.
        wide = self.layout.widen(narrow)
        self.truth[self._pane] = self.truth.get(self._pane, 0) + wide.sum(axis=0)
        if self.truth_of_groups is not None:
            shape = (self.groups.parents, self.layout.wide)
            pane = self.truth_of_groups.setdefault(self._pane, np.zeros(shape, np.int64))
            pane[run.first_parent : run.last_parent] += wide

    def _states(self, agents: slice, part: Emission) -> IntArray:
        states = np.empty((*part.sent_ns.shape, self.state_columns), np.int64)
        states[..., 0] = part.sent_ns
        if self._clocks_may_err:
            states[..., 1] = states[..., 0]
            for clock in self.clocks:
                states[..., 1] += clock.ahead_ns(part.sent_ns, agents)
        return states

    def forget(self, agents: BoolArray) -> None:
        """Let these agents start from nothing."""
        self.count[agents] = 0
        self.total[agents] = 0
        if self.shim is not None:
            self.shim.forget(agents)


def _running(count: IntArray, part: Emission) -> IntArray:
    """Values in the running pane after each report; shape (ticks, agents)."""
    if part.sent is None:
        return count + np.arange(1, part.ticks + 1)[:, None]
    return count + np.cumsum(part.sent, axis=0)


def _divisor(count: IntArray) -> FloatArray:
    """What sums are divided by: the count, or 1 before the first value; one more dimension."""
    return np.maximum(count, 1).astype(np.float64)[..., None]


def _own_mean(total: FloatArray, divisor: FloatArray) -> FloatArray:
    """Each agent's mean in the pane in whole quanta, half to even; 0 before its first value."""
    means = total / divisor
    return np.rint(means, out=means)
