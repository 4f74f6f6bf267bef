"""Queues that cannot keep up, and memories that are too small: told with their numbers."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from sim.scenario.blocks.capacity.plan import HistoryPlan
from sim.scenario.plan import Plan
from sim.scenario.remark import Remark
from sim.units import format_duration, format_size, write_duration

if TYPE_CHECKING:
    from sim.scenario.blocks.capacity.facts import TierDemand

BUSY: Final = 0.8
"""From here on waits grow faster than load: at 80 % a random arrival waits for two services."""


def about_capacity(plan: Plan) -> Iterator[Remark]:
    """Remarks on what nodes are asked to take in and to hold."""
    if plan.capacity is None and not any(tier.ingress_ns for tier in plan.tiers):
        return  # Nothing is limited; and most scenarios are read without numpy, which facts need.
    from sim.scenario.blocks.capacity.facts import tier_demands

    for tier, demand in enumerate(tier_demands(plan)):
        if demand.offered > BUSY:
            yield _load(plan, tier, demand)
        if demand.memory is not None and demand.held_max > demand.memory:
            yield _memory(demand)
    history = plan.capacity.history if plan.capacity else None
    if history is not None and history.span_ns > plan.duration_ns:
        yield _steady_state(plan, history)


def _load(plan: Plan, tier: int, demand: "TierDemand") -> Remark:
    from sim.scenario.blocks.capacity.facts import servable_children

    asked = (
        f"{demand.who} is asked to take in {demand.messages_per_s:,.0f} messages a second of "
        f"{format_duration(demand.service_ns)} each, an offered load of {demand.offered:.3g}"
    )
    then = "its queue grows as long as the run does" if demand.offered > 1 else "waits get long"
    children = servable_children(plan, tier)
    return ("tree", "ingress"), f"{asked}: {then}", f"it can keep up with {children:,} children"


def _memory(demand: "TierDemand") -> Remark:
    assert demand.memory is not None
    problem = (
        f"{demand.who} has {format_size(demand.memory)} and has to hold "
        f"{format_size(demand.state_max)} of state"
    )
    if demand.history_max:
        problem += f" and {format_size(demand.history_max)} of history"
    return ("capacity", "memory", demand.name), problem, f"give {format_size(demand.held_max)}"


def _steady_state(plan: Plan, history: HistoryPlan) -> Remark:
    kept, run = write_duration(history.span_ns), write_duration(plan.duration_ns)
    problem = (
        f"history of {kept} is full after {kept}, and the run ends after {run}: what it measures "
        f"is that of {run}"
    )
    return ("capacity", "history", "keep"), problem, "`sim explain` tells what it comes to"
