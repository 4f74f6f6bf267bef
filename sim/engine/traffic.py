"""Messages and bytes of a run, by tier, kind and outcome.

Reports of all replicas of a tier, and to all replicas, count together.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from sim.engine.hops import Hop, Inlet
from sim.engine.world import World
from sim.scenario.plan import Plan


def traffic_rows(plan: Plan, world: World) -> list[dict[str, Any]]:
    """Messages and bytes by tier, kind and outcome."""
    shape, size = world.roster.shape, world.telemetry.layout.wire_bytes(panes=2)
    sent: list[Counter[str]] = [Counter() for _ in world.up]
    for inlet in world.inlets:
        sent[shape.tier_of(inlet.row)[0] - 1] += _reports(inlet)
    rows = []
    for tier, outcomes in enumerate(sent):
        kind = "summary" if tier else "update"
        rows += _outcome_rows(plan.tiers[tier].name, kind, outcomes, size)
    for hop, outcomes in _hops(world):
        name = plan.tiers[hop.line.target.tier].name
        rows += _outcome_rows(name, hop.kind, outcomes, hop.mean_bytes)
    return rows


def _hops(world: World) -> list[tuple[Hop, Counter[str]]]:
    """What became of the mail on each hop; hops of further replicas count with those of 0."""
    shape = world.roster.shape
    found: list[tuple[Hop, Counter[str]]] = []
    for hop in world.hops:
        (_, above), (tier, here) = map(shape.tier_of, (hop.line.source.tier, hop.line.target.tier))
        if not max(above, here):
            found.append((hop, _mail(hop)))
            continue
        first = next(
            sum_ for of, sum_ in found if (of.kind, of.line.target.tier) == (hop.kind, tier)
        )
        first += _mail(hop)
    return found


def _reports(inlet: Inlet) -> Counter[str]:
    """What became of the reports of one inlet."""
    intake, tally = inlet.parent.intake, inlet.line.channel.tally
    outcomes = Counter(tally.dropped)
    outcomes["delivered"] = intake.counts.delivered
    outcomes["in_flight"] = intake.in_flight()
    outcomes["receiver_down"] += intake.counts.refused
    outcomes["taken_out"] = inlet.way.taken_out
    outcomes["duplicate"] = tally.duplicates
    return outcomes


def _mail(hop: Hop) -> Counter[str]:
    """What became of the mail on one hop."""
    outcomes = Counter(hop.line.channel.tally.dropped)
    outcomes["delivered"] = hop.post.delivered
    outcomes["in_flight"] = hop.post.in_flight()
    outcomes["receiver_down"] += hop.post.refused
    outcomes["taken_out"] = hop.post.way.taken_out
    return outcomes


def _outcome_rows(
    tier: str, kind: str, outcomes: Mapping[str, int], size: float
) -> list[dict[str, Any]]:
    return [
        {
            "tier": tier,
            "kind": kind,
            "outcome": outcome,
            "messages": messages,
            "bytes": round(messages * size),
        }
        for outcome, messages in sorted({"delivered": 0, **outcomes}.items())
        if messages or outcome == "delivered"
    ]
