"""What a scenario may say and its author may not have meant: told with its place, never refused.

Timeouts that nobody can keep, committees that one lost site stops, readers who ask for what nobody
signs. What partitions do to committees and to bounds on age is in `partition_advice`. Numbers come
from shortest paths without jitter, so a timeout just above them is still a bold one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from sim.protocol.agreement.registry import PROTOCOLS
from sim.protocol.alerts.domains import DOMAINS_NEEDED
from sim.scenario.committee_checks import uses_quorums
from sim.scenario.committee_facts import CommitteeFacts, can_certify, committee_facts
from sim.scenario.control_facts import AgreementFacts, agreement_facts
from sim.scenario.document import Path
from sim.scenario.facts import site_graph
from sim.scenario.members import candidates, chosen
from sim.scenario.mute import entry_number
from sim.scenario.overrides import parse_path
from sim.scenario.partition_advice import about_bounds, about_quorums
from sim.scenario.plan import FaultPlan, Plan
from sim.scenario.plan_control import AgreementPlan
from sim.scenario.remark import Remark
from sim.scenario.selectors import ranges, tree_shape
from sim.scenario.ways import Ways
from sim.units import format_count, format_duration, write_duration


@dataclass(frozen=True, slots=True)
class _Subject:
    """A plan without mistakes, and what is known of it."""

    plan: Plan
    ways: Ways
    committee: CommitteeFacts | None


def about_control(plan: Plan) -> Iterator[Remark]:
    """Remarks on the control plane of a plan without mistakes; without one they cost nothing."""
    if plan.control.is_empty:
        return
    ways = Ways(site_graph(plan))
    subject = _Subject(plan, ways, committee_facts(plan, ways))
    for about in (
        _protocol,
        _alerts,
        _detector,
        _comparing,
        _domains,
        _uncertified,
        _forgetful,
        _lying,
        _partitions,
    ):
        yield from about(subject)


def _protocol(subject: _Subject) -> Iterator[Remark]:
    """Timeouts of the agreement, against the slowest way between two replicas."""
    agreement, committee = subject.plan.control.agreement, subject.committee
    if agreement is None or committee is None:
        return
    kind, options = agreement.protocol.kind, agreement.protocol.options
    if PROTOCOLS[kind].author == "leader":
        yield from _consensus(
            agreement, committee, agreement_facts(subject.plan, agreement, committee)
        )
    one_way_ns = committee.one_way_ns + agreement.service_ns
    if kind == "approximate" and options["round_ns"] < one_way_ns:
        problem = (
            f"a message between two replicas takes up to {format_duration(one_way_ns)}: what comes "
            f"after {write_duration(options['round_ns'])} does not count in its round"
        )
        yield ("agreement", "protocol", "round"), problem, "the protocol counts on longer rounds"


def _trip(committee: CommitteeFacts) -> str:
    return f"slowest round trip between replicas {format_duration(committee.round_trip_ns)}"


def _consensus(
    agreement: AgreementPlan, committee: CommitteeFacts, facts: AgreementFacts
) -> Iterator[Remark]:
    """Messages on their way, what machines do with them, and the signatures of a certificate."""
    delays, timeout_ns = PROTOCOLS[facts.kind].delays, agreement.protocol.options["timeout_ns"]
    work_ns = facts.crypto_ns + delays * agreement.service_ns
    needed_ns = delays * committee.one_way_ns + work_ns
    if timeout_ns >= needed_ns:
        return
    work = f", signatures and service {format_duration(work_ns)}" if work_ns else ""
    problem = (
        f"{facts.kind} decides after {delays} message delays, here up to "
        f"{format_duration(needed_ns)} ({_trip(committee)}{work}): after "
        f"{write_duration(timeout_ns)} it gives up leaders that are well"
    )
    hint = f"say more than {format_duration(needed_ns)}; it doubles with every view in vain"
    yield ("agreement", "protocol", "timeout"), problem, hint


def _alerts(subject: _Subject) -> Iterator[Remark]:
    alerts, committee = subject.plan.control.alerts, subject.committee
    if alerts is None or committee is None:
        return
    if alerts.expire_ns <= committee.round_trip_ns:
        problem = f"{_trip(committee)}: an alert expires before a quorum can have signed it"
        yield ("alerts", "expire"), problem, ""
    if alerts.resend_ns <= committee.round_trip_ns:
        problem = f"{_trip(committee)}: every alert is raised again before it can be committed"
        yield ("alerts", "resend"), problem, ""


def _detector(subject: _Subject) -> Iterator[Remark]:
    """Timeouts of failure detectors, against the slowest way between any two sites."""
    membership = subject.plan.control.membership
    if membership is None or "timeout_ns" not in membership.detector.options:
        return
    from sim.protocol.membership.registry import timeout_floor_ns

    kind, options = membership.detector.kind, membership.detector.options
    trip_ns = 2 * subject.ways.slowest_ns()
    floor_ns = timeout_floor_ns(kind, trip_ns, options["period_ns"])
    if options["timeout_ns"] > floor_ns:
        return
    timeout, trip = write_duration(options["timeout_ns"]), format_duration(trip_ns)
    late = f"an answer takes up to {trip}"
    if kind != "swim":
        period = write_duration(options["period_ns"])
        late = f"a heartbeat comes once every {period}, and up to {trip} late"
    problem = f"{late}, the slowest round trip: after {timeout} nodes are suspected that are well"
    yield (
        ("membership", "detector", "timeout"),
        problem,
        f"say more than {format_duration(floor_ns)}",
    )


def _comparing(subject: _Subject) -> Iterator[Remark]:
    anti_entropy, committee = subject.plan.control.anti_entropy, subject.committee
    if anti_entropy is None or committee is None:
        return
    if anti_entropy.every_ns <= committee.round_trip_ns:
        problem = f"{_trip(committee)}: the next comparison begins before the last has an answer"
        yield ("anti_entropy", "every"), problem, ""


def _domains(subject: _Subject) -> Iterator[Remark]:
    """A committee that stops with one site, or sits at too few."""
    committee = subject.committee
    if committee is None or not uses_quorums(subject.plan.control):
        return
    seats = committee.spread
    if seats.spans_enough and seats.survives_any:
        return
    where = ", ".join(f"{site} {count}" for site, count in seats.members)
    count = len(seats.members)
    problem = f"{committee.n} replicas at {format_count(count, 'site')} ({where})"
    if seats.fatal:
        without = " or ".join(seats.fatal)
        problem += f": without {without} there is no quorum, {seats.quorum} of {seats.n}"
    else:
        problem += f": it takes {DOMAINS_NEEDED} to tolerate one that lies and still be a quorum"
    replicas = subject.plan.replicas
    is_written = replicas is not None and replicas.sites is not None
    path: Path = ("tree", "replica_sites" if is_written else "replicas")
    yield path, problem, f"spread them over {DOMAINS_NEEDED} sites or more, evenly"


def _uncertified(subject: _Subject) -> Iterator[Remark]:
    """Readers who accept only certified answers, where nothing is certified."""
    agreement = subject.plan.control.agreement
    if subject.committee is None or agreement is None:
        return  # What a single root says is all that there is.
    certifies = "" if can_certify(subject.plan) else f"{agreement.protocol.kind} certifies nothing"
    for number, consumer in enumerate(subject.plan.control.reads):
        why = certifies or _NOBODY_VOUCHES if consumer.what == "anomaly" else certifies
        if consumer.prefer == "consistency" and consumer.what != "alert" and why:
            problem = f"only certified answers count, and {why}: never an answer"
            hint = "say prefer: availability"
            if consumer.what == "baseline":
                hint = "say agreement: {protocol: pbft, certify: true}, or prefer: availability"
            yield ("reads", number, "prefer"), problem, hint


_NOBODY_VOUCHES: Final = "nobody vouches for what one replica knows right now"


def _forgetful(subject: _Subject) -> Iterator[Remark]:
    """More replicas that come back with nothing than may lie: who forgot a vote may vote twice."""
    plan, committee = subject.plan, subject.committee
    if committee is None or not uses_quorums(plan.control):
        return
    forgetful = _forgetters(plan, committee)
    if len(forgetful) > committee.f:
        names, count = ", ".join(sorted(forgetful)), len(forgetful)
        problem = (
            f"{count} replicas start again without what they knew ({names}), together or not, "
            f"and each counts as a liar: {count} > f = {committee.f}"
        )
        first_too_many = list(forgetful.values())[committee.f]
        path: Path = ("faults", first_too_many, "durable")
        yield path, problem, "say durable: true, or have more replicas"


def _lying(subject: _Subject) -> Iterator[Remark]:
    """More replicas that lie, or lie and forget, than may: a legitimate experiment, if meant."""
    plan, committee = subject.plan, subject.committee
    if committee is None or not plan.control.liars or not uses_quorums(plan.control):
        return
    shape, liars, named = tree_shape(plan), 0, set[str]()
    path: Path = ()
    for entry in plan.control.liars:
        if liars <= committee.f:
            path = (*parse_path(entry.path), "where")
        liars += chosen(entry, shape)
        named |= {committee.names[replica] for replica in candidates(entry, shape)}
    forgetful = [name for name in _forgetters(plan, committee) if name not in named]
    if liars + len(forgetful) > committee.f:
        lie = f"{liars} replica{'s lie' if liars > 1 else ' lies'}"
        forget = "forgets what it knew" if len(forgetful) == 1 else "forget what they knew"
        also = f", {len(forgetful)} more {forget} ({', '.join(sorted(forgetful))})"
        problem = f"{lie}{also if forgetful else ''} and f = {committee.f}: nothing is promised"
        yield path, problem, "say fewer, or have more replicas"


def _forgetters(plan: Plan, committee: CommitteeFacts) -> dict[str, int]:
    """Replicas that come back with nothing, each with the first fault after which it does."""
    found: dict[str, int] = {}
    for fault in plan.faults:
        for name in _forgetting(fault, plan, committee):
            found.setdefault(name, entry_number(fault))
    return found


def _forgetting(fault: FaultPlan, plan: Plan, committee: CommitteeFacts) -> list[str]:
    """Replicas of the root that a fault makes forget; who never starts again does no harm."""
    until_ns = plan.duration_ns if fault.until_ns is None else fault.until_ns
    if fault.kind != "crash" or fault.options["durable"] or until_ns >= plan.duration_ns:
        return []
    shape = tree_shape(plan)
    selected = [(text, ranges(text, shape) or {}) for text in fault.options["nodes"]]
    return [
        name
        for replica, (name, site) in enumerate(zip(committee.names, committee.sites, strict=True))
        if any(
            shape.row(shape.top, replica) in rows or text == f"site:{site}"
            for text, rows in selected
        )
    ]


def _partitions(subject: _Subject) -> Iterator[Remark]:
    plan, committee = subject.plan, subject.committee
    if committee is not None and uses_quorums(plan.control):
        yield from about_quorums(plan, committee)
    yield from about_bounds(plan)
