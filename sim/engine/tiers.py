"""The aggregators and the root of a plan, tier by tier, each with what its scenario asks of it.

Parents know their sources; those that need time have queues, those that may forget have ledgers.
Further replicas of a tier report at phases of their own.
"""

import numpy as np
from numpy.typing import NDArray

from sim.engine.parts import Parts
from sim.scenario.plan import Plan
from sim.telemetry import holdings
from sim.telemetry.ingress import Ingress
from sim.telemetry.ledger import Ledger
from sim.telemetry.parents import Aggregators, ChildKind, Parents
from sim.telemetry.root import Root

Floats = NDArray[np.float64]


def phases(parts: Parts, tier: int, replica: int = 0) -> Floats:
    """When in its period each node reports: uniform, a whole nanosecond, never at 0."""
    plan = parts.plan.tiers[tier]
    stream = parts.streams.stream("phase", replica_name(plan.name, replica))
    return stream.integers(1, plan.period_ns, plan.count).astype(np.float64)


def replica_name(tier: str, replica: int) -> str:
    """What the reports of, or to, a replica of a tier are called; of replica 0 like the tier."""
    return f"{tier}/{replica}" if replica else tier


def make_aggregators(parts: Parts, tier: int, children: ChildKind, replica: int = 0) -> Aggregators:
    """The nodes of a tier between the agents and the root."""
    plan, wide = parts.plan, parts.layout.wide
    made = Aggregators(
        parts.levels[tier - 1],
        children,
        plan.staleness.baseline_ns,
        phases(parts, tier, replica),
        plan.tiers[tier].period_ns,
        wide,
    )
    if may_forget(plan):
        made.ledger = Ledger(plan.tiers[tier].count, wide)
    _equip(parts, tier, made)
    return made


def make_root(parts: Parts, children: ChildKind, *, keeps_heard: bool = True) -> Root:
    """The root; `keeps_heard`: it notes every move of its view, for somebody to take."""
    plan = parts.plan
    made = Root(
        parts.levels[-1],
        children,
        plan.staleness.baseline_ns,
        plan.baseline.panes,
        parts.layout.wide,
        keeps_heard=keeps_heard,
    )
    _equip(parts, parts.top, made)
    return made


def aggregator_kind(parts: Parts) -> ChildKind:
    """How aggregators report."""
    return ChildKind(
        holdings.COLUMNS, parts.layout.wide, lambda rows: rows, holdings.fold_aggregators
    )


def may_forget(plan: Plan) -> bool:
    """Whether some node may have to start from nothing: a crash, who replaces a liar, a foster."""
    replaces = plan.attest is not None and plan.attest.replace
    membership = plan.control.membership
    return (
        replaces
        or (membership is not None and membership.rehome)
        or any(fault.kind == "crash" and not fault.options["durable"] for fault in plan.faults)
    )


def _equip(parts: Parts, tier: int, parent: Parents) -> None:
    below = parts.roster.tree.ancestor_of(0, tier - 1)
    parent.sources = np.bincount(below, minlength=parent.groups.children)
    plan = parts.plan.tiers[tier]
    if plan.ingress_ns:
        parent.intake.ingress = Ingress.of(plan.count, plan.ingress_ns)
