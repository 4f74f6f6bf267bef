"""The block `capacity` written back."""

from collections.abc import Sequence
from typing import Any

from sim.scenario.blocks.capacity.plan import CapacityPlan


def written_capacity(plan: CapacityPlan | None, names: Sequence[str]) -> dict[str, Any]:
    """The block, if there is one; `names` are those of the tiers, from the agents up."""
    if plan is None:
        return {}
    limited = zip(names, plan.memory_bytes, strict=True)
    memory = {name: f"{size}B" for name, size in limited if size is not None}
    return {"capacity": {"memory": memory} if memory else {}}
