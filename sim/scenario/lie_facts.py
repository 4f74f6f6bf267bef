"""What the lies of a plan, and the guards against them, amount to; and what is worth knowing."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from sim.scenario.feasible import floor_at
from sim.scenario.liars import candidates, chosen, false_shares, size
from sim.scenario.plan import AdversaryPlan, Plan, RulePlan
from sim.scenario.rule_checks import groups_of
from sim.scenario.selectors import tree_shape
from sim.stats.robust.needs import liars


@dataclass(frozen=True, slots=True)
class PartFacts:
    """An adversary in numbers."""

    path: str
    tier: str
    liars: int
    candidates: int


@dataclass(frozen=True, slots=True)
class GroupFacts:
    """A group of items that the rule is given, and how many liars in it the rule withstands."""

    name: str
    items: int
    tolerated: int


@dataclass(frozen=True, slots=True)
class LieFacts:
    """Lies and guards in numbers and remarks."""

    adversaries: tuple[PartFacts, ...]
    share: float
    """The most agents that make up values at a time, of all."""
    floor_sd: float
    """What no rule gets below at that share, in sd between agents."""
    groups: tuple[GroupFacts, ...]
    owners: int | None
    """The fewest agents that own the root of a nested rule, if they may choose their seats."""
    notes: tuple[str, ...]


def lie_facts(plan: Plan) -> LieFacts:
    """The facts of a plan's lies and guards."""
    rule, shape = plan.baseline.rule, tree_shape(plan)
    share = max((share for _, share in false_shares(plan)), default=0.0)
    groups = tuple(
        GroupFacts(group.name, group.items, liars(rule.f, group.items))
        for group in (groups_of(rule, shape) if rule.estimator else ())
    )
    return LieFacts(
        adversaries=tuple(
            PartFacts(
                one.path, shape.names[one.tier], chosen(one, shape), size(candidates(one, shape))
            )
            for one in plan.adversaries
        ),
        share=share,
        floor_sd=floor_at(share),
        groups=groups,
        owners=_owners(plan, groups),
        notes=tuple(_notes(plan, share, groups)),
    )


def _owners(plan: Plan, groups: tuple[GroupFacts, ...]) -> int | None:
    """One more than is withstood in one more than is withstood ... (tree theorem)."""
    if plan.baseline.rule.over != "nested" or not groups:
        return None
    smallest = [group for group in groups if not group.name.startswith("the largest")]
    return math.prod(group.tolerated + 1 for group in smallest)


def _notes(plan: Plan, share: float, groups: tuple[GroupFacts, ...]) -> Iterator[str]:
    rule = plan.baseline.rule
    yield from _about_rule(rule, share, groups)
    yield from _about_guards(plan)
    for adversary in plan.adversaries:
        yield from _about(plan, adversary)
    for threshold in plan.thresholds:
        if threshold.infeasible:
            yield f"thresholds.{threshold.metric} is infeasible: {threshold.infeasible}"


def _about_rule(rule: RulePlan, share: float, groups: tuple[GroupFacts, ...]) -> Iterator[str]:
    if rule.estimator is None:
        if share > 0:
            yield "the mean withstands nobody: a single liar moves it as far as it likes"
        return
    if share > rule.f:
        yield (
            f"{share * 100:.4g} % of the agents lie at a time, the rule is set against "
            f"{rule.f * 100:.4g} %"
        )
    for group in groups:
        if group.tolerated == 0 and rule.f > 0:
            yield f"{group.name} has {group.items} items, of which {rule.f * 100:.4g} % is nobody"


def _about_guards(plan: Plan) -> Iterator[str]:
    attest, evidence = plan.attest, plan.evidence
    if attest is not None and not (attest.watchers or attest.audits or attest.agents_check):
        yield "nobody checks what aggregators commit to: watchers, audits and agents_check are off"
    if evidence is not None:
        smallest = plan.tiers[0].count // plan.tiers[1].count
        if evidence.f > 0 and liars(evidence.f, smallest) == 0:
            share = f"{evidence.f * 100:.4g} %"
            yield f"evidence: {share} of the smallest local, with {smallest} agents, is nobody"


def _about(plan: Plan, adversary: AdversaryPlan) -> Iterator[str]:
    is_routed = plan.routing is not None and adversary.tier == 0
    costs_time = any(tier.ingress_ns for tier in plan.tiers) or is_routed
    if adversary.kind == "importance_flood" and not costs_time:
        yield f"{adversary.path}: without tree.ingress copies cost their receivers no time"
    if adversary.kind == "sybil" and plan.registry.admission == "one_per_owner":
        each = adversary.options["identities"]
        yield f"{adversary.path}: of {each} identities of an owner only one is admitted"
