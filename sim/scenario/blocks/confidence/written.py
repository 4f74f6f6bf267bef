"""The block `confidence` written back."""

from typing import Any

from sim.scenario.blocks.confidence.plan import ConfidencePlan
from sim.scenario.written_values import written_variant


def written_confidence(plan: ConfidencePlan | None) -> dict[str, Any]:
    """The block, if there is one, every default visible."""
    if plan is None:
        return {}
    return {
        "confidence": {
            "interval": written_variant(plan.interval),
            "level": plan.level,
            "of": plan.of,
            "widen": list(plan.widen),
            "range": list(plan.range),
        }
    }
