"""The parsed blocks about the control plane turned into their part of a `Plan`.

Nothing is checked here.
"""

from collections.abc import Sequence

from sim.protocol.agreement.registry import PROTOCOLS
from sim.protocol.committee import most_liars
from sim.scenario.members import member_liars
from sim.scenario.plan_control import (
    AgreementPlan,
    AlertsPlan,
    AntiEntropyPlan,
    ConsumerPlan,
    ControlPlan,
    MembershipPlan,
    RaisedPlan,
)
from sim.scenario.schema import control
from sim.scenario.schema.scenario import Scenario
from sim.scenario.variants import variant

WATCHED = {"locals": 1, "regionals": 2}
"""Tiers by the words for them."""


def resolve_control(scenario: Scenario, replicas: int) -> ControlPlan:
    """The control plane of a scenario whose root has so many replicas."""
    needs_committee = replicas > 1 or scenario.alerts is not None
    return ControlPlan(
        agreement=_agreement(scenario.agreement, replicas) if needs_committee else None,
        alerts=_alerts(scenario.alerts),
        reads=_reads(scenario.reads),
        membership=_membership(scenario.membership),
        anti_entropy=_anti_entropy(scenario.anti_entropy),
        liars=member_liars(scenario.adversaries) if replicas > 1 else (),
    )


def most_tolerated(kind: str, members: int) -> int:
    """The largest f of so many members with a protocol.

    Its committee keeps n > 3f even where the protocol alone would need less: quorums sign alerts
    and certificates whatever it is that is signed.
    """
    return min(most_liars(members), PROTOCOLS[kind].most_liars(members))


def _agreement(block: control.Agreement | None, replicas: int) -> AgreementPlan:
    """Replicas agree on something also where the scenario does not say how."""
    block = control.Agreement() if block is None else block
    return AgreementPlan(
        protocol=variant(block.protocol),
        f=most_tolerated(block.protocol.kind, replicas) if block.f is None else block.f,
        certify=block.certify,
        service_ns=block.service,
        sign_ns=block.sign,
        verify_ns=block.verify,
        rate_bps=block.rate,
        tolerance=block.tolerance,
    )


def _alerts(block: control.Alerts | None) -> AlertsPlan | None:
    if block is None:
        return None
    raised = tuple(
        RaisedPlan(one.at, one.by, one.retract, f"alerts.raised[{number}]")
        for number, one in enumerate(block.raised)
    )
    return AlertsPlan(block.expire, block.resend, block.gossip, raised)


def _reads(blocks: Sequence[control.Consumer]) -> tuple[ConsumerPlan, ...]:
    return tuple(
        ConsumerPlan(tuple(one.at), one.what, one.prefer, one.every, f"reads[{number}]")
        for number, one in enumerate(blocks)
    )


def _membership(block: control.Membership | None) -> MembershipPlan | None:
    if block is None:
        return None
    return MembershipPlan(variant(block.detector), WATCHED[block.watch], block.rehome)


def _anti_entropy(block: control.AntiEntropy | None) -> AntiEntropyPlan | None:
    if block is None:
        return None
    return AntiEntropyPlan(variant(block.method), block.every, block.store, block.item)
