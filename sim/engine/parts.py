"""What a world is made from: the map, the tree, who is who, and what the agents measure.

Everything that is random in here has a stream of its own, named after what it is for, so that
changing one part of a scenario leaves the draws of all others as they were.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.engine.roster import Roster
from sim.engine.streams import Streams
from sim.network.placement import apart, place
from sim.network.routes import Routes
from sim.protocol.registry import max_versions
from sim.scenario.facts import site_graph
from sim.scenario.plan import Plan, ReplicasPlan
from sim.scenario.selectors import tree_shape
from sim.stats.moments import Layout
from sim.telemetry.tree import Groups, Tree
from sim.workload import Behaviour, StreamAt, make_behaviour
from sim.workload.anomalies import Injection, inject, onsets

Advance = Callable[[int], None]
"""Brings the plane and all mail up to an instant."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What the pieces of a world are made from."""

    plan: Plan
    streams: Streams
    routes: Routes
    roster: Roster
    behaviour: Behaviour
    layout: Layout
    hit: NDArray[np.bool_]
    """Agents that some anomaly is put into; (agents,)."""

    @property
    def levels(self) -> tuple[Groups, ...]:
        """How each tier is dealt to the next one up."""
        return self.roster.tree.levels

    @property
    def top(self) -> int:
        """The tier of the root."""
        return len(self.plan.tiers) - 1


def max_reports(plan: Plan, first_pane: int, last_pane: int, now_ns: int) -> int:
    """The most reports of one agent in these panes by now, which is in the last or after it.

    The registry knows when a pane began, so nobody can claim early what takes the whole of it.
    """
    period_ns, pane_ns = plan.agents.period_ns, plan.baseline.pane_ns
    finished = (last_pane - first_pane) * max_versions(pane_ns, period_ns)
    running_ns = min(now_ns - last_pane * pane_ns, pane_ns)
    # A publication at the begin of a pane covers it, too, and is made ready before.
    return finished + (max_versions(running_ns, period_ns) if running_ns >= 0 else 0)


def prepare(plan: Plan, seed: int) -> Parts:
    """The pieces of a scenario. Raises InputError for a topology or trace that is not usable."""
    streams = Streams(seed)
    # The map belongs to the scenario: a random one is the same in all replications.
    routes = Routes(site_graph(plan))
    roster = make_roster(plan, routes, streams)
    tree = roster.tree
    behaviour = make_behaviour(
        plan.agents.behaviour.kind,
        plan.agents.behaviour.options,
        agents=plan.agents.count,
        features=plan.agents.features,
        stream_at=_stream_at(streams, "behaviour"),
        directory=plan.directory,
        group_of=group_of(tree),
    )
    injections = _injections(plan, roster)
    behaviour = inject(behaviour, injections, _stream_at(streams, "anomalies"))
    hit = np.logical_or.reduce([one.agents for one in injections], axis=0)
    hit = np.broadcast_to(hit, plan.agents.count)
    return Parts(plan, streams, routes, roster, behaviour, Layout(behaviour.features), hit)


def make_roster(plan: Plan, routes: Routes, streams: Streams) -> Roster:
    """Who is who when the run begins, and where everybody stands."""
    tree = Tree(tuple(tier.count for tier in plan.tiers))
    starts = [level.starts for level in tree.levels]
    sites = place(tree.counts, starts, routes, plan.topology.placement)
    if plan.replicas is not None:
        sites = replicate_sites(sites, plan.replicas, routes)
    return Roster(tree_shape(plan), tree, tuple(sites), routes.graph.names, streams)


def group_of(tree: Tree) -> dict[str, NDArray[np.int64]]:
    """Which local and which region each agent is in; without locals all are in one group of it."""
    top = len(tree.counts) - 1
    tiers = {"locals": min(1, top), "regions": max(top - 1, 1)}
    return {name: tree.ancestor_of(0, tier).astype(np.int64) for name, tier in tiers.items()}


def replicate_sites(
    sites: Sequence[NDArray[np.int32]], replicas: ReplicasPlan, routes: Routes
) -> list[NDArray[np.int32]]:
    """The sites of all rows, given those of the tiers: a whole spine stands at one site.

    Only replica 0 of the aggregators stays in the middle of its subtrees.
    """
    if replicas.sites is None:
        domains = apart(int(sites[-1][0]), replicas.count, routes)
    else:
        domains = [routes.graph.names.index(name) for name in replicas.sites]
    rows = [*sites[:-1], np.full_like(sites[-1], domains[0])]
    for domain in domains[1:]:
        rows += [np.full_like(tier, domain) for tier in sites[replicas.first_tier :]]
    return rows


def _stream_at(streams: Streams, name: str) -> StreamAt:
    return lambda purpose, tick: streams.at(name, purpose, tick=tick)


def _injections(plan: Plan, roster: Roster) -> list[Injection]:
    """The anomalies of a plan, with their agents chosen and their onsets drawn."""
    stream_at = _stream_at(roster.streams, "anomalies")
    return [
        Injection(
            kind=anomaly.kind,
            options=anomaly.options,
            agents=roster.agents(anomaly.agents, anomaly.path),
            begin_ns=onsets(
                anomaly.at_ns, anomaly.jitter_ns, plan.agents.count, anomaly.number, stream_at
            ),
            end_ns=float(anomaly.until_ns or plan.duration_ns),
            number=anomaly.number,
        )
        for anomaly in plan.anomalies
    ]
