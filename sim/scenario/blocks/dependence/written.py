"""The key `baseline.dependence` written back."""

from typing import Any

from sim.scenario.blocks.dependence.plan import DependencePlan
from sim.scenario.written_values import written_variant
from sim.units import write_duration


def written_dependence(plan: DependencePlan | None) -> dict[str, Any]:
    """The key of the block `baseline`, if there is one, every default visible."""
    if plan is None:
        return {}
    lead = write_duration(plan.lead_ns)
    return {"dependence": {**written_variant(plan.method), "lead": lead}}
