"""The blocks about lies written back: adversaries, the registry, the baseline's rule, attestation.

Without any of them the text is as if nobody had thought of them.
"""

from collections.abc import Sequence
from typing import Any

from sim.scenario.plan import (
    AdversaryPlan,
    AttestPlan,
    EvidencePlan,
    Plan,
    RegistryPlan,
    RulePlan,
)
from sim.scenario.plan_control import LiarPlan
from sim.scenario.written_values import written_options, written_variant
from sim.units import write_deviations, write_duration, write_share


def written_lies(plan: Plan) -> dict[str, Any]:
    """What is there about lies; without any the text is as if nobody had thought of them."""
    registry = {"refuse": plan.registry.refuse, "admission": plan.registry.admission}
    liars: list[AdversaryPlan | LiarPlan] = [*plan.adversaries, *plan.control.liars]
    liars += [*plan.muted.adversaries, *plan.muted.liars]
    found = {
        "adversaries": _adversaries(liars),
        "registry": registry if plan.registry != RegistryPlan(True, "open") else None,
        "attest": _attest(plan.attest) if plan.attest else None,
        "evidence": _evidence(plan.evidence) if plan.evidence else None,
    }
    return {key: block for key, block in found.items() if block}


def written_rule(rule: RulePlan) -> dict[str, Any]:
    """A rule that has an estimator, which every one but the mean has."""
    assert rule.estimator is not None, "every rule but the mean has an estimator"
    return {
        "kind": rule.kind,
        "estimator": written_variant(rule.estimator),
        "f": write_share(rule.f),
        "over": rule.over,
        "sample": rule.sample,
        "accuracy": write_share(rule.accuracy),
        "lead": write_duration(rule.lead_ns),
        **(_guard(rule) if rule.kind == "guarded_mean" else {}),
        "quorum": rule.quorum,
    }


def _guard(rule: RulePlan) -> dict[str, Any]:
    return {
        "false_alerts": write_share(rule.false_alerts),
        "let_through": write_share(rule.let_through),
    }


def _adversaries(liars: Sequence[AdversaryPlan | LiarPlan]) -> list[dict[str, Any]]:
    """Each at its place in the file: what is drawn for an adversary depends on it."""
    written: list[dict[str, Any]] = []
    for adversary in sorted(liars, key=lambda one: int(one.path[len("adversaries[") : -1])):
        while adversary.path != f"adversaries[{len(written)}]":
            written.append({"where": ["agents"], "share": "0%", "kind": "silence"})
        written.append(_adversary(adversary))
    return written


def _adversary(adversary: AdversaryPlan | LiarPlan) -> dict[str, Any]:
    written = {
        "where": list(adversary.nodes),
        **(_under(adversary) if isinstance(adversary, AdversaryPlan) else {}),
        "share": write_share(adversary.share),
        **({} if adversary.budget is None else {"budget": adversary.budget}),
        "kind": adversary.kind,
        **written_options(adversary.options),
        **(_in_reports(adversary) if isinstance(adversary, AdversaryPlan) else {}),
        "from": write_duration(adversary.at_ns),
    }
    if adversary.until_ns is not None:
        written["until"] = write_duration(adversary.until_ns)
    return written


def _under(adversary: AdversaryPlan) -> dict[str, Any]:
    return {"under": list(adversary.under)} if adversary.under else {}


def _in_reports(adversary: AdversaryPlan) -> dict[str, Any]:
    """What is said only of those who lie in their reports."""
    return {
        "placement": adversary.placement,
        "knows": adversary.knows,
        "group": adversary.group,
    }


def _attest(attest: AttestPlan) -> dict[str, Any]:
    return {
        "every": write_duration(attest.every_ns),
        "step": write_duration(attest.step_ns),
        "watchers": attest.watchers,
        "audits": attest.audits,
        "agents_check": attest.agents_check,
        "replace": attest.replace,
        "replace_after": write_duration(attest.replace_ns),
    }


def _evidence(evidence: EvidencePlan) -> dict[str, Any]:
    return {
        "effect": write_deviations(evidence.effect),
        "threshold": evidence.threshold,
        "f": write_share(evidence.f),
        "cap": "none" if evidence.cap is None else evidence.cap,
    }
