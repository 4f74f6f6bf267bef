"""From a plan to a running world: the one place that knows both sides.

Everything that is random in here has a stream of its own, named after what it is for, so that
changing one part of a scenario leaves the draws of all others as they were.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.engine.message_log import Messages
from sim.engine.parts import Parts
from sim.engine.rules import Ends
from sim.engine.world import Hop, Line, World
from sim.network.channel import Channel
from sim.network.latency import make_law
from sim.network.loss import LossLaw, make_loss
from sim.scenario.plan import Plan
from sim.stats.moments import Layout
from sim.telemetry import holdings
from sim.telemetry.fold import SLOTS_MAX
from sim.telemetry.ingress import Ingress
from sim.telemetry.leaves import Leaves
from sim.telemetry.ledger import Ledger
from sim.telemetry.mail import Mail, Post
from sim.telemetry.parents import Aggregators, ChildKind, Parents
from sim.telemetry.plane import Telemetry
from sim.telemetry.root import Root
from sim.telemetry.way import Way
from sim.units import NS_PER_S

Floats = NDArray[np.float64]

STRIDE_MESSAGES: Final = 2_000_000
"""Reports of agents that one vector step carries, about: enough to amortise a step's overhead."""
STRIDE_TICKS_MAX: Final = 10


def build(parts: Parts, log: Messages | None = None) -> World:
    """The world at time 0. Raises InputError for a law that is not usable."""
    plan = parts.plan
    up = [line(parts, tier, f"up/{plan.tiers[tier].name}") for tier in range(parts.top)]
    telemetry = _telemetry(parts, up, log)
    downlink, hops = baselines_down(parts, parts.top, "down", "baseline")
    names = [fault.path for fault in plan.faults]
    return World(parts.roster, parts.routes, telemetry, downlink, up, hops, [downlink], names, log)


def line(
    parts: Parts,
    tier: int,
    name: str,
    *,
    upward: bool = True,
    queued: bool = True,
    reliable: bool = False,
) -> Line:
    """The ways between the nodes of `tier` and their parents, in one direction.

    `name` is that of its random streams; `queued`: the sender's line has the rate of its reports;
    `reliable`: what the network would lose by chance is sent again, at once and for nothing.
    """
    roster, parent = parts.roster, parts.levels[tier].parent_of
    child = Ends(tier, np.arange(roster.shape.counts[tier]), roster.sites[tier])
    above = Ends(tier + 1, parent, roster.sites[tier + 1][parent])
    return line_between(parts, child, above, name, upward=upward, queued=queued, reliable=reliable)


def line_between(
    parts: Parts,
    child: Ends,
    above: Ends,
    name: str,
    *,
    upward: bool,
    queued: bool,
    reliable: bool = False,
) -> Line:
    """The ways between nodes of a tier and nodes of one further up, one each."""
    # Delays are the same both ways, so a matrix of paths serves up and down.
    floor_ns = parts.routes.delay_ns()[child.site, above.site]
    plan, link = parts.plan, parts.plan.tiers[child.tier].link
    laws = [("jitter", plan.topology.jitter)]
    if link is not None:
        laws.append(("last-mile", link))
    channel = Channel(
        floor_ns,
        [(kind, make_law(law.kind, law.options, plan.directory)) for kind, law in laws],
        make_loss("none", {}) if reliable else _loss(plan),
        lambda purpose, tick: parts.streams.at(name, purpose, tick=tick),
        _transmission_ns(parts, child.tier) if upward and queued else 0.0,
    )
    source, target = (child, above) if upward else (above, child)
    return Line(channel, source, target, reliable)


def _loss(plan: Plan) -> LossLaw:
    return make_loss(plan.topology.loss.kind, plan.topology.loss.options)


def _transmission_ns(parts: Parts, tier: int) -> float:
    """Time that one report takes on the line of its sender; 0 where the rate is not limited."""
    rate_bps = parts.plan.tiers[tier].uplink_bps
    bits = 8 * parts.layout.wire_bytes(panes=2)
    return 0.0 if rate_bps is None else bits / rate_bps * NS_PER_S


def _telemetry(parts: Parts, up: Sequence[Line], log: Messages | None) -> Telemetry:
    plan = parts.plan
    leaves = _leaves(parts)
    watched = plan.detection is not None
    kinds = _child_kinds(leaves, parts.layout, len(parts.levels), watched)
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
        Way(tier.name, way.channel, path_ns(way), None if log is None else log.tier(tier.name))
        for tier, way in zip(plan.tiers, up, strict=False)
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


def path_ns(of: Line) -> Floats:
    """The floor that the plane keeps for itself, apart from the channel's."""
    return of.channel.floor_ns.copy()


def _child_kinds(leaves: Leaves, layout: Layout, levels: int, watched: bool) -> list[ChildKind]:
    agents = ChildKind(
        leaves.state_columns,
        layout.narrow,
        layout.widen,
        holdings.fold_agents,
        vector_columns=layout.features if watched else 0,
    )
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
    if _may_forget(plan):
        leaves.ledger = Ledger(plan.tiers[0].count, layout.narrow)
        for tier, aggregator in zip(plan.tiers[1:], aggregators, strict=False):
            aggregator.ledger = Ledger(tier.count, layout.wide)


def _may_forget(plan: Plan) -> bool:
    """Whether some node may have to start from nothing: a crash, or who replaces a liar."""
    replaces = plan.attest is not None and plan.attest.replace
    return replaces or any(
        fault.kind == "crash" and not fault.options["durable"] for fault in plan.faults
    )


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


def baselines_down(parts: Parts, above: int, name: str, kind: str) -> tuple[Mail, list[Hop]]:
    """The mail that takes baselines from the nodes of tier `above` to the aggregators below them.

    Agents consume none.
    """
    posts, hops = [], []
    for tier in range(above - 1, 0, -1):
        tier_name, count = parts.plan.tiers[tier].name, parts.plan.tiers[tier].count
        down = line(parts, tier, f"{name}/{tier_name}", upward=False)
        groups = parts.levels[tier - 1] if tier > 1 else None
        way = Way(f"{kind} to {tier_name}", down.channel, path_ns(down))
        posts.append(Post(way, groups, np.full(count, np.nan)))
        hops.append(Hop(kind, down, posts[-1], parts.layout.wire_bytes(panes=1)))
    return Mail(posts), hops
