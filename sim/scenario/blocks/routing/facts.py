"""What a block `routing` amounts to, by formula: what routers are offered before anything runs.

An upper bound where a policy keeps back what has not moved: here every measurement is sent. What
liars add is told apart, as if as many as can be were below one router.
"""

import math
from dataclasses import dataclass
from typing import Final

from sim.protocol.messages import HEADER_BYTES
from sim.protocol.routing.contract import NUMBER_BYTES, RANK_BYTES
from sim.scenario.blocks.routing.plan import RoutingPlan
from sim.scenario.liars import chosen
from sim.scenario.plan import Plan
from sim.scenario.selectors import tree_shape
from sim.units import NS_PER_S

MESSAGES_PER_SOURCE: Final = 2
"""Of a full synchronisation in geometric monitoring: each agent is asked, and answers."""


@dataclass(frozen=True, slots=True)
class LineFacts:
    """The line of the busiest router of a tier."""

    tier: str
    agents: int
    """Whose updates pass it."""
    updates_per_s: float
    """Updates and heartbeats."""
    load: float
    """Time that these take of the line, per time; 0 for a line without a rate."""
    flood_per_s: float
    """What liars add to them, at most."""


@dataclass(frozen=True, slots=True)
class RoutingFacts:
    """Updates and lines of a plan."""

    update_bytes: int
    heartbeat_bytes: int
    lines: tuple[LineFacts, ...]
    """From the locals up."""


def routing_facts(plan: Plan) -> RoutingFacts | None:
    """None without the block."""
    routing = plan.routing
    if routing is None:
        return None
    overhead = HEADER_BYTES + RANK_BYTES
    # Of a trace the number of columns may be left to its file.
    update = overhead + NUMBER_BYTES * plan.agents.features + routing.padding_bytes
    lines = tuple(
        _line(plan, routing, tier, update, overhead) for tier in range(1, len(plan.tiers) - 1)
    )
    return RoutingFacts(update, overhead, lines)


def _line(
    plan: Plan, routing: RoutingPlan, tier: int, update_bytes: int, pulse_bytes: int
) -> LineFacts:
    node = plan.tiers[tier]
    agents = _most_below(plan, tier)
    updates = agents / routing.every_ns
    flood = _copies(plan, agents) / routing.every_ns
    pulses = agents / routing.heartbeat_ns if routing.heartbeat_ns else 0.0
    bits_per_ns = 8 * (updates * update_bytes + pulses * pulse_bytes)
    load = 0.0 if routing.rate_bps is None else bits_per_ns * NS_PER_S / routing.rate_bps
    sent = (updates + pulses) * NS_PER_S
    return LineFacts(node.name, agents, sent, load, flood * NS_PER_S)


def _most_below(plan: Plan, tier: int) -> int:
    """Agents below the largest node of a tier: each tier deals its children as evenly as it can."""
    nodes = 1
    for below, above in zip(plan.tiers[tier - 1 :: -1], plan.tiers[tier:0:-1], strict=True):
        nodes *= -(-below.count // above.count)
    return min(nodes, plan.agents.count)


def _copies(plan: Plan, agents: int) -> int:
    """Further updates in each look of all liars that flood, at most so many of them."""
    shape = tree_shape(plan)
    return sum(
        min(chosen(one, shape), agents) * int(one.options["times"])
        for one in plan.adversaries
        if one.kind == "importance_flood" and one.tier == 0
    )


def synchronised_share(plan: Plan) -> float | None:
    """Of all looks those in which noise alone makes some agent call for everybody's values.

    For geometric monitoring of synthetic agents, whose mean is 0; None for anything else. An agent
    holds its value against the one that it sent last, so its moves have twice its variance.
    """
    routing, behaviour = plan.routing, plan.agents.behaviour
    if routing is None or routing.send.kind != "geometric" or behaviour.kind != "synthetic":
        return None
    options = behaviour.options
    drift = options["drift"]["sd"] if options.get("drift") else 0.0
    own = math.hypot(options["noise"], drift)
    unit = math.hypot(options["spread"], drift) or own
    if not own:
        return 0.0
    slack = abs(routing.send.options["threshold"]) * unit / (math.sqrt(2) * own)
    beyond = math.erfc(slack / math.sqrt(2)) / 2
    return -math.expm1(plan.agents.count * math.log1p(-beyond))
