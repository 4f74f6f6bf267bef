"""The blocks about the control plane written back; what a plan does not have is not there."""

from typing import Any

from sim.scenario.plan_control import (
    AgreementPlan,
    AlertsPlan,
    AntiEntropyPlan,
    ConsumerPlan,
    ControlPlan,
    MembershipPlan,
    RaisedPlan,
)
from sim.scenario.resolve_control import WATCHED
from sim.scenario.written_values import written_rate, written_variant
from sim.units import write_deviations, write_duration


def written_control(plan: ControlPlan) -> dict[str, Any]:
    """The blocks that there are, every default visible."""
    found = {
        "agreement": _agreement(plan.agreement) if plan.agreement else None,
        "alerts": _alerts(plan.alerts) if plan.alerts else None,
        "reads": [_consumer(one) for one in plan.reads],
        "membership": _membership(plan.membership) if plan.membership else None,
        "anti_entropy": _anti_entropy(plan.anti_entropy) if plan.anti_entropy else None,
    }
    return {key: block for key, block in found.items() if block}


def _agreement(plan: AgreementPlan) -> dict[str, Any]:
    return {
        "protocol": written_variant(plan.protocol),
        "f": plan.f,
        "certify": plan.certify,
        "service": write_duration(plan.service_ns),
        "sign": write_duration(plan.sign_ns),
        "verify": write_duration(plan.verify_ns),
        "rate": written_rate(plan.rate_bps),
        "tolerance": "none" if plan.tolerance is None else write_deviations(plan.tolerance),
    }


def _alerts(plan: AlertsPlan) -> dict[str, Any]:
    return {
        "expire": write_duration(plan.expire_ns),
        "resend": write_duration(plan.resend_ns),
        "gossip": write_duration(plan.gossip_ns),
        "raised": [_raised(one) for one in plan.raised],
    }


def _raised(plan: RaisedPlan) -> dict[str, Any]:
    written = {"by": plan.by, "at": write_duration(plan.at_ns)}
    if plan.retract_ns is not None:
        written["retract"] = write_duration(plan.retract_ns)
    return written


def _consumer(plan: ConsumerPlan) -> dict[str, Any]:
    return {
        "at": list(plan.at),
        "class": plan.what,
        "prefer": plan.prefer,
        "every": write_duration(plan.every_ns),
    }


def _membership(plan: MembershipPlan) -> dict[str, Any]:
    (watched,) = (word for word, tier in WATCHED.items() if tier == plan.watch)
    return {
        "detector": written_variant(plan.detector),
        "watch": watched,
        "rehome": plan.rehome,
    }


def _anti_entropy(plan: AntiEntropyPlan) -> dict[str, Any]:
    return {
        "method": written_variant(plan.method),
        "every": write_duration(plan.every_ns),
        "store": plan.store,
        "item": f"{plan.item_bytes}B",
    }
