"""All adversaries of one run: they look, come and go at set instants, and give account."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.engine.component import Rows
from sim.engine.kernel import Kernel, Order, Script
from sim.engine.lies.actor import Actor
from sim.engine.lies.shim import TierShim
from sim.engine.lies.sight import Sight
from sim.engine.losses import interrupt
from sim.engine.parts import Advance
from sim.engine.roster import Nodes
from sim.engine.world import Outage, World
from sim.scenario.plan import Plan

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]


def first_phase_ns(plan: Plan) -> float:
    """Phase of agents who report before everybody else: just after a round of digests begins."""
    baseline = plan.baseline
    return float((baseline.publish_ns - baseline.rule.lead_ns + 1) % plan.agents.period_ns)


class Lies:
    """The adversaries of a run; `actors` in the order of the scenario."""

    def __init__(self, plan: Plan, world: World, actors: Sequence[Actor], sight: Sight) -> None:
        self.actors = tuple(actors)
        self._plan = plan
        self._world = world
        self._sight = sight
        self._agents = [actor.nodes for actor in self.actors]
        """Who the liars are, whatever their seats; as `nodes` of each actor at the start."""

    def scripts(self, kernel: Kernel, advance: Advance) -> Iterator[Script]:
        """What happens at set instants."""
        for actor in self.actors:
            if actor.strategy.looks:
                yield self._looking(actor, kernel, advance)
            if actor.strategy.silent_from_begin or actor.overrides("present"):
                yield self._coming_and_going(actor, kernel, advance)

    def lying(self, now_ns: int) -> int:
        """How many nodes act on behalf of an adversary now."""
        return sum(
            int(np.count_nonzero(actor.acting(np.arange(len(actor.nodes)), now_ns)))
            for actor in self.actors
        )

    def acting(self, actor: Actor, now_ns: int) -> Ints:
        """Which liars of an adversary act now, and are there to act; (k,)."""
        who = np.arange(len(actor.nodes))
        up = self._world.is_up(actor.plan.tier)[actor.nodes]
        return who[actor.acting(who, now_ns) & up]

    def is_liar(self, tier: int) -> Bools:
        """Which nodes of a tier are liars, whether they act or not; (nodes,)."""
        liars = np.zeros(self._plan.tiers[tier].count, np.bool_)
        for actor in self.actors:
            if actor.plan.tier == tier:
                liars[actor.nodes] = True
        return liars

    @property
    def choose_when(self) -> bool:
        """Whether any agents have taken phases of their own choice."""
        return any(actor.plan.tier == 0 and actor.strategy.first_in_period for actor in self.actors)

    def replace(self, tier: int, nodes: Ints) -> None:
        """Somebody correct has taken the place of these nodes."""
        for actor in self.actors:
            if actor.plan.tier == tier:
                actor.replaced |= np.isin(actor.nodes, nodes)

    def reseat(self, seat_of: Ints, now_ns: int) -> None:
        """The agents sit elsewhere from now on, and so do those of them that lie; (agents,)."""
        leaves = self._world.telemetry.leaves
        for actor, agents in zip(self.actors, self._agents, strict=True):
            if actor.plan.tier == 0:
                self._move(actor, seat_of[agents], now_ns)
                if actor.strategy.first_in_period:
                    leaves.phase_ns[actor.nodes] = first_phase_ns(self._plan)
        if isinstance(leaves.shim, TierShim):
            leaves.shim.note_liars()
        self._sight.reseat(seat_of)

    def _move(self, actor: Actor, seats: Ints, now_ns: int) -> None:
        """Let the liars of an adversary sit in these seats; who is away stays away."""
        absent = self._world.absent.get(actor.plan.path)
        away = None if absent is None else absent[0][actor.nodes]
        actor.move(seats, now_ns)
        if away is not None:
            self._send_away(actor, self._nodes(actor, away))
            self._world.refresh()

    def idle(self) -> list[str]:
        """Adversaries that changed nothing at all."""
        return [actor.plan.path for actor in self.actors if not actor.acts]

    def rows(self) -> Rows:
        """What each adversary did, a row each."""
        rows: list[dict[str, Any]] = [
            {
                "adversary": actor.plan.path,
                "kind": actor.plan.kind,
                "tier": actor.plan.tier,
                "nodes": len(actor.nodes),
                "at_ns": actor.plan.at_ns,
                "until_ns": -1 if actor.plan.until_ns is None else actor.plan.until_ns,
                "acts": actor.acts,
                "refused": actor.refused,
                "expects": actor.strategy.expects,
            }
            for actor in self.actors
        ]
        return {"adversaries": rows}

    def _looking(self, actor: Actor, kernel: Kernel, advance: Advance) -> Script:
        """Just before it begins, and before every publication while it acts."""
        period_ns, end_ns = self._plan.baseline.publish_ns, self._end_ns(actor)
        instant_ns = actor.plan.at_ns
        while instant_ns < end_ns:
            yield kernel.instant(instant_ns, order=Order.FAULT)
            advance(instant_ns)
            actor.strategy.look(self._sight.view(actor, instant_ns))
            instant_ns = (instant_ns // period_ns + 1) * period_ns

    def _coming_and_going(self, actor: Actor, kernel: Kernel, advance: Advance) -> Script:
        """Identities that are not there yet, and those that leave and join in turns."""
        there = True
        for instant_ns in self._turns(actor):
            yield kernel.instant(instant_ns, order=Order.FAULT)
            advance(instant_ns)
            wanted = self._is_there(actor, instant_ns)
            if wanted != there:
                self._leave(actor) if there else self._join(actor)
                there = wanted

    def _turns(self, actor: Actor) -> Iterator[int]:
        yield 0
        yield actor.plan.at_ns
        every_ns = actor.strategy.turns_ns
        if every_ns:
            yield from range(actor.plan.at_ns + every_ns, self._end_ns(actor), every_ns)
        if actor.plan.until_ns is not None and actor.plan.until_ns < self._plan.duration_ns:
            yield actor.plan.until_ns

    def _is_there(self, actor: Actor, now_ns: int) -> bool:
        if now_ns < actor.plan.at_ns:
            return not actor.strategy.silent_from_begin
        acts = actor.plan.until_ns is None or now_ns < actor.plan.until_ns
        return actor.strategy.present(now_ns) if acts else True

    def _leave(self, actor: Actor) -> None:
        self._go(actor, self._nodes(actor, np.ones(len(actor.nodes), np.bool_)))

    def _join(self, actor: Actor) -> None:
        """One identity of each owner may join, or all of them."""
        refused = np.zeros(len(actor.nodes), np.bool_)
        if self._plan.registry.admission == "one_per_owner":
            owners = actor.strategy.owners()
            refused[:] = True
            refused[np.unique(owners, return_index=True)[1]] = False
        actor.refused += int(np.count_nonzero(refused))
        self._go(actor, self._nodes(actor, refused))

    def _go(self, actor: Actor, away: Nodes) -> None:
        """From now on these of an adversary's nodes are not members."""
        name, tier = actor.plan.path, actor.plan.tier
        before = self._world.absent.pop(name, self._world.roster.none())
        self._world.outages.pop(name, None)
        changed = np.flatnonzero(before[tier] != away[tier])
        who = actor.who_at(changed)
        now_ns = self._world.telemetry.now_ns
        acting = actor.acting(who, now_ns)
        actor.note(who[acting], now_ns)
        if any(nodes.any() for nodes in away):
            self._send_away(actor, away)
        self._world.refresh()

    def _send_away(self, actor: Actor, away: Nodes) -> None:
        """These nodes are not there."""
        name, outage = actor.plan.path, Outage(away, np.inf, loses_messages=True)
        interrupt(self._world, outage)
        self._world.outages[name], self._world.absent[name] = outage, away

    def _nodes(self, actor: Actor, which: Bools) -> Nodes:
        nodes = self._world.roster.none()
        nodes[actor.plan.tier][actor.nodes[which]] = True
        return nodes

    def _end_ns(self, actor: Actor) -> int:
        end_ns = self._plan.duration_ns
        return end_ns if actor.plan.until_ns is None else min(actor.plan.until_ns, end_ns)
