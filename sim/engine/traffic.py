"""Messages and bytes of a run, by tier, kind and outcome."""

from collections.abc import Mapping
from typing import Any

from sim.engine.world import World
from sim.scenario.plan import Plan


def traffic_rows(plan: Plan, world: World) -> list[dict[str, Any]]:
    """Messages and bytes by tier, kind and outcome."""
    size = world.telemetry.layout.wire_bytes(panes=2)
    parents = (*world.telemetry.aggregators, world.telemetry.root)
    rows = []
    for tier, (line, parent) in enumerate(zip(world.up, parents, strict=True)):
        counts = parent.intake.counts
        outcomes = {"delivered": counts.delivered, "in_flight": parent.intake.in_flight()}
        outcomes |= line.channel.tally.dropped
        outcomes["receiver_down"] = outcomes.get("receiver_down", 0) + counts.refused
        outcomes["taken_out"] = world.telemetry.ways[tier].taken_out
        outcomes["duplicate"] = line.channel.tally.duplicates
        kind = "summary" if tier else "update"
        rows += _outcome_rows(plan.tiers[tier].name, kind, outcomes, size)
    for hop in world.hops:
        outcomes = {"delivered": hop.post.delivered, "in_flight": hop.post.in_flight()}
        outcomes |= hop.line.channel.tally.dropped
        outcomes["receiver_down"] = outcomes.get("receiver_down", 0) + hop.post.refused
        outcomes["taken_out"] = hop.post.way.taken_out
        name = plan.tiers[hop.line.target.tier].name
        rows += _outcome_rows(name, hop.kind, outcomes, hop.size_bytes)
    return rows


def _outcome_rows(
    tier: str, kind: str, outcomes: Mapping[str, int], size: int
) -> list[dict[str, Any]]:
    return [
        {
            "tier": tier,
            "kind": kind,
            "outcome": outcome,
            "messages": messages,
            "bytes": messages * size,
        }
        for outcome, messages in sorted(outcomes.items())
        if messages or outcome == "delivered"
    ]
