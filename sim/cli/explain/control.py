"""What ``sim explain`` says about the control plane: a sentence or two for each block."""

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from sim.units import format_count, format_duration, format_size, write_duration

if TYPE_CHECKING:
    from sim.scenario.committee_facts import CommitteeFacts
    from sim.scenario.control_facts import AgreementFacts, DetectorFacts, SyncFacts
    from sim.scenario.plan import Plan
    from sim.scenario.plan_control import (
        AgreementPlan,
        AlertsPlan,
        AntiEntropyPlan,
        ConsumerPlan,
        MembershipPlan,
    )


def about_control(plan: "Plan") -> Iterator[str]:
    """Whatever of it there is, the committee first."""
    from sim.scenario.control_facts import control_facts

    facts = control_facts(plan)
    assert facts is not None, "a plan with a control plane has facts about it"
    control, committee = plan.control, facts.committee
    if committee is not None:
        yield _committee(committee)
        yield from _liars(plan)
    if control.agreement is not None and facts.agreement is not None:
        yield _agreement(control.agreement, facts.agreement)
    if control.alerts is not None and committee is not None:
        yield from _alerts(control.alerts, committee)
    for consumer in control.reads:
        yield _reader(consumer)
    if control.membership is not None and facts.detector is not None:
        yield from _membership(plan, control.membership, facts.detector)
    if control.anti_entropy is not None and facts.anti_entropy is not None:
        yield from _anti_entropy(control.anti_entropy, facts.anti_entropy)


def _committee(committee: "CommitteeFacts") -> str:
    seats = ", ".join(f"{site} {count}" for site, count in Counter(committee.sites).items())
    return (
        f"committee: {committee.n} replicas of the root ({seats}), {committee.f} may lie, a quorum "
        f"is {committee.quorum}; {format_duration(committee.one_way_ns)} one way between the two "
        "that are farthest apart"
    )


def _liars(plan: "Plan") -> Iterator[str]:
    """Who lies among the replicas, how, and when."""
    from sim.scenario.members import candidates, chosen
    from sim.scenario.selectors import tree_shape

    shape = tree_shape(plan)
    for liar in plan.control.liars:
        who, among = " ".join(liar.nodes), len(candidates(liar, shape))
        if (count := chosen(liar, shape)) < among:
            who = f"{count} of {among} in {who}, drawn once a run,"
        until = "" if liar.until_ns is None else f" until {write_duration(liar.until_ns)}"
        yield f"lies among replicas: {who} {liar.kind}, from {write_duration(liar.at_ns)}{until}"


def _agreement(plan: "AgreementPlan", facts: "AgreementFacts") -> str:
    if not facts.delays:
        return (
            f"agreement: {facts.kind}, consensus-free; every replica publishes what it knows, and "
            "waits for nobody"
        )
    rounds = f" in {facts.rounds} rounds" if facts.rounds > 1 else ""
    words = (
        f"agreement: {facts.kind}, {facts.messages:,} messages a decision{rounds}, "
        f"{facts.delays} delays one after the other, up to {format_duration(facts.latency_ns)}"
    )
    if facts.crypto_ns:
        words += f", and {format_duration(facts.crypto_ns)} for the signatures of a certificate"
    if plan.service_ns:
        words += f"; taking in a message costs {write_duration(plan.service_ns)}"
    return words


def _alerts(alerts: "AlertsPlan", committee: "CommitteeFacts") -> Iterator[str]:
    yield (
        f"alerts: provisional for {write_duration(alerts.expire_ns)} at most, committed by "
        f"{committee.quorum} of {committee.n}, raised again every "
        f"{write_duration(alerts.resend_ns)} until then"
    )
    for one in alerts.raised:
        back = "" if one.retract_ns is None else f", taken back at {write_duration(one.retract_ns)}"
        yield f"alert: {one.by} raises one at {write_duration(one.at_ns)}{back}"


def _reader(consumer: "ConsumerPlan") -> str:
    return (
        f"readers: {' '.join(consumer.at)}, class {consumer.what} every "
        f"{write_duration(consumer.every_ns)}, {_PREFERRED[consumer.prefer]}"
    )


_PREFERRED: Final = {
    "availability": "always an answer, with its age",
    "consistency": "a certified answer within the bound, or none",
}


def _membership(
    plan: "Plan", membership: "MembershipPlan", facts: "DetectorFacts"
) -> Iterator[str]:
    name = plan.tiers[membership.watch].name
    parent = plan.tiers[membership.watch + 1].name
    who = "by the root" if parent == "root" else f"each by its {parent}"
    if facts.kind == "swim":
        who = "by each other"
    words = (
        f"detector: {facts.kind}, {facts.watched:,} {name}s watched {who}; a crash is suspected "
        f"after {format_duration(facts.suspected_ns)} on average, and the delay of the network"
    )
    if facts.confirmed_ns:
        words += f", and counts {format_duration(facts.confirmed_ns)} later at the earliest"
    if facts.false_per_h:
        words += f"; a node that is well is suspected {facts.false_per_h:.3g} times an hour"
    yield words
    if membership.rehome:
        yield (
            f"agents below a {name} that failed are taken over by its siblings, "
            "once the replicas have agreed on it"
        )


def _anti_entropy(plan: "AntiEntropyPlan", facts: "SyncFacts") -> Iterator[str]:
    yield (
        f"anti-entropy: {facts.method} every {write_duration(plan.every_ns)}; "
        f"{format_size(facts.idle_bytes_per_s)} a second while nothing differs"
    )
    if not facts.partition_ns:
        return
    trips = format_count(facts.round_trips, "round trip")
    yield (
        f"after a partition of {write_duration(facts.partition_ns)} a replica lacks at most "
        f"{facts.missing:,} of {facts.items:,} items, {format_size(facts.missing_bytes)}: "
        f"{format_size(facts.bytes)} and {trips} find them, and they are there "
        f"{format_duration(facts.recovery_ns_min)} to {format_duration(facts.recovery_ns_max)} "
        "after the heal"
    )
