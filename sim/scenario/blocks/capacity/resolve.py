"""From the block `capacity` to its part of a plan."""

from collections.abc import Sequence

from sim.scenario.blocks.capacity.plan import CapacityPlan, HistoryPlan
from sim.scenario.blocks.capacity.schema import Capacity, History


def resolve_capacity(block: Capacity | None, names: Sequence[str]) -> CapacityPlan | None:
    """That of a tree whose tiers have these names, from the agents up; None if nobody asks."""
    if block is None:
        return None
    memory = block.memory or {}
    return CapacityPlan(tuple(memory.get(name) for name in names), _history(block.history, names))


def _history(block: History | None, names: Sequence[str]) -> HistoryPlan | None:
    """A name that there is not stands for the root; the checks refuse it."""
    if block is None:
        return None
    tier = names.index(block.at) if block.at in names else len(names) - 1
    return HistoryPlan(tier, block.keep, block.record)
