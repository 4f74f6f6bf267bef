"""From a plan to a running world: the one place that knows both sides.

Everything that is random in here has a stream of its own, named after what it is for, so that
changing one part of a scenario leaves the draws of all others as they were.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.engine.message_log import Messages
from sim.engine.roster import Roster
from sim.engine.rules import Ends
from sim.engine.streams import Streams
from sim.engine.world import Line, World
from sim.network.channel import Channel
from sim.network.importers import read_sites
from sim.network.latency import make_law
from sim.network.loss import make_loss
from sim.network.placement import place
from sim.network.routes import Routes
from sim.scenario.plan import Plan
from sim.scenario.selectors import TreeShape
from sim.stats.moments import Layout
from sim.telemetry import holdings
from sim.telemetry.downlink import Downlink, Post
from sim.telemetry.fold import SLOTS_MAX
from sim.telemetry.ingress import Ingress
from sim.telemetry.leaves import Leaves
from sim.telemetry.ledger import Ledger
from sim.telemetry.parents import Aggregators, ChildKind, Parents, Root
from sim.telemetry.plane import Telemetry
from sim.telemetry.tree import Tree
from sim.telemetry.way import Log, Way
from sim.workload import make_behaviour

Floats = NDArray[np.float64]

STRIDE_MESSAGES: Final = 300_000
"""Reports of agents that one vector step carries, about: enough to amortise a step's overhead."""
STRIDE_TICKS_MAX: Final = 10


def build(plan: Plan, seed: int, log: Messages | None = None) -> World:
    """The world at time 0. Raises InputError for a topology or trace that is not usable."""
    streams = Streams(seed)
    tree = Tree(tuple(tier.count for tier in plan.tiers))
    routes = _routes(plan, seed)
    sites = place(
        tree.counts, [level.starts for level in tree.levels], routes, plan.topology.placement
    )
    shape = TreeShape(tuple(tier.name for tier in plan.tiers), tree.counts)
    roster = Roster(shape, tree, tuple(sites), routes.graph.names, streams)
    up = [_line(plan, streams, roster, routes, tier, upward=True) for tier in range(len(sites) - 1)]
    # Baselines go to every aggregator below the root; agents consume none.
    down = [
        _line(plan, streams, roster, routes, tier, upward=False)
        for tier in range(len(sites) - 2, 0, -1)
    ]
    telemetry = _telemetry(plan, streams, tree, up, log)
    downlink = _downlink(plan, tree, down)
    names = [fault.path for fault in plan.faults]
    return World(roster, routes, telemetry, downlink, up, down, names)


def _routes(plan: Plan, seed: int) -> Routes:
    topology = plan.topology
    graph = read_sites(
        topology.source.kind,
        topology.source.options,
        directory=plan.directory,
        detour=topology.detour,
        hop_ns=topology.hop_ns,
        seed=seed,
    )
    return Routes(graph)


def _line(
    plan: Plan, streams: Streams, roster: Roster, routes: Routes, tier: int, *, upward: bool
) -> Line:
    """The ways between `tier` and its parents, in one direction."""
    count = roster.shape.counts[tier]
    parent = roster.tree.levels[tier].parent_of
    child = Ends(tier, np.arange(count), roster.sites[tier])
    above = Ends(tier + 1, parent, roster.sites[tier + 1][parent])
    floor_ns = routes.delay_ns()[child.site, above.site]
    name = f"{'up' if upward else 'down'}/{roster.shape.names[tier]}"
    laws = [("jitter", plan.topology.jitter)]
    link = plan.tiers[tier].link
    if link is not None:
        laws.append(("last-mile", link))
    channel = Channel(
        floor_ns,
        [(kind, make_law(law.kind, law.options, plan.directory)) for kind, law in laws],
        make_loss(plan.topology.loss.kind, plan.topology.loss.options),
        lambda purpose, tick: streams.at(name, purpose, tick=tick),
    )
    return Line(channel, child, above) if upward else Line(channel, above, child)


def _telemetry(
    plan: Plan, streams: Streams, tree: Tree, up: Sequence[Line], log: Messages | None
) -> Telemetry:
    agents = plan.agents
    behaviour = make_behaviour(
        agents.behaviour.kind,
        agents.behaviour.options,
        agents=agents.count,
        features=agents.features,
        stream_at=lambda purpose, tick: streams.at("behaviour", purpose, tick=tick),
        directory=plan.directory,
    )
    layout = Layout(behaviour.features)
    levels = tree.levels
    leaves = Leaves(
        levels[0],
        _phases(streams, plan, 0),
        agents.period_ns,
        layout,
        behaviour,
        # Synthetic values are made in scales already.
        agents.scale if agents.behaviour.kind == "trace" else 1.0,
        clocks_may_err=any(fault.kind == "clock" for fault in plan.faults),
    )
    kinds = _child_kinds(leaves, layout, len(levels))
    bound_ns = plan.staleness.baseline_ns
    aggregators = [
        Aggregators(
            levels[tier - 1],
            kinds[tier - 1],
            bound_ns,
            _phases(streams, plan, tier),
            plan.tiers[tier].period_ns,
            layout.wide,
        )
        for tier in range(1, len(levels))
    ]
    root = Root(levels[-1], kinds[-1], bound_ns, plan.baseline.panes, layout.wide)
    _equip(plan, leaves, aggregators, root, layout)
    ways = [
        Way(plan.tiers[tier].name, line.channel, _path_ns(line), _log(log, plan.tiers[tier].name))
        for tier, line in enumerate(up)
    ]
    return Telemetry(
        leaves, aggregators, root, ways, plan.baseline.pane_ns, _stride_ns(plan), layout
    )


def _log(log: Messages | None, tier: str) -> Log | None:
    return None if log is None else log.tier(tier)


def _path_ns(line: Line) -> Floats:
    """The floor that the plane keeps for itself: the shortest path while nothing is broken."""
    return line.channel.floor_ns.copy()


def _child_kinds(leaves: Leaves, layout: Layout, levels: int) -> list[ChildKind]:
    agents = ChildKind(leaves.state_columns, layout.narrow, layout.widen, holdings.fold_agents)
    aggregators = ChildKind(
        holdings.COLUMNS, layout.wide, lambda rows: rows, holdings.fold_aggregators
    )
    return [agents] + [aggregators] * (levels - 1)


def _equip(
    plan: Plan, leaves: Leaves, aggregators: Sequence[Aggregators], root: Root, layout: Layout
) -> None:
    """Give queues to receivers that need time, and ledgers to nodes that may forget."""
    parents: list[Parents] = [*aggregators, root]
    for tier, parent in zip(plan.tiers[1:], parents, strict=True):
        if tier.ingress_ns:
            parent.intake.ingress = Ingress.of(tier.count, tier.ingress_ns)
    if any(fault.kind == "crash" and not fault.options["durable"] for fault in plan.faults):
        leaves.ledger = Ledger(plan.tiers[0].count, layout.narrow)
        for tier, aggregator in zip(plan.tiers[1:], aggregators, strict=False):
            aggregator.ledger = Ledger(tier.count, layout.wide)


def _phases(streams: Streams, plan: Plan, tier: int) -> Floats:
    """When in its period each node reports: uniform, a whole nanosecond, never at 0."""
    period_ns = plan.tiers[tier].period_ns
    stream = streams.stream("phase", plan.tiers[tier].name)
    return stream.integers(1, period_ns, plan.tiers[tier].count).astype(np.float64)


def _stride_ns(plan: Plan) -> int:
    """Length of a vector step: whole periods of the agents, and no more rows than slots."""
    ticks = round(STRIDE_MESSAGES / plan.agents.count)
    stride_ns = min(max(ticks, 1), STRIDE_TICKS_MAX) * plan.agents.period_ns
    fastest_ns = min(tier.period_ns for tier in plan.tiers[:-1])
    return min(stride_ns, (SLOTS_MAX - 10) * fastest_ns)


def _downlink(plan: Plan, tree: Tree, down: Sequence[Line]) -> Downlink:
    posts = []
    for line in down:
        tier = line.target.tier
        groups = tree.levels[tier - 1] if tier > 1 else None
        way = Way(f"baseline to {plan.tiers[tier].name}", line.channel, _path_ns(line))
        posts.append(Post(way, groups, np.full(tree.counts[tier], np.nan)))
    return Downlink(posts)
