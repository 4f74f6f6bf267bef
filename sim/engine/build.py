"""From a plan to a running world: the one place that knows both sides.

Everything that is random in here has a stream of its own, named after what it is for, so that
changing one part of a scenario leaves the draws of all others as they were.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np

from sim.engine.hops import Hop, Line
from sim.engine.lines import line, path_ns
from sim.engine.parts import Parts
from sim.engine.replicas import add_replicas
from sim.engine.tiers import aggregator_kind, make_aggregators, make_root, may_forget, phases
from sim.engine.world import World
from sim.scenario.detection_facts import holds_against_covariances
from sim.scenario.plan import Plan
from sim.telemetry import holdings
from sim.telemetry.fold import SLOTS_MAX
from sim.telemetry.leaves import Leaves
from sim.telemetry.ledger import Ledger
from sim.telemetry.mail import Mail, Post
from sim.telemetry.parents import ChildKind
from sim.telemetry.plane import Telemetry
from sim.telemetry.way import Way

STRIDE_MESSAGES: Final = 2_000_000
"""Reports of agents that one vector step carries, about: enough to amortise a step's overhead."""
NUMBER_BYTES: Final = 8
STRIDE_TICKS_MAX: Final = 10


def build(parts: Parts) -> World:
    """The world at time 0. Raises InputError for a law that is not usable."""
    plan = parts.plan
    up = [line(parts, tier, f"up/{plan.tiers[tier].name}") for tier in range(parts.top)]
    telemetry = _telemetry(parts, up)
    downlink, hops = baselines_down(parts, parts.top, "down", "baseline")
    names = [fault.path for fault in plan.faults]
    world = World(parts.roster, parts.routes, telemetry, downlink, up, hops, [downlink], names)
    if plan.replicas is not None:
        add_replicas(parts, world, plan.replicas)
    return world


def _telemetry(parts: Parts, up: Sequence[Line]) -> Telemetry:
    plan = parts.plan
    leaves = _leaves(parts)
    kinds = [_agent_kind(leaves, parts)] + [aggregator_kind(parts)] * (parts.top - 1)
    aggregators = [make_aggregators(parts, tier, kinds[tier - 1]) for tier in range(1, parts.top)]
    ways = [
        Way(tier.name, way.channel, path_ns(way)) for tier, way in zip(plan.tiers, up, strict=False)
    ]
    return Telemetry(
        leaves,
        aggregators,
        make_root(parts, kinds[-1]),
        ways,
        plan.baseline.pane_ns,
        _stride_ns(plan),
        parts.layout,
    )


def _leaves(parts: Parts) -> Leaves:
    plan, agents = parts.plan, parts.plan.agents
    leaves = Leaves(
        parts.levels[0],
        phases(parts, 0),
        agents.period_ns,
        parts.layout,
        parts.behaviour,
        # Synthetic values are made in scales already.
        agents.scale if agents.behaviour.kind == "trace" else 1.0,
        clocks_may_err=any(fault.kind == "clock" for fault in plan.faults),
    )
    leaves.panes_kept = max(plan.baseline.panes, 1)
    if may_forget(plan):
        leaves.ledger = Ledger(agents.count, parts.layout.narrow)
    return leaves


def _agent_kind(leaves: Leaves, parts: Parts) -> ChildKind:
    """How agents report; with vectors where somebody looks at them."""
    return ChildKind(
        leaves.state_columns,
        parts.layout.narrow,
        parts.layout.widen,
        holdings.fold_agents,
        vector_columns=parts.layout.features if _looks(parts.plan) else 0,
    )


def _looks(plan: Plan) -> bool:
    """Whether anybody looks at single vectors, and not at sums alone."""
    return any(block is not None for block in (plan.detection, plan.dependence, plan.quantiles))


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
        hops.append(Hop(kind, down, posts[-1], _baseline_bytes(parts)))
    return Mail(posts), hops


def _baseline_bytes(parts: Parts) -> int:
    """Size of a baseline on its way down; with covariances where agents are held against them."""
    size, features = parts.layout.wire_bytes(panes=1), parts.layout.features
    if holds_against_covariances(parts.plan):
        size += NUMBER_BYTES * features * (features + 1) // 2
    return size
