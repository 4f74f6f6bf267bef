"""From a plan to a running world: the one place that knows both sides.

Everything that is random in here has a stream of its own, named after what it is for, so that
changing one part of a scenario leaves the draws of all others as they were.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.engine.message_log import Messages
from sim.engine.roster import Roster
from sim.engine.rules import Ends
from sim.engine.streams import Streams
from sim.engine.world import Line, World
from sim.network.channel import Channel
from sim.network.latency import make_law
from sim.network.loss import make_loss
from sim.network.placement import place
from sim.network.routes import Routes
from sim.scenario.facts import site_graph
from sim.scenario.plan import Plan
from sim.scenario.selectors import TreeShape
from sim.stats.moments import Layout
from sim.telemetry import holdings
from sim.telemetry.downlink import Downlink, Post
from sim.telemetry.fold import SLOTS_MAX
from sim.telemetry.ingress import Ingress
from sim.telemetry.leaves import Leaves
from sim.telemetry.ledger import Ledger
from sim.telemetry.parents import Aggregators, ChildKind, Parents
from sim.telemetry.plane import Telemetry
from sim.telemetry.root import Root
from sim.telemetry.tree import Groups, Tree
from sim.telemetry.way import Way
from sim.units import NS_PER_S
from sim.workload import Behaviour, make_behaviour

Floats = NDArray[np.float64]

STRIDE_MESSAGES: Final = 2_000_000
"""Reports of agents that one vector step carries, about: enough to amortise a step's overhead."""
STRIDE_TICKS_MAX: Final = 10


def build(plan: Plan, seed: int, log: Messages | None = None) -> World:
    """The world at time 0. Raises InputError for a topology or trace that is not usable."""
    parts = _parts(plan, seed)
    top = len(plan.tiers) - 1
    up = [_line(parts, tier, upward=True) for tier in range(top)]
    # Baselines go to every aggregator below the root; agents consume none.
    down = [_line(parts, tier, upward=False) for tier in range(top - 1, 0, -1)]
    telemetry = _telemetry(parts, up, log)
    names = [fault.path for fault in plan.faults]
    return World(
        parts.roster, parts.routes, telemetry, _downlink(parts, down), up, down, names, log
    )


@dataclass(frozen=True, slots=True)
class Parts:
    """What the pieces of a world are made from."""

    plan: Plan
    streams: Streams
    routes: Routes
    roster: Roster
    behaviour: Behaviour
    layout: Layout

    @property
    def levels(self) -> tuple[Groups, ...]:
        """How each tier is dealt to the next one up."""
        return self.roster.tree.levels


def _parts(plan: Plan, seed: int) -> Parts:
    streams = Streams(seed)
    tree = Tree(tuple(tier.count for tier in plan.tiers))
    # The map belongs to the scenario: a random one is the same in all replications.
    routes = Routes(site_graph(plan))
    starts = [level.starts for level in tree.levels]
    sites = place(tree.counts, starts, routes, plan.topology.placement)
    shape = TreeShape(tuple(tier.name for tier in plan.tiers), tree.counts)
    roster = Roster(shape, tree, tuple(sites), routes.graph.names, streams)
    behaviour = make_behaviour(
        plan.agents.behaviour.kind,
        plan.agents.behaviour.options,
        agents=plan.agents.count,
        features=plan.agents.features,
        stream_at=lambda purpose, tick: streams.at("behaviour", purpose, tick=tick),
        directory=plan.directory,
    )
    return Parts(plan, streams, routes, roster, behaviour, Layout(behaviour.features))


def _line(parts: Parts, tier: int, *, upward: bool) -> Line:
    """The ways between `tier` and its parents, in one direction."""
    roster, parent = parts.roster, parts.levels[tier].parent_of
    child = Ends(tier, np.arange(roster.shape.counts[tier]), roster.sites[tier])
    above = Ends(tier + 1, parent, roster.sites[tier + 1][parent])
    # Delays are the same both ways, so a matrix of paths serves up and down.
    floor_ns = parts.routes.delay_ns()[child.site, above.site]
    channel = _channel(parts, tier, floor_ns, upward=upward)
    return Line(channel, child, above) if upward else Line(channel, above, child)


def _channel(parts: Parts, tier: int, floor_ns: Floats, *, upward: bool) -> Channel:
    plan, link = parts.plan, parts.plan.tiers[tier].link
    name = f"{'up' if upward else 'down'}/{plan.tiers[tier].name}"
    laws = [("jitter", plan.topology.jitter)]
    if link is not None:
        laws.append(("last-mile", link))
    return Channel(
        floor_ns,
        [(kind, make_law(law.kind, law.options, plan.directory)) for kind, law in laws],
        make_loss(plan.topology.loss.kind, plan.topology.loss.options),
        lambda purpose, tick: parts.streams.at(name, purpose, tick=tick),
        _transmission_ns(parts, tier) if upward else 0.0,
    )


def _transmission_ns(parts: Parts, tier: int) -> float:
    """Time that one report takes on the line of its sender; 0 where the rate is not limited."""
    rate_bps = parts.plan.tiers[tier].uplink_bps
    bits = 8 * parts.layout.wire_bytes(panes=2)
    return 0.0 if rate_bps is None else bits / rate_bps * NS_PER_S


def _telemetry(parts: Parts, up: Sequence[Line], log: Messages | None) -> Telemetry:
    plan = parts.plan
    leaves = _leaves(parts)
    kinds = _child_kinds(leaves, parts.layout, len(parts.levels))
    bound_ns, wide = plan.staleness.baseline_ns, parts.layout.wide
    aggregators = [
        Aggregators(
            parts.levels[tier - 1],
            kinds[tier - 1],
            bound_ns,
            _phases(parts, tier),
            plan.tiers[tier].period_ns,
            wide,
        )
        for tier in range(1, len(parts.levels))
    ]
    root = Root(parts.levels[-1], kinds[-1], bound_ns, plan.baseline.panes, wide)
    _equip(plan, leaves, aggregators, root, parts.layout)
    ways = [
        Way(tier.name, line.channel, _path_ns(line), None if log is None else log.tier(tier.name))
        for tier, line in zip(plan.tiers, up, strict=False)
    ]
    stride_ns = _stride_ns(plan)
    pane_ns = plan.baseline.pane_ns
    return Telemetry(leaves, aggregators, root, ways, pane_ns, stride_ns, parts.layout)


def _leaves(parts: Parts) -> Leaves:
    agents = parts.plan.agents
    return Leaves(
        parts.levels[0],
        _phases(parts, 0),
        agents.period_ns,
        parts.layout,
        parts.behaviour,
        # Synthetic values are made in scales already.
        agents.scale if agents.behaviour.kind == "trace" else 1.0,
        clocks_may_err=any(fault.kind == "clock" for fault in parts.plan.faults),
    )


def _path_ns(line: Line) -> Floats:
    """The floor that the plane keeps for itself, apart from the channel's."""
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
    """Tell parents their sources; give queues to those that need time, ledgers to forgetters."""
    leaves.panes_kept = max(plan.baseline.panes, 1)
    parents: list[Parents] = [*aggregators, root]
    sources = np.ones(plan.tiers[0].count, np.int64)
    for parent in parents:
        parent.sources = sources
        sources = np.add.reduceat(sources, parent.groups.starts[:-1])
    for tier, parent in zip(plan.tiers[1:], parents, strict=True):
        if tier.ingress_ns:
            parent.intake.ingress = Ingress.of(tier.count, tier.ingress_ns)
    if any(fault.kind == "crash" and not fault.options["durable"] for fault in plan.faults):
        leaves.ledger = Ledger(plan.tiers[0].count, layout.narrow)
        for tier, aggregator in zip(plan.tiers[1:], aggregators, strict=False):
            aggregator.ledger = Ledger(tier.count, layout.wide)


def _phases(parts: Parts, tier: int) -> Floats:
    """When in its period each node reports: uniform, a whole nanosecond, never at 0."""
    plan = parts.plan.tiers[tier]
    stream = parts.streams.stream("phase", plan.name)
    return stream.integers(1, plan.period_ns, plan.count).astype(np.float64)


def _stride_ns(plan: Plan) -> int:
    """Length of a vector step: whole periods of the agents, and no more rows than slots."""
    ticks = round(STRIDE_MESSAGES / plan.agents.count)
    stride_ns = min(max(ticks, 1), STRIDE_TICKS_MAX) * plan.agents.period_ns
    fastest_ns = min(tier.period_ns for tier in plan.tiers[:-1])
    return min(stride_ns, (SLOTS_MAX - 10) * fastest_ns)


def _downlink(parts: Parts, down: Sequence[Line]) -> Downlink:
    posts = []
    for line in down:
        tier = line.target.tier
        groups = parts.levels[tier - 1] if tier > 1 else None
        way = Way(f"baseline to {parts.plan.tiers[tier].name}", line.channel, _path_ns(line))
        posts.append(Post(way, groups, np.full(parts.plan.tiers[tier].count, np.nan)))
    return Downlink(posts)
