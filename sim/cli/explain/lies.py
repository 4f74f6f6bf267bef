"""What ``sim explain`` says about lies: who lies, and what stands against it."""

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from sim.units import write_deviations, write_duration

if TYPE_CHECKING:
    from sim.scenario.lie_facts import LieFacts, PartFacts
    from sim.scenario.plan import AdversaryPlan, AttestPlan, EvidencePlan, Plan, RulePlan


def has_lies(plan: "Plan") -> bool:
    """Whether a plan has liars, or anything against them."""
    guards = (plan.baseline.rule.estimator, plan.attest, plan.evidence, plan.reseat_ns)
    return bool(plan.adversaries) or any(guard is not None for guard in guards)


def who_lies(adversary: "AdversaryPlan", part: "PartFacts") -> str:
    """``200 of 1,000 agents, random, know all``."""
    few = part.liars == 1
    where = f"{part.liars:,} of {part.candidates:,} {part.tier}" + ("" if few else "s")
    if part.liars == part.candidates:
        where = " ".join(adversary.nodes)
    below = f" below {' '.join(adversary.under)}" if adversary.under else ""
    placed = "" if part.liars == part.candidates else f", {adversary.placement}"
    return f"{where}{below}{placed}, {_KNOWN[adversary.knows]}"


_KNOWN: Final = {
    "own": "seeing only what is theirs",
    "group": "seeing their group",
    "all": "seeing all correct agents",
}


def about_lies(plan: "Plan", facts: "LieFacts") -> Iterator[str]:
    """A sentence for each guard, and what no guard can do."""
    if facts.share:
        floor = "no rule helps"
        if math.isfinite(facts.floor_sd):
            floor = f"no rule is better than {facts.floor_sd:.4g} sd"
        yield f"up to {facts.share * 100:.4g} % of the agents make up values: {floor}"
    yield from _rule(plan.baseline.rule, facts)
    if facts.owners is not None:
        yield (
            f"tier by tier it is owned by {facts.owners:,} agents in the right places, "
            f"{facts.owners / plan.agents.count * 100:.3g} %"
        )
    if plan.reseat_ns is not None:
        yield f"all agents are dealt anew to the locals every {write_duration(plan.reseat_ns)}"
    if plan.attest is not None:
        yield _attest(plan.attest, plan)
    if plan.evidence is not None:
        yield _evidence(plan.evidence)


def _rule(rule: "RulePlan", facts: "LieFacts") -> Iterator[str]:
    if rule.estimator is None:
        return
    groups = ", ".join(f"{one.tolerated} of {one.items} in {one.name}" for one in facts.groups)
    mixed = " of mixed items" if rule.estimator.options["mix"] else ""
    yield (
        f"{rule.kind} by {rule.estimator.kind}{mixed}, withstands {groups}; digests are sent "
        f"{write_duration(rule.lead_ns)} before a publication"
    )


def _attest(attest: "AttestPlan", plan: "Plan") -> str:
    aggregators = sum(tier.count for tier in plan.tiers[1:])
    audits = f", an auditor checks {attest.audits} children of each" if attest.audits else ""
    return (
        f"every {write_duration(attest.every_ns)} the tree commits to its sums, "
        f"{write_duration(attest.step_ns)} a hop; {attest.watchers} agents watch each of "
        f"{aggregators:,} aggregators{audits}"
    )


def _evidence(evidence: "EvidencePlan") -> str:
    return (
        f"evidence for a shift of {write_deviations(evidence.effect)}: alarm from "
        f"{evidence.threshold:g} nats, whatever {evidence.f * 100:.4g} % of each local say"
    )
