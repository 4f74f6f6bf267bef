"""The block `capacity` written back."""

from collections.abc import Sequence
from typing import Any

from sim.scenario.blocks.capacity.plan import CapacityPlan, HistoryPlan
from sim.units import write_duration


def written_capacity(plan: CapacityPlan | None, names: Sequence[str]) -> dict[str, Any]:
    """The block, if there is one; `names` are those of the tiers, from the agents up."""
    if plan is None:
        return {}
    limited = zip(names, plan.memory_bytes, strict=True)
    memory = {name: f"{size}B" for name, size in limited if size is not None}
    block: dict[str, Any] = {"memory": memory} if memory else {}
    if plan.history is not None:
        block["history"] = _history(plan.history, names)
    return {"capacity": block}


def _history(plan: HistoryPlan, names: Sequence[str]) -> dict[str, str]:
    size = f"{plan.record_bytes}B"
    return {"at": names[plan.tier], "keep": write_duration(plan.span_ns), "record": size}
