"""A router on the machine of every aggregator below the root, each with a line of its own.

A router serves the agents below it, through the child that each of them is behind. With an
admission, a child may claim as often as all agents behind it together.
"""

from collections.abc import Mapping
from itertools import pairwise

import numpy as np

from sim.engine.control.plane import ControlPlane
from sim.engine.host import Host
from sim.engine.parts import Parts
from sim.engine.routing.ledger import Ledger
from sim.engine.routing.meter import Meter
from sim.engine.routing.mischief import Mischief
from sim.engine.routing.station import Station, WatchedQueue
from sim.protocol.messages import Message
from sim.protocol.routing.admission import Admission
from sim.protocol.routing.bucket import Budget
from sim.protocol.routing.contract import Setting, TransmissionTime, at_bit_rate
from sim.protocol.routing.registry import DISCIPLINES
from sim.protocol.routing.router import Limits, Router
from sim.scenario.blocks.routing.plan import RoutingPlan


class Routers:
    """All routers of one run; replica 0 of the tree carries updates."""

    def __init__(
        self,
        parts: Parts,
        plan: RoutingPlan,
        plane: ControlPlane,
        mischief: Mischief,
        ledger: Ledger,
        meter: Meter,
    ) -> None:
        self._parts, self._plan, self._plane = parts, plan, plane
        self._mischief, self._ledger, self._meter = mischief, ledger, meter
        self._line = _line(plan.rate_bps)
        self.sink = f"{plane.place(parts.top, 0).name} sink"
        self._stations: dict[str, Station] = {}
        self._members = [self._by_node(tier) for tier in range(1, parts.top)]
        self.hosts: list[Host] = [
            self._join(tier, node)
            for tier in range(1, parts.top)
            for node in range(parts.plan.tiers[tier].count)
        ]

    def first_of_agents(self) -> list[str]:
        """The host that each agent sends to."""
        parents = self._parts.levels[0].parent_of.tolist()
        return [self._name(1, parent) for parent in parents]

    def held(self) -> Mapping[str, int]:
        """How many updates wait, or are on the line, at each."""
        return {name: one.router.held for name, one in self._stations.items()}

    def queued(self) -> int:
        """All of them."""
        return sum(self.held().values())

    def fullest(self) -> int:
        """How many wait at the router with the longest queue; the first of all is on the line."""
        return max(max(self.held().values(), default=0) - 1, 0)

    def _name(self, tier: int, node: int) -> str:
        if tier == self._parts.top:
            return self.sink
        return f"{self._plane.place(tier, node).name} router"

    def _join(self, tier: int, node: int) -> Host:
        name = self._name(tier, node)
        child_of = self._children(tier, node)
        swallows = self._mischief.swallower(tier, node, self._meter.clock)

        def make(life: int) -> Station:
            if life:
                self._ledger.forget(name)
            router = self._router(name, tier, node, child_of)
            station = Station(router, self._ledger, swallows)
            self._stations[name] = station
            return station

        return self._plane.join(name, self._plane.place(tier, node), make)

    def _router(self, name: str, tier: int, node: int, child_of: Mapping[str, str]) -> Router:
        plan, parent = self._plan, int(self._parts.levels[tier].parent_of[node])
        children = tuple(dict.fromkeys(child_of.values()))
        setting = Setting(self._line, children, plan.discipline.options)
        queue = DISCIPLINES[plan.discipline.kind](setting)
        return Router(
            name,
            self._name(tier + 1, parent),
            self._line,
            WatchedQueue(queue, name, tier, self._line, self._ledger, self._meter),
            child_of=child_of,
            admission=self._admission(children, -(-len(child_of) // len(children))),
            limits=Limits(capacity=plan.capacity, replace=plan.replace),
        )

    def _admission(self, children: tuple[str, ...], agents: int) -> Admission:
        plan = self._plan.admission
        if plan is None:
            return Admission()
        return Admission(children, Budget(agents, plan.claim_ns, plan.burst * agents))

    def _by_node(self, tier: int) -> list[list[tuple[int, int]]]:
        """For each node of a tier the agents below it, each with the child that it comes through.

        One sort for all nodes: to look for the agents of each would take agents times nodes.
        """
        tree = self._parts.roster.tree
        node, behind = tree.ancestor_of(0, tier), tree.ancestor_of(0, tier - 1)
        agents = np.argsort(node, kind="stable")
        ends = np.cumsum(np.bincount(node, minlength=tree.counts[tier]))
        pairs = list(zip(agents.tolist(), behind[agents].tolist(), strict=True))
        starts = [0, *ends.tolist()]
        return [pairs[start:end] for start, end in pairwise(starts)]

    def _children(self, tier: int, node: int) -> dict[str, str]:
        """Through which child each agent below a node comes."""
        place, pairs = self._plane.place, self._members[tier - 1][node]
        return {place(0, agent).name: place(tier - 1, child).name for agent, child in pairs}


def _line(rate_bps: int | None) -> TransmissionTime:
    return _at_once if rate_bps is None else at_bit_rate(rate_bps)


def _at_once(message: Message) -> int:  # noqa: ARG001
    return 0
