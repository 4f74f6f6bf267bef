"""The block `routing` written back."""

from typing import Any, Final

from sim.scenario.blocks.routing.plan import AdmissionPlan, RoutingPlan
from sim.scenario.variant import Variant
from sim.scenario.written_values import written_rate, written_variant
from sim.units import write_deviations, write_duration, write_frequency

_IN_SD: Final = ("delta", "threshold")
"""Options of send policies that are a number of standard deviations."""


def written_routing(plan: RoutingPlan | None) -> dict[str, Any]:
    """The block, if there is one, every default visible."""
    if plan is None:
        return {}
    beat = {} if plan.heartbeat_ns is None else {"heartbeat": write_duration(plan.heartbeat_ns)}
    return {
        "routing": {
            "discipline": written_variant(plan.discipline),
            **_admission(plan.admission),
            "send": _sending(plan.send),
            "rate": written_rate(plan.rate_bps),
            "capacity": plan.capacity,
            "replace": plan.replace,
            "padding": f"{plan.padding_bytes}B",
            "every": write_duration(plan.every_ns),
            **beat,
            "missed": plan.missed,
            "classes": {"urgent": plan.classes.urgent, "critical": plan.classes.critical},
            "learn": write_duration(plan.learn_ns),
            "window": write_duration(plan.window_ns),
        }
    }


def _admission(plan: AdmissionPlan | None) -> dict[str, Any]:
    if plan is None:
        return {}
    return {"admission": {"claims": write_frequency(plan.claim_ns), "burst": plan.burst}}


def _sending(send: Variant) -> dict[str, Any]:
    """A policy, with its sizes in sd."""
    written = written_variant(send)
    return {key: write_deviations(v) if key in _IN_SD else v for key, v in written.items()}
