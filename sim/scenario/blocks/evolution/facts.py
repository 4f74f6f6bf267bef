"""A changing tree in numbers, before anything runs: places, nodes at the start, events, operations.

Where agents come and go is chance; the numbers are means, and one standard deviation where said.
"""

import math
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from sim.scenario.blocks.evolution.plan import EvolutionPlan, FanIn
from sim.scenario.plan import Plan

KNOWN_RATES: Final[Mapping[tuple[int, int], float]] = {
    (10, 50): 7.5e-5,
    (5, 10): 0.078,
    (5, 12): 0.030,
    (5, 15): 0.012,
}
"""Splits and merges an event by min and max: as many join as leave, nobody borrows, every event is
followed by an epoch. Measured over 40,000 events at 30 nodes (tests/theory/test_rebalancing.py)."""


@dataclass(frozen=True, slots=True)
class EvolutionFacts:
    """Tiers are those below the root, from the agents up."""

    places: tuple[int, ...]
    start: tuple[int, ...]
    """How many of the places have somebody at the start."""
    joins: float
    """Expected number of agents that come in a run, each at a place that is free."""
    leaves: float
    epochs: int
    """At which the tree may change; the one at the start is none of them."""
    known_rate: float | None
    """Operations of locals an event that theory knows for such bounds without borrowing."""
    swing: float
    """Mean change of a local's agents in an epoch that joins and leaves make, to either side."""
    drift: float
    """The same to one side: joins less leaves."""
    full_ns: int | None
    """When all places are taken, on average; None = not in this run."""
    empty_ns: int | None
    """When all agents have left, on average; None = not in this run."""


def first_counts(places: Sequence[int], plan: EvolutionPlan) -> list[int]:
    """How many nodes of each tier are in use at the start, from the agents up.

    Locals begin half way between their bounds, and so on up, as far as there are places.
    """
    counts = [max(round(plan.present * places[0]), 1)]
    for there, fan_in in zip(places[1:], plan.fan_in, strict=True):
        usual = (fan_in.minimum + fan_in.maximum) / 2
        counts.append(min(max(math.ceil(counts[-1] / usual), 1), there))
    return counts


@dataclass(frozen=True, slots=True)
class Crowd:
    """More nodes at the start than those above them may have."""

    tier: int
    """Of the nodes above."""
    children: int


def crowd(places: Sequence[int], plan: EvolutionPlan) -> Crowd | None:
    """The lowest tier that too many would report to at the start; None if there is no such."""
    counts = first_counts(places, plan)
    for tier, fan_in in enumerate(plan.fan_in, start=1):
        if counts[tier - 1] > places[tier] * fan_in.maximum:
            return Crowd(tier, counts[tier - 1])
    return None


def most_at_start(places: Sequence[int], plan: EvolutionPlan) -> int:
    """The most agents to begin with for whom, and whose nodes, there are places; 0 if none."""

    def is_crowded(agents: int) -> bool:
        return crowd(places, replace(plan, present=agents / places[0])) is not None

    return bisect_left(range(1, places[0] + 1), True, key=is_crowded)


def evolution_facts(plan: Plan) -> EvolutionFacts | None:
    """Of a plan whose tree changes; None where it stays as it is."""
    evolution = plan.evolution
    if evolution is None:
        return None
    places = [tier.count for tier in plan.tiers[:-1]]
    start = first_counts(places, evolution)
    joins, leaves = expected_events(plan, evolution)
    shares = [_events(each, evolution.epoch_ns) / start[1] for each in _means(evolution)]
    return EvolutionFacts(
        places=tuple(places),
        start=tuple(start),
        joins=joins,
        leaves=leaves,
        epochs=(plan.duration_ns - 1) // evolution.epoch_ns,
        known_rate=_known_rate(evolution, evolution.fan_in[0]),
        swing=math.sqrt(sum(shares)),
        drift=shares[0] - shares[1],
        full_ns=_reached_ns(plan, evolution, places[0] - start[0], joins - leaves),
        empty_ns=_reached_ns(plan, evolution, start[0], leaves - joins),
    )


def expected_events(plan: Plan, evolution: EvolutionPlan) -> tuple[float, float]:
    """How many agents join in a run by chance, if there is always a place, and how many leave."""
    span_ns = _until_ns(plan, evolution) - evolution.from_ns
    joins, leaves = (_events(each, span_ns) for each in _means(evolution))
    return joins, leaves


def _means(plan: EvolutionPlan) -> tuple[int | None, int | None]:
    return plan.joins_ns, plan.leaves_ns


def _until_ns(plan: Plan, evolution: EvolutionPlan) -> int:
    end_ns = plan.duration_ns
    return end_ns if evolution.until_ns is None else min(evolution.until_ns, end_ns)


def _events(mean_ns: int | None, span_ns: int) -> float:
    return 0.0 if mean_ns is None else span_ns / mean_ns


def _known_rate(plan: EvolutionPlan, fan_in: FanIn) -> float | None:
    is_even = plan.joins_ns is not None and plan.joins_ns == plan.leaves_ns
    known = KNOWN_RATES.get((fan_in.minimum, fan_in.maximum))
    return known if is_even and not plan.borrow else None


def _reached_ns(plan: Plan, evolution: EvolutionPlan, distance: int, gain: float) -> int | None:
    """When so many more have come than gone, if that is before it ends; `gain` is that of all."""
    if gain <= 0 or distance > gain:
        return None
    span_ns = _until_ns(plan, evolution) - evolution.from_ns
    return evolution.from_ns + round(distance / gain * span_ns)
