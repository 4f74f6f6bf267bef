"""The block `routing` written back."""

from typing import Any

from sim.scenario.blocks.routing.plan import RoutingPlan
from sim.scenario.written_values import written_rate, written_variant
from sim.units import write_duration


def written_routing(plan: RoutingPlan | None) -> dict[str, Any]:
    """The block, if there is one, every default visible."""
    if plan is None:
        return {}
    beat = None if plan.heartbeat_ns is None else write_duration(plan.heartbeat_ns)
    return {
        "routing": {
            "discipline": written_variant(plan.discipline),
            "send": written_variant(plan.send),
            "rate": written_rate(plan.rate_bps),
            "every": write_duration(plan.every_ns),
            **({"heartbeat": beat} if beat else {}),
        }
    }
