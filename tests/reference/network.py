"""The network of docs/telemetry.md as plainly as it can be written: one message at a time."""

from functools import cache
from itertools import pairwise
from math import inf

import numpy as np

from sim.engine.streams import Streams
from sim.network.importers import read_sites
from sim.network.loss import make_loss
from sim.network.placement import place
from sim.network.routes import Routes
from sim.scenario.plan import FaultPlan, Plan
from sim.scenario.selectors import tree_shape
from tests.reference.draws import Draws
from tests.reference.faults import Faults, Node

Key = tuple[str, int, int, int, int]
"""Way, tier of the child, replica of the parent, number of the message, and of the child."""


def parents_of(children: int, parents: int) -> list[int]:
    """The parent of each child: adjacent groups that differ by at most one, larger ones first."""
    size, larger = divmod(children, parents)
    return [parent for parent in range(parents) for _ in range(size + (parent < larger))]


class Network:
    """Judges messages between the nodes of the tree, one by one."""

    def __init__(self, plan: Plan, streams: Streams) -> None:
        counts = [tier.count for tier in plan.tiers]
        self.parent = [parents_of(children, parents) for children, parents in pairwise(counts)]
        self.shape = tree_shape(plan)
        self._draws = Draws(plan, streams)
        self._loss = make_loss(plan.topology.loss.kind, plan.topology.loss.options)
        self._bad: dict[tuple[str, int, int, int], bool] = {}
        self._routes, self._sites = self._places(plan, streams.seed)
        self._delays_ns = cache(self._delays_ns)
        self.faults = Faults(plan, streams, self._at_site)

    def parents(self, child: Node) -> list[Node]:
        """Whom a node reports to: its parent, or at the fork every replica of it."""
        tier, replica = self.shape.tier_of(child[0])
        parent = self.parent[tier][child[1]]
        forks = self.shape.is_replicated(tier + 1) and not self.shape.is_replicated(tier)
        replicas = range(self.shape.replicas) if forks else [replica]
        return [(self.shape.row(tier + 1, one), parent) for one in replicas]

    def judge(
        self, way: str, child: Node, parent: Node, tick: int, sent_ns: int
    ) -> tuple[int, int] | None:
        """When a message arrives and how often (twice if it is duplicated); None if it is dropped.

        `way` is "up" from the child to its parent, or "down".
        """
        tier, replica = self.shape.tier_of(child[0])[0], self.shape.tier_of(parent[0])[1]
        key = (way, tier, replica, tick, child[1])
        ends = (child, parent) if way == "up" else (parent, child)
        fault = self.faults.between(*ends)
        share = self._loss_share(key)
        floor_ns = self._floor_ns(*ends)
        if floor_ns == inf:
            return None
        delay_ns = floor_ns + self._draws.jitter_ns(*key)
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

    def _bend(self, fault: FaultPlan, key: Key, delay_ns: float, sent_ns: int) -> tuple | None:
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

    def _below(self, purpose: str, key: Key, share: float) -> bool:
        """Whether the message's uniform of that purpose is below a share."""
        way, tier, replica, tick, child = key
        return share > 0 and self._draws.uniform(way, tier, replica, purpose, tick, child) < share

    def _loss_share(self, key: Key) -> float:
        """The share that the law of loss loses now; a chain steps once for each message sent."""
        loss = self._loss
        if not hasattr(loss, "to_bad"):
            return loss.loss_share
        way, tier, replica, tick, number = key
        bad = self._bad.get((way, tier, replica, number))
        if bad is None:
            bad = self._draws.uniform(way, tier, replica, "chain", 0, number) < loss.bad_share
        change = loss.to_good if bad else loss.to_bad
        bad ^= self._draws.uniform(way, tier, replica, "loss-1", tick, number) < change
        self._bad[way, tier, replica, number] = bad
        return loss.loss_bad if bad else loss.loss_good

    def _places(self, plan: Plan, seed: int) -> tuple[Routes, list[np.ndarray]]:
        """The paths between sites, and the site of each node of each row."""
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
        counts = [tier.count for tier in plan.tiers]
        starts = [
            np.array([parents.index(p) for p in range(max(parents) + 1)] + [len(parents)])
            for parents in self.parent
        ]
        sites = place(counts, starts, routes, topology.placement)
        return routes, sites if plan.replicas is None else self._with_replicas(plan, routes, sites)

    def _with_replicas(self, plan: Plan, routes: Routes, sites: list) -> list[np.ndarray]:
        """The same with a row for each further replica, all of whose nodes stand at one site."""
        delays_ns, chosen = routes.delay_ns().tolist(), [int(sites[-1][0])]
        while plan.replicas.sites is None and len(chosen) < plan.replicas.count:
            free = [site for site in range(routes.sites) if site not in chosen]
            far = {site: min(delays_ns[site][other] for other in chosen) for site in free}
            chosen.append(max(far, key=lambda site: (far[site], -site)))
        if plan.replicas.sites is not None:
            chosen = [routes.graph.names.index(name) for name in plan.replicas.sites]
        rows = [*sites[:-1], np.array(chosen[:1])]
        for site in chosen[1:]:
            rows += [np.full(len(tier), site) for tier in sites[plan.replicas.first_tier :]]
        return rows

    def _at_site(self, name: str) -> set[Node]:
        site = self._routes.graph.names.index(name)
        return {
            (row, number)
            for row, sites in enumerate(self._sites)
            for number, here in enumerate(sites.tolist())
            if here == site
        }

    def _delays_ns(self, broken: frozenset[tuple[str, str]]) -> list[list[float]]:
        names = self._routes.graph.names
        links = [(names.index(here), names.index(there)) for here, there in broken]
        return self._routes.delay_ns(frozenset((min(ends), max(ends)) for ends in links)).tolist()

    def _floor_ns(self, sender: Node, receiver: Node) -> float:
        """The shortest path that is left; infinite where there is none."""
        here, there = (self._sites[row][number] for row, number in (sender, receiver))
        return self._delays_ns(self.faults.broken_links())[here][there]
