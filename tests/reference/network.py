"""The network of docs/telemetry.md as plainly as it can be written: one message at a time.

Who stands where, what a message draws, and which faults hold come from the same streams and the
same small laws as in the simulator, because equal draws are what makes two runs comparable.
Everything that is decided with them is written anew, from the specification alone.
"""

from collections.abc import Sequence
from functools import cache
from itertools import pairwise

import numpy as np

from sim.engine.streams import Streams
from sim.network.importers import read_sites
from sim.network.latency import LatencyLaw, make_law
from sim.network.loss import make_loss
from sim.network.placement import place
from sim.network.routes import Routes
from sim.scenario.plan import FaultPlan, Plan, Variant
from sim.scenario.selectors import REST, TreeShape, ranges
from sim.units import parse_share

Node = tuple[int, int]
"""Tier (0 = agents) and number."""

ON_THE_WAY = ("partition", "degrade", "hold", "duplicate", "reorder", "corrupt")


def parents_of(children: int, parents: int) -> list[int]:
    """The parent of each child: adjacent groups that differ by at most one, larger ones first."""
    size, larger = divmod(children, parents)
    return [parent for parent in range(parents) for _ in range(size + (parent < larger))]


class Draws:
    """The i-th variate of a stream at a tick; a whole tier is drawn at once and looked up."""

    def __init__(self, plan: Plan, streams: Streams) -> None:
        self._plan, self._streams = plan, streams
        self._jitter = self._law(plan.topology.jitter)
        self._links = [tier.link and self._law(tier.link) for tier in plan.tiers[:-1]]
        self._delays, self._uniforms = cache(self._delays), cache(self._uniforms)

    def jitter_ns(self, way: str, tier: int, tick: int, child: int) -> float:
        """A draw of the jitter law."""
        return self._delays(way, tier, "jitter", tick)[child]

    def last_mile_ns(self, way: str, tier: int, tick: int, child: int) -> float:
        """A draw of the last mile's law."""
        return self._delays(way, tier, "last-mile", tick)[child] if self._links[tier] else 0.0

    def uniform(self, way: str, tier: int, purpose: str, tick: int, child: int) -> float:
        """A uniform in [0, 1)."""
        return self._uniforms(way, tier, purpose, tick)[child]

    def _law(self, law: Variant) -> LatencyLaw:
        return make_law(law.kind, law.options, self._plan.directory)

    def _delays(self, way: str, tier: int, purpose: str, tick: int) -> list[float]:
        law = self._jitter if purpose == "jitter" else self._links[tier]
        drawn = np.empty(self._plan.tiers[tier].count)
        law.draw(self._at(way, tier, purpose, tick), drawn)
        return drawn.tolist()

    def _uniforms(self, way: str, tier: int, purpose: str, tick: int) -> list[float]:
        return self._at(way, tier, purpose, tick).random(self._plan.tiers[tier].count).tolist()

    def _at(self, way: str, tier: int, purpose: str, tick: int) -> np.random.Generator:
        return self._streams.at(f"{way}/{self._plan.tiers[tier].name}", purpose, tick=tick)


class Faults:
    """Which faults hold now, and whom they hit. `active` is changed by the run."""

    def __init__(self, plan: Plan, streams: Streams) -> None:
        self.active: set[str] = set()
        self._plan, self._streams = plan, streams
        names, counts = zip(*((tier.name, tier.count) for tier in plan.tiers), strict=True)
        self._shape = TreeShape(names, counts)
        self._groups = {fault.path: self._groups_of(fault) for fault in plan.faults}

    def hits(self, fault: FaultPlan, node: Node) -> bool:
        """Whether a node is one of the nodes of a fault."""
        return node in self._groups[fault.path][0]

    def holding(self, node: Node, *kinds: str) -> FaultPlan | None:
        """The first fault of these kinds that holds now and hits the node."""
        for fault in self._plan.faults:
            if fault.path in self.active and fault.kind in kinds and self.hits(fault, node):
                return fault
        return None

    def between(self, sender: Node, receiver: Node) -> FaultPlan | None:
        """The first fault on the way that holds now and matches a message."""
        for fault in self._plan.faults:
            on_the_way = fault.path in self.active and fault.kind in ON_THE_WAY
            if on_the_way and self._matches(fault, sender, receiver):
                return fault
        return None

    def _matches(self, fault: FaultPlan, sender: Node, receiver: Node) -> bool:
        if fault.kind == "partition":
            return self._parts(fault, sender, receiver)
        return self.hits(fault, sender) or (fault.kind == "degrade" and self.hits(fault, receiver))

    def _parts(self, fault: FaultPlan, sender: Node, receiver: Node) -> bool:
        groups = self._groups[fault.path]
        here = [number for number, group in enumerate(groups) if sender in group]
        there = [number for number, group in enumerate(groups) if receiver in group]
        apart = bool(here and there) and here != there
        return apart and (here == [0] or not fault.options["one_way"])

    def _groups_of(self, fault: FaultPlan) -> list[set[Node]]:
        """The groups of a partition; of any other fault one group, its nodes."""
        if fault.kind != "partition":
            return [self._select(fault.options["nodes"], fault.path)]
        selectors = fault.options["groups"]
        groups = [self._select(some, f"{fault.path}/{i}") for i, some in enumerate(selectors)]
        named = set().union(*groups)
        rest = {node for node in self._all() if node not in named}
        return [
            group | rest if REST in some else group
            for group, some in zip(groups, selectors, strict=True)
        ]

    def _all(self) -> list[Node]:
        return [(t, i) for t, count in enumerate(self._shape.counts) for i in range(count)]

    def _select(self, selectors: Sequence[str], purpose: str) -> set[Node]:
        chosen: set[Node] = set()
        for text in selectors:
            if text.endswith("%"):
                share = round(parse_share(text) * self._shape.counts[0])
                stream = self._streams.stream("select", purpose, text)
                order = stream.permutation(self._shape.counts[0]).tolist()
                chosen |= {(0, agent) for agent in order[:share]}
            elif text != REST:
                for tier, (first, last) in ranges(text, self._shape).items():
                    chosen |= {(tier, number) for number in range(first, last)}
        return chosen


class Network:
    """Judges messages between the nodes of the tree, one by one."""

    def __init__(self, plan: Plan, streams: Streams) -> None:
        self.faults = Faults(plan, streams)
        counts = [tier.count for tier in plan.tiers]
        self.parent = [parents_of(children, parents) for children, parents in pairwise(counts)]
        self._draws = Draws(plan, streams)
        self._loss = make_loss(plan.topology.loss.kind, plan.topology.loss.options)
        self._bad: dict[tuple[str, int, int], bool] = {}
        self._paths(plan, streams.seed)

    def judge(self, way: str, child: Node, tick: int, sent_ns: int) -> tuple[int, int] | None:
        """When a message arrives and how often (twice if it is duplicated); None if it is dropped.

        `way` is "up" from the child to its parent, or "down".
        """
        key = (way, child[0], tick, child[1])
        parent = (child[0] + 1, self.parent[child[0]][child[1]])
        ends = (child, parent) if way == "up" else (parent, child)
        fault = self.faults.between(*ends)
        share = self._loss_share(way, child, tick)
        delay_ns = self._floor_ns(way, child) + self._draws.jitter_ns(*key)
        delay_ns += self._draws.last_mile_ns(*key)
        copies = 1
        if fault is not None:
            bent = self._bend(fault, key, delay_ns, sent_ns)
            if bent is None:
                return None
            delay_ns, copies = bent
            share += (1.0 - share) * fault.options.get("extra_loss", 0.0)
        if self._below("loss-0", key, share):
            return None
        return sent_ns + round(delay_ns), copies

    def _bend(self, fault: FaultPlan, key, delay_ns: float, sent_ns: int) -> tuple | None:
        """Delay and number of copies under a fault; None if it drops the message."""
        options = fault.options
        match fault.kind:
            case "partition":
                return None
            case "degrade":
                return delay_ns * options["latency_factor"] + options["extra_latency_ns"], 1
            case "hold":
                return delay_ns + max(fault.until_ns - sent_ns, 0), 1
            case "reorder":
                late = self._below("reorder", key, options["share"])
                return delay_ns + (options["extra_ns"] if late else 0), 1
            case "corrupt":
                return None if self._below("corrupt", key, options["share"]) else (delay_ns, 1)
        return delay_ns, 2 if self._below("duplicate", key, options["share"]) else 1

    def _below(self, purpose: str, key: tuple[str, int, int, int], share: float) -> bool:
        """Whether the message's uniform of that purpose is below a share."""
        way, tier, tick, child = key
        return share > 0 and self._draws.uniform(way, tier, purpose, tick, child) < share

    def _loss_share(self, way: str, child: Node, tick: int) -> float:
        """The share that the law of loss loses now; a chain steps once for each message sent."""
        loss = self._loss
        if not hasattr(loss, "to_bad"):
            return loss.loss_share
        tier, number = child
        bad = self._bad.get((way, *child))
        if bad is None:
            bad = self._draws.uniform(way, tier, "chain", 0, number) < loss.bad_share
        change = loss.to_good if bad else loss.to_bad
        bad ^= self._draws.uniform(way, tier, "loss-1", tick, number) < change
        self._bad[way, tier, number] = bad
        return loss.loss_bad if bad else loss.loss_good

    def _paths(self, plan: Plan, seed: int) -> None:
        topology = plan.topology
        graph = read_sites(
            topology.source.kind,
            topology.source.options,
            directory=plan.directory,
            detour=topology.detour,
            hop_ns=topology.hop_ns,
            seed=seed,
        )
        routes = Routes(graph)
        starts = [
            np.array([parents.index(p) for p in range(max(parents) + 1)] + [len(parents)])
            for parents in self.parent
        ]
        counts = [tier.count for tier in plan.tiers]
        self._delay_ns = routes.delay_ns()
        self._sites = place(counts, starts, routes, topology.placement)

    def _floor_ns(self, way: str, child: Node) -> float:
        tier, number = child
        below = self._sites[tier][number]
        above = self._sites[tier + 1][self.parent[tier][number]]
        ends = (below, above) if way == "up" else (above, below)
        return float(self._delay_ns[ends])
