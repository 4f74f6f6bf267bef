"""From the block `capacity` to its part of a plan."""

from collections.abc import Sequence

from sim.scenario.blocks.capacity.plan import CapacityPlan
from sim.scenario.blocks.capacity.schema import Capacity


def resolve_capacity(block: Capacity | None, names: Sequence[str]) -> CapacityPlan | None:
    """That of a tree whose tiers have these names, from the agents up; None if nobody asks."""
    if block is None:
        return None
    memory = block.memory or {}
    return CapacityPlan(tuple(memory.get(name) for name in names))
