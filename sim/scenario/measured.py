"""Which metrics of the catalogue a run of a plan has.

A figure about what a scenario leaves out would be no answer, so a metric is measured only where the
plan has what it is about. The words say what a scenario would have to add.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from sim.scenario.plan import Plan


@dataclass(frozen=True, slots=True)
class Need:
    """What metrics that begin with `prefix` are about, in words and as a question to a plan."""

    prefix: str
    what: str
    is_met: Callable[[Plan], bool]


def _has_rule(plan: Plan) -> bool:
    return plan.baseline.rule.kind != "mean"


def _has_lies(plan: Plan) -> bool:
    return _has_rule(plan) or bool(plan.adversaries or plan.muted.adversaries)


def _has_digests(plan: Plan) -> bool:
    return _has_rule(plan) or plan.evidence is not None


def _has_replicas(plan: Plan) -> bool:
    return plan.replicas is not None and plan.control.agreement is not None


def _rehomes(plan: Plan) -> bool:
    return plan.control.membership is not None and plan.control.membership.rehome


REPLICAS: Final = "`tree.replicas`"
LIES: Final = "`adversaries`, or a `baseline.rule` other than mean"
NEEDS: Final = (
    Need("detection.", "`detection`", lambda plan: plan.detection is not None),
    Need("bias.", LIES, _has_lies),
    Need("integrity.", LIES, _has_lies),
    Need("attest.", "`attest`", lambda plan: plan.attest is not None),
    Need("evidence.", "`evidence`", lambda plan: plan.evidence is not None),
    Need("recovery.converged", REPLICAS, _has_replicas),
    Need("recovery.settled", "`alerts`", lambda plan: plan.control.alerts is not None),
    Need("agreement.", REPLICAS, _has_replicas),
    Need("alerts.", "`alerts`", lambda plan: plan.control.alerts is not None),
    Need("reads.", "`reads`", lambda plan: bool(plan.control.reads)),
    Need("membership.rehomed", "`membership` with `rehome: true`", _rehomes),
    Need("membership.", "`membership`", lambda plan: plan.control.membership is not None),
    Need("sync.", "`anti_entropy`", lambda plan: plan.control.anti_entropy is not None),
    Need("confidence.", "`confidence`", lambda plan: plan.confidence is not None),
    Need("dependence.", "`baseline.dependence`", lambda plan: plan.dependence is not None),
    Need("quantiles.", "`baseline.quantiles`", lambda plan: plan.quantiles is not None),
    Need("routing.", "`routing`", lambda plan: plan.routing is not None),
    Need("evolution.", "`evolution`", lambda plan: plan.evolution is not None),
    Need("capacity.", "`capacity`", lambda plan: plan.capacity is not None),
    Need("traffic.proofs", "`attest`", lambda plan: plan.attest is not None),
    Need("traffic.digests", "`evidence`, or a `baseline.rule` other than mean", _has_digests),
)


def lacks(metric: str, plan: Plan) -> str:
    """What a plan would need to have a metric, in words; empty if the metric is measured."""
    return next(
        (need.what for need in NEEDS if metric.startswith(need.prefix) and not need.is_met(plan)),
        "",
    )
