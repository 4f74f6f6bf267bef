"""Seats that change machines: a foster takes over the seat of an aggregator that failed.

The agents of a group stay a group; what moves is the seat that they report to.
- A parent that has adopted an epoch refuses what the old owner still reports (`FenceGate`).
- The new owner, once it has heard of the epoch, calls the agents. When the last of them knows, the
  seat is on its machine: it begins with nothing, and what the old one had reported is taken back
  with its first report.
- It says nothing until it has heard all who can report. So its parent goes in one step from the old
  summary of all agents to a new summary of all, and no count above ever dips or doubles. The same
  holds for an aggregator that comes back from a crash without its state.
- The old owner may be alive and not know. What it reports from then on are messages of its ward,
  for the parents to refuse.

Not modelled: that a foster's line and queue serve two seats (each seat has one of its own).
"""

from collections import Counter
from collections.abc import Callable
from typing import Final, cast

import numpy as np
from numpy.typing import NDArray

from sim.engine.control.plane import ControlPlane
from sim.engine.hops import Inlet
from sim.engine.kernel import Order, Script
from sim.engine.losses import refuse, reseat
from sim.engine.parts import Parts
from sim.engine.roster import Nodes
from sim.protocol.membership.view import View
from sim.protocol.membership.ward import Due, Ward
from sim.telemetry import holdings
from sim.telemetry.emission import NEVER, Emission, FloatArray
from sim.telemetry.parents import Aggregators

Bools = NDArray[np.bool_]

LISTEN_MAX: Final = 30
"""After so many of its periods a seat speaks, also if some who could report have never done so."""

Spoke = Callable[[int, int, int], None]
"""Is told that a seat speaks from a new machine: seat, machine, epoch."""


class FenceGate:
    """Takes out the reports of seats whose owner has lost them; `closed` has shape (seats,)."""

    def __init__(self, seats: int) -> None:
        self.closed: Bools = np.zeros(seats, np.bool_)
        self.refused = np.zeros(seats, np.int64)

    def judge(self, part: Emission, first: int, arrivals_ns: FloatArray) -> None:  # noqa: ARG002
        """Nothing of a closed seat arrives."""
        closed = self.closed[first : first + arrivals_ns.shape[1]]
        if closed.any():
            refused = np.count_nonzero(arrivals_ns[:, closed] < NEVER, axis=0)
            self.refused[first + np.flatnonzero(closed)] += refused
            arrivals_ns[:, closed] = NEVER


class Rehoming:
    """The seats of one row, that of the tier which is watched. `wards` are the machines' hosts.

    `names` are the machines' in views; `spoke` hears of every seat that has changed hands.
    """

    def __init__(
        self,
        parts: Parts,
        plane: ControlPlane,
        row: int,
        names: tuple[str, ...],
        wards: tuple[str, ...],
        spoke: Spoke,
    ) -> None:
        self._plane, self._world, self._row = plane, plane.world, row
        self._wards, self._spoke = wards, spoke
        self._machine = {name: number for number, name in enumerate(names)}
        tree = parts.roster.tree
        self._agents = [tree.descendants(row, seat)[0] for seat in range(len(names))]
        self._wire_bytes = parts.layout.wire_bytes(panes=2)
        self._epochs = [0] * len(names)
        """Of each seat, the epoch of the newest change of hands that has begun."""
        self._fenced = {
            inlet.line.target.tier: FenceGate(len(names))
            for inlet in self._world.inlets
            if inlet.line.source.tier == row
        }
        self.missing = 0
        """Agents that seats had not heard when they began to speak."""
        self.refused: Counter[int] = Counter()
        """Reports of each machine that were refused because it was no owner any more."""
        for inlet in self._outlets():
            inlet.way.gates += (self._fenced[inlet.line.target.tier],)
        self._world.forgetters.append(self._hush_forgetful)

    def fenced(self, machine: int) -> int:
        """How many reports of a machine's own seat were refused, in columns and as messages."""
        gates = sum(int(gate.refused[machine]) for gate in self._fenced.values())
        return gates + self.refused[machine]

    def adopt(self, parent_row: int, view: View, seats: range) -> None:
        """A parent refuses, from now on, whom its newest view does not name as a seat's owner."""
        self._plane.advance(self._plane.kernel.now_ns)
        gate = self._fenced[parent_row]
        for seat in seats:
            owner, epoch = self._owner(view, seat)
            at = self._world.seating.machine(self._row, seat)
            if epoch > self._epochs[seat] and owner != at:
                gate.closed[seat] = True
                for inlet in self._outlets():
                    if inlet.row == parent_row:
                        senders = np.arange(len(self._epochs)) == seat
                        gate.refused[seat] += refuse(self._world, inlet, senders)

    def take_over(self, machine: int, view: View) -> None:
        """A machine has heard that it owns seats; it takes those that it does not have."""
        for seat in range(len(self._epochs)):
            owner, epoch = self._owner(view, seat)
            if owner == machine and epoch > self._epochs[seat]:
                self._epochs[seat] = epoch
                self._plane.kernel.process(self._moving(seat, machine, epoch))

    def _owner(self, view: View, seat: int) -> tuple[int, int]:
        run = view.run_of(self._agents[seat].start)
        assert run is not None, "agents never retire"
        return self._machine[run.owner], run.epoch

    def _outlets(self) -> list[Inlet]:
        return [one for one in self._world.inlets if one.line.source.tier == self._row]

    def _moving(self, seat: int, machine: int, epoch: int) -> Script:
        """The machine calls the seat's children, then the seat is there."""
        kernel, world = self._plane.kernel, self._world
        yield kernel.after(self._calling_ns(seat, machine), order=Order.FAULT)
        while not world.is_running(self._row)[machine]:
            yield kernel.after(self._tier(self._row).period_ns, order=Order.FAULT)
        if self._epochs[seat] != epoch:
            return
        self._plane.advance(kernel.now_ns)
        before = world.seating.machine(self._row, seat)
        for gate in self._fenced.values():
            gate.closed[seat] = False
        reseat(world, self._row, seat, machine)
        self._hush(self._row, seat)
        world.refresh()
        if before != machine:
            kernel.process(self._haunting(before, seat, epoch))

    def _calling_ns(self, seat: int, machine: int) -> int:
        """One way, to the furthest child that can be reached."""
        sites, world = self._world.roster.sites, self._world
        delays_ns = [
            world.delay_ns[sites[self._row][machine], inlet.line.source.site[children]]
            for inlet, children in self._below(self._row, seat)
        ]
        reached_ns = np.concatenate(delays_ns)
        return round(float(reached_ns[np.isfinite(reached_ns)].max(initial=0.0)))

    def _below(self, row: int, seat: int) -> list[tuple[Inlet, Bools]]:
        """Who reports to a seat."""
        return [
            (inlet, inlet.parent.groups.parent_of == seat)
            for inlet in self._world.inlets
            if inlet.row == row
        ]

    # Silence, until enough is known

    def _hush_forgetful(self, machines: Nodes) -> None:
        """Aggregators that lose what they knew."""
        top = self._world.roster.shape.top
        for row, seats in enumerate(self._world.seating.of_machines(machines)):
            if 0 < self._world.roster.shape.tier_of(row)[0] < top:
                for seat in np.flatnonzero(seats).tolist():
                    self._hush(row, seat)

    def _hush(self, row: int, seat: int) -> None:
        if not self._world.seating.is_quiet(row, seat):
            self._world.seating.hush(row, seat)
            self._plane.kernel.process(self._listening(row, seat))

    def _listening(self, row: int, seat: int) -> Script:
        """At each instant at which the seat would report: does it know enough by now?"""
        kernel, patience = self._plane.kernel, LISTEN_MAX
        while True:
            yield kernel.instant(self._next_report_ns(row, seat), order=Order.FAULT)
            self._plane.advance(kernel.now_ns)
            if not self._is_there(row, seat):
                continue
            unheard, can_report = self._unheard(row, seat)
            patience -= 1
            if not can_report or not patience:
                break
        self.missing += unheard
        self._world.seating.hush(row, seat, quiet=False)
        self._world.refresh()
        if row == self._row:
            self._spoke(seat, self._world.seating.machine(row, seat), self._epochs[seat])

    def _is_there(self, row: int, seat: int) -> bool:
        machine = self._world.seating.machine(row, seat)
        return bool(self._world.is_running(row)[machine])

    def _unheard(self, row: int, seat: int) -> tuple[int, bool]:
        """How many children have not been heard, and whether one of these could report."""
        unheard, can_report = 0, False
        for inlet, children in self._below(row, seat):
            silent = children & (inlet.parent.intake.held[:, holdings.SENT] == 0)
            below = inlet.line.source.tier
            able = self._speakers(below) & ~inlet.line.channel.is_cut()
            if inlet.parent.absent is not None:
                able &= ~inlet.parent.absent
                silent &= ~inlet.parent.absent
            unheard += int(inlet.parent.sources[silent].sum())
            can_report |= bool((silent & able).any())
        return unheard, can_report

    def _speakers(self, row: int) -> Bools:
        """Whose machines run; some of them may be quiet, and will speak."""
        running = self._world.is_running(row)
        return self._world.seating.of_machines(self._all(row, running))[row]

    def _all(self, row: int, nodes: Bools) -> Nodes:
        every = list(self._world.roster.none())
        every[row] = nodes
        return tuple(every)

    def _tier(self, row: int) -> Aggregators:
        (found,) = (one.parent for one in self._world.inlets if one.row == row)
        return cast("Aggregators", found)

    def _next_report_ns(self, row: int, seat: int) -> int:
        tier, now_ns = self._tier(row), self._plane.kernel.now_ns
        phase_ns = round(float(tier.phase_ns[seat]))
        return phase_ns + ((now_ns - phase_ns) // tier.period_ns + 1) * tier.period_ns

    # The old owner

    def _haunting(self, machine: int, seat: int, epoch: int) -> Script:
        """As long as it does not know better, it reports to its parents."""
        host = self._plane.host(self._wards[machine])
        for number in range(1, 1 << 32):
            yield self._plane.kernel.instant(self._next_report_ns(self._row, seat))
            ward = cast("Ward", host.node)
            if ward.view.epoch >= epoch or self._epochs[seat] != epoch:
                return
            if host.is_up and not host.is_paused:
                agents = self._agents[seat]
                host.tell(Due(number, agents.stop - agents.start, self._wire_bytes))
