"""What a plan amounts to in numbers, before anything runs: nodes, ways, messages.

Each function reads a plan and gives plain values that can be printed or written as JSON.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sim.network.importers import read_sites
from sim.network.sites import SiteGraph
from sim.scenario.plan import Plan
from sim.scenario.selectors import tree_shape
from sim.units import NS_PER_S


@dataclass(frozen=True, slots=True)
class TierFacts:
    """A tier in numbers; `children_max` is 0 for the agents, `messages_per_s` 0 for the root."""

    name: str
    nodes: int
    children_min: int
    children_max: int
    period_ns: int
    messages_per_s: float


@dataclass(frozen=True, slots=True)
class SiteFacts:
    """A topology in numbers; delays are shortest paths, one way, between different sites."""

    sites: int
    links: int
    delay_ns_mean: float
    delay_ns_max: float
    farthest: tuple[str, str]
    late_ns: float = 0.0
    """What one message in a hundred is late by where pairs have tails, the mean over all pairs."""


def tier_facts(plan: Plan) -> tuple[TierFacts, ...]:
    """The tiers from the agents to the root."""
    tiers, facts, shape = plan.tiers, [], tree_shape(plan)
    for index, tier in enumerate(tiers):
        is_root = index == len(tiers) - 1
        below = tiers[index - 1].count if index else 0
        # Who has replicas above it reports to all of them, or has as many itself.
        reports = tier.count * (shape.replicas if shape.is_replicated(index + 1) else 1)
        facts.append(
            TierFacts(
                name=tier.name,
                nodes=tier.count * (shape.replicas if shape.is_replicated(index) else 1),
                children_min=below // tier.count,
                children_max=-(-below // tier.count),
                period_ns=tier.period_ns,
                messages_per_s=0.0 if is_root else reports * NS_PER_S / tier.period_ns,
            )
        )
    return tuple(facts)


def site_facts(plan: Plan) -> SiteFacts:
    """The topology of a plan; computes all shortest paths. Raises InputError."""
    from sim.network.routes import Routes

    graph = site_graph(plan)
    count = len(graph.names)
    if count == 1:
        return SiteFacts(1, 0, 0.0, 0.0, (graph.names[0], graph.names[0]))
    delay_ns = Routes(graph).delay_ns()
    delay_ns[range(count), range(count)] = 0.0
    source, target = divmod(int(delay_ns.argmax()), count)
    return SiteFacts(
        sites=count,
        links=len(graph.links),
        delay_ns_mean=float(delay_ns.sum()) / (count * (count - 1)),
        delay_ns_max=float(delay_ns.max()),
        farthest=(graph.names[source], graph.names[target]),
        late_ns=_late_ns(graph),
    )


def _late_ns(graph: SiteGraph) -> float:
    import numpy as np

    if graph.tails is None:
        return 0.0
    a, b = np.triu_indices(len(graph.names), 1)
    return float(graph.tails.excess_ns(a, b, np.full(len(a), 0.99)).mean())


def site_graph(plan: Plan) -> SiteGraph:
    """The sites of a plan. Raises InputError."""
    topology = plan.topology
    return read_sites(
        topology.source.kind,
        topology.source.options,
        directory=plan.directory,
        detour=topology.detour,
        hop_ns=topology.hop_ns,
        seed=plan.seed,
    )


def traffic_facts(plan: Plan) -> Mapping[str, float]:
    """Messages up the tree: per second, in a run, and in all replications."""
    per_s = sum(tier.messages_per_s for tier in tier_facts(plan))
    in_run = per_s * plan.duration_ns / NS_PER_S
    return {"per_s": per_s, "in_a_run": in_run, "in_all_runs": in_run * plan.replications}
