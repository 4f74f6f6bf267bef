"""Agents dealt anew to the seats of the tree, and how the liars among them then stand.

A row of the telemetry plane is a seat: its site, its phase and its parent are the place's. At every
multiple of `tree.reseat` all agents are dealt to the seats by a seed of the epoch. In epoch 0
agent i sits in seat i, so a run is the same, bit for bit, until the first deal.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from sim.engine.component import Rows
from sim.engine.kernel import Kernel, Order, Script
from sim.engine.lies.lies import Lies
from sim.engine.parts import Advance, Parts
from sim.engine.streams import Streams
from sim.engine.world import World
from sim.errors import InputError
from sim.protocol.placement import seats
from sim.scenario.plan import Plan
from sim.stats.robust.needs import liars as tolerated
from sim.telemetry.tree import Groups
from sim.workload.seated import Seated

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SEED_BYTES: Final = 32
EPOCHS_KEPT: Final = 3
"""Deals that are remembered: the plane asks for that of a tick a little before and after it."""


class Deals(Protocol):
    """Who sits where in each epoch."""

    def agent_at(self, epoch: int) -> Ints:
        """Which agent sits in each seat, (agents,)."""


class Dealing:
    """Who sits where in each epoch, for `agents` agents."""

    def __init__(self, agents: int, streams: Streams) -> None:
        self._agents = np.arange(agents)
        self._streams = streams
        self._drawn: dict[int, Ints] = {}

    def agent_at(self, epoch: int) -> Ints:
        """Which agent sits in each seat, (agents,)."""
        if epoch not in self._drawn:
            self._drawn[epoch] = self._draw(epoch) if epoch else self._agents
            for old in list(self._drawn)[:-EPOCHS_KEPT]:
                del self._drawn[old]
        return self._drawn[epoch]

    def _draw(self, epoch: int) -> Ints:
        seed = self._streams.at("epoch", "seats", tick=epoch).bytes(SEED_BYTES)
        return seats(self._agents, seed)

    def seat_of(self, epoch: int) -> Ints:
        """In which seat each agent sits, (agents,)."""
        return inverse(self.agent_at(epoch))


def inverse(permutation: Ints) -> Ints:
    """Where each number stands in it, (n,)."""
    found = np.empty_like(permutation)
    found[permutation] = np.arange(len(permutation))
    return found


@dataclass(frozen=True, slots=True)
class Seats:
    """A world whose rows of agents have become seats."""

    reseat_ns: int
    dealing: Dealing
    parts: Parts
    """Of the seats: what is measured in them, and which of them anybody anomalous ever has."""
    phase_ns: Floats
    """When in its period each seat reports, before anybody chooses, (agents,)."""


def take_seats(parts: Parts, world: World, epoch_ns: int, deals: Deals) -> Parts:
    """Put seats between the plane of a world and its agents. Call before anybody is to lie.

    The result is of the seats: what is measured in them.
    """
    leaves = world.telemetry.leaves
    behaviour = Seated(parts.behaviour, leaves.phase_ns, leaves.period_ns, epoch_ns, deals.agent_at)
    leaves.behaviour = behaviour
    return replace(parts, behaviour=behaviour)


def deal_seats(parts: Parts, world: World, reseat_ns: int) -> Seats:
    """Let all agents be dealt to the seats of a world at every epoch."""
    dealing = Dealing(parts.plan.agents.count, parts.streams)
    hit = _seats_of(parts.hit, dealing, parts.plan, reseat_ns)
    seated = replace(take_seats(parts, world, reseat_ns, dealing), hit=hit)
    return Seats(reseat_ns, dealing, seated, world.telemetry.leaves.phase_ns.copy())


def _seats_of(agents: Bools, dealing: Dealing, plan: Plan, reseat_ns: int) -> Bools:
    """The seats that any of these agents ever takes; only detection asks."""
    if plan.detection is None or not agents.any():
        return agents
    epochs = range(-(-plan.duration_ns // reseat_ns))
    found = np.zeros_like(agents)
    for epoch in epochs:
        found |= agents[dealing.agent_at(epoch)]
    return found


def panes_of_one_agent(plan: Plan, published_ns: int, now_ns: int) -> tuple[int, int]:
    """First and last pane of a baseline's window in which a seat has had one agent only.

    Those of the epoch that was going on one publication before `now_ns`, when locals look: of a
    younger one they would know nothing, or too little, yet.
    """
    first, last = plan.baseline.panes_at(published_ns)
    if plan.reseat_ns is None:
        return first, last
    known_for_ns = min(plan.baseline.publish_ns, plan.reseat_ns)
    epoch = max(now_ns - known_for_ns, 0) // plan.reseat_ns
    panes = plan.reseat_ns // plan.baseline.pane_ns
    last = min(last, (epoch + 1) * panes - 1)
    return min(max(first, epoch * panes), last), last


class Reseating:
    """Deals the agents of one run at every multiple of `tree.reseat` before its end."""

    def __init__(self, seats: Seats, world: World, lies: Lies) -> None:
        self._seats = seats
        self._plan = seats.parts.plan
        self._levels = seats.parts.levels
        self._world = world
        self._lies = lies
        self._rows: list[dict[str, Any]] = []
        self._dealt = 0
        if seats.reseat_ns % self._plan.agents.period_ns and lies.choose_when:
            # Else a seat would send one report number twice, by the old phase and by the new.
            raise InputError(
                "tree.reseat: must be a multiple of the agents' period where liars choose when in "
                "it to report"
            )

    def scripts(self, kernel: Kernel, advance: Advance) -> Iterator[Script]:
        """One, which goes first of all that happens at an instant, or nearly."""
        yield self._script(kernel, advance)

    def rows(self) -> Rows:
        """How the liars stand in each epoch, a row a tier of parents."""
        return {"placement": self._rows}

    def idle(self) -> list[str]:
        """Nobody was dealt anew before the end."""
        return [] if self._dealt else ["tree.reseat"]

    def _script(self, kernel: Kernel, advance: Advance) -> Script:
        self._note(0)
        reseat_ns = self._seats.reseat_ns
        for epoch in range(1, -(-self._plan.duration_ns // reseat_ns)):
            yield kernel.instant(epoch * reseat_ns, order=Order.FAULT)
            advance(kernel.now_ns)
            self._deal(epoch, kernel.now_ns)
            self._note(epoch)

    def _deal(self, epoch: int, now_ns: int) -> None:
        self._world.telemetry.hand_over()
        self._world.telemetry.leaves.phase_ns[:] = self._seats.phase_ns
        self._lies.reseat(self._seats.dealing.seat_of(epoch), now_ns)
        self._dealt += 1

    def _note(self, epoch: int) -> None:
        lying = [self._lies.is_liar(tier) for tier in range(len(self._levels))]
        standings = captures(self._levels, lying, self._plan.baseline.rule.f)
        for tier, (largest, captured) in enumerate(standings, start=1):
            self._rows.append(
                {
                    "epoch": epoch,
                    "begin_ns": epoch * self._seats.reseat_ns,
                    "tier": tier,
                    "largest": largest,
                    "captured": captured,
                }
            )


def captures(
    levels: Sequence[Groups], lying: Sequence[Bools], f: float
) -> Iterator[tuple[int, int]]:
    """For each tier of parents: most liars in a group, and groups with more than a share `f`.

    A child is a liar if it lies itself (`lying`, a bool array a tier from the agents up) or if its
    own group is one of those: then nested rules pass on whatever the liars want.
    """
    owned = lying[0]
    for tier, groups in enumerate(levels, start=1):
        inside = np.add.reduceat(owned.astype(np.int64), groups.starts[:-1])
        most = np.array([tolerated(f, int(size)) for size in np.diff(groups.starts)])
        captured = inside > most
        yield int(inside.max()), int(np.count_nonzero(captured))
        owned = captured | lying[tier] if tier < len(levels) else captured
