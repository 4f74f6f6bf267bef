"""What a control plane amounts to before it runs: messages, delays, detection, recovery.

Formulas are those of the registries: message counts of the good case, delays times the slowest way
between two replicas, detection without jitter, anti-entropy after the longest partition at worst.
"""

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import Final

from sim.protocol.agreement.combine import contraction
from sim.protocol.agreement.registry import PROTOCOLS
from sim.protocol.agreement.settings import rounds_for
from sim.scenario.committee_facts import CommitteeFacts, can_certify, committee_facts
from sim.scenario.facts import site_graph
from sim.scenario.plan import Plan, Variant
from sim.scenario.plan_control import AgreementPlan
from sim.scenario.ways import Ways
from sim.units import NS_PER_S


@dataclass(frozen=True, slots=True)
class AgreementFacts:
    """A decision in numbers; `rounds` is 1 for all that does not average."""

    kind: str
    rounds: int
    messages: int
    """Of one decision in the good case, those that certify it included."""
    delays: int
    """One after the other, until everybody has decided."""
    latency_ns: int
    """Those delays, each the slowest between two replicas."""
    crypto_ns: int
    """Making a signature and checking those of a quorum, once; 0 where nothing is certified."""


@dataclass(frozen=True, slots=True)
class DetectorFacts:
    """What a crash of a watched node costs in time; delays of the network come on top."""

    kind: str
    watched: int
    siblings: int
    """The smallest group of them under one parent."""
    suspected_ns: int
    """From a crash to the first suspicion, on average."""
    confirmed_ns: int
    """From the suspicion until it counts, at the earliest."""
    false_per_h: float
    """Suspicions an hour of a node that is well, for want of heartbeats that were lost."""


@dataclass(frozen=True, slots=True)
class SyncFacts:
    """Anti-entropy between two replicas after the longest partition, at worst."""

    method: str
    partition_ns: int
    items: int
    """How many each of the two holds then."""
    missing: int
    """How many of them one of the two lacks, if it heard nobody meanwhile."""
    bytes: int
    """Until it is known which."""
    round_trips: int
    idle_bytes_per_s: float
    """Of all pairs, while nothing differs."""
    missing_bytes: int
    """What one of the two lacks."""
    recovery_ns_min: int
    recovery_ns_max: int
    """From the heal until it is there, and has gone up the tree once."""


@dataclass(frozen=True, slots=True)
class ControlFacts:
    """The control plane of a plan in numbers."""

    committee: CommitteeFacts | None
    agreement: AgreementFacts | None
    detector: DetectorFacts | None
    anti_entropy: SyncFacts | None


def control_facts(plan: Plan) -> ControlFacts | None:
    """None for a plan without a control plane. Raises InputError if there is no topology."""
    if plan.control.is_empty:
        return None
    ways = Ways(site_graph(plan))
    committee, agreement = committee_facts(plan, ways), plan.control.agreement
    return ControlFacts(
        committee=committee,
        agreement=agreement_facts(plan, agreement, committee) if agreement and committee else None,
        detector=_detector(plan),
        anti_entropy=_anti_entropy(plan, committee, ways) if committee else None,
    )


# Agreement


def agreement_facts(
    plan: Plan, agreement: AgreementPlan, committee: CommitteeFacts
) -> AgreementFacts:
    """Of a decision between these, in the good case."""
    kind, n = agreement.protocol.kind, committee.n
    protocol = PROTOCOLS[kind]
    if protocol.author == "itself":
        return AgreementFacts(kind, 1, 0, 0, 0, 0)
    rounds = _rounds(agreement.protocol, n, committee.f)
    certified = can_certify(plan)
    vouches = certified and not protocol.has_certificate
    delays = protocol.delays * rounds + vouches
    signatures_ns = agreement.sign_ns + committee.quorum * agreement.verify_ns
    return AgreementFacts(
        kind=kind,
        rounds=rounds,
        messages=protocol.messages(n) * rounds + vouches * n * (n - 1),
        delays=delays,
        latency_ns=delays * committee.one_way_ns,
        crypto_ns=signatures_ns if certified else 0,
    )


def _rounds(protocol: Variant, n: int, f: int) -> int:
    """Rounds of averaging; the asynchronous protocol halves the spread whatever the rule."""
    if not PROTOCOLS[protocol.kind].in_rounds:
        return 1
    options, halves = protocol.options, 0.5
    left = halves if protocol.kind == "witness" else contraction(options["rule"], n, f)
    return rounds_for(options["spread"], options["epsilon"], left)


# Detection


def _detector(plan: Plan) -> DetectorFacts | None:
    membership = plan.control.membership
    if membership is None:
        return None
    tier, detector = membership.watch, membership.detector
    watched, parents = plan.tiers[tier].count, plan.tiers[tier + 1].count
    siblings, period_ns = watched // parents, detector.options["period_ns"]
    confirmed_ns, false_per_h = 0, 0.0
    if detector.kind == "swim":
        from sim.protocol.membership.suspicion import shortest_suspicion_ns

        silence_ns = _until_probed(siblings) * period_ns + detector.options["timeout_ns"]
        factor = detector.options["suspicion"]
        confirmed_ns = shortest_suspicion_ns(siblings, period_ns, factor)
    else:
        # At the crash the last heartbeat was sent half a period ago on average.
        silence_ns = _silence_ns(detector) - period_ns / 2
        false_per_h = _lost_in_a_row(plan, detector)
    return DetectorFacts(
        detector.kind, watched, siblings, round(silence_ns), confirmed_ns, false_per_h
    )


def _until_probed(members: int) -> float:
    """Mean number of periods until somebody probes a given one of so many (Das et al. 2002)."""
    others = members - 1
    return 1 / (1 - (1 - 1 / others) ** others)


def _silence_ns(detector: Variant) -> float:
    """How long after the last heartbeat one is suspected, if they came regularly."""
    options = detector.options
    if detector.kind == "heartbeat":
        return float(options["timeout_ns"])
    if options["law"] == "exponential":
        return float(options["threshold"] * math.log(10) * options["period_ns"])
    sd_ns = options["period_ns"] / _SD_SHARE
    return float(options["period_ns"] - sd_ns * NormalDist().inv_cdf(10.0 ** -options["threshold"]))


_SD_SHARE: Final = 10
"""The least standard deviation that the normal law goes by, as a share of the period."""
_HOUR_NS: Final = 3600 * NS_PER_S


def _lost_in_a_row(plan: Plan, detector: Variant) -> float:
    """So many heartbeats lost in a row that a fixed timeout runs out, an hour (theory: q^k)."""
    loss = plan.topology.loss
    if detector.kind != "heartbeat" or loss.kind != "independent":
        return 0.0
    period_ns = detector.options["period_ns"]
    missed = detector.options["timeout_ns"] // period_ns
    return float(loss.options["share"] ** missed * _HOUR_NS / period_ns)


# Anti-entropy


def _anti_entropy(plan: Plan, committee: CommitteeFacts, ways: Ways) -> SyncFacts | None:
    block = plan.control.anti_entropy
    if block is None:
        return None
    from sim.protocol.antientropy.comparison import Options
    from sim.protocol.antientropy.costs import comparison_cost
    from sim.protocol.antientropy.prediction import missing_items, recovery_bounds

    keys, period_ns = plan.agents.count, plan.baseline.pane_ns
    partition_ns, heal_ns = longest_partition_ns(plan)
    missing = missing_items(partition_ns, period_ns, keys, flavour=block.store)
    is_log = block.store == "log"
    items = keys * (heal_ns // period_ns) if is_log else keys
    # There is an item of each agent and closed pane. A newer version of one is an item that the one
    # replica has, and takes the place of an item that only the other has.
    differences = missing if is_log else 2 * missing
    options = Options(block.method.kind, block.every_ns, **block.method.options)
    size = {"item_bytes": block.item_bytes}
    cost = comparison_cost(block.method.kind, items, differences, options, **size)
    idle = comparison_cost(block.method.kind, items, 0, options, **size)
    pairs = committee.n * (committee.n - 1)
    bounds = recovery_bounds(
        block.every_ns,
        committee.round_trip_ns,
        cost.round_trips + (block.method.kind != "full"),
        missing * block.item_bytes,
        _rate(plan),
        _pipeline_ns(plan, ways),
    )
    return SyncFacts(
        method=block.method.kind,
        partition_ns=partition_ns,
        items=items,
        missing=missing,
        bytes=cost.bytes,
        round_trips=cost.round_trips,
        idle_bytes_per_s=pairs * idle.bytes * NS_PER_S / block.every_ns,
        missing_bytes=missing * block.item_bytes,
        recovery_ns_min=bounds.lower_ns,
        recovery_ns_max=bounds.upper_ns,
    )


def longest_partition_ns(plan: Plan) -> tuple[int, int]:
    """How long the longest partition that heals lasts, and when it does; (0, 0) without any."""
    spans = [
        (fault.until_ns - fault.at_ns, fault.until_ns)
        for fault in plan.faults
        if fault.kind == "partition" and fault.until_ns is not None
    ]
    return max(spans, default=(0, 0))


def _rate(plan: Plan) -> float:
    agreement = plan.control.agreement
    rate_bps = None if agreement is None else agreement.rate_bps
    return math.inf if rate_bps is None else float(rate_bps)


def _pipeline_ns(plan: Plan, ways: Ways) -> int:
    """Period and delay of every tier below the root, at most."""
    hops = plan.tiers[:-1]
    return sum(tier.period_ns for tier in hops) + len(hops) * ways.slowest_ns()
