"""The parsed scenario turned into a `Plan`: short forms spelled out, tiers counted, shapes cut.

Nothing is checked here. What is said about lies is in `resolve_lies`.
"""

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final, Literal

from sim.scenario import plan
from sim.scenario.blocks.capacity.resolve import resolve_capacity
from sim.scenario.blocks.confidence.resolve import resolve_confidence
from sim.scenario.blocks.dependence.resolve import resolve_dependence, resolve_quantiles
from sim.scenario.blocks.evolution.resolve import resolve_evolution
from sim.scenario.blocks.routing.resolve import resolve_routing
from sim.scenario.catalogue import METRICS
from sim.scenario.document import Document
from sim.scenario.measured import LIES, lacks
from sim.scenario.members import names_members
from sim.scenario.partitions import partition_options
from sim.scenario.plan import Variant
from sim.scenario.resolve_control import resolve_control
from sim.scenario.resolve_lies import (
    every_adversary,
    is_anybody,
    resolve_attest,
    resolve_evidence,
    resolve_rule,
)
from sim.scenario.resolve_replicas import resolve_replicas
from sim.scenario.schema import agents, detection, faults, topology
from sim.scenario.schema.journal import Journal
from sim.scenario.schema.scenario import Baseline, Scenario, Tree
from sim.scenario.variants import options, variant
from sim.units import NS_PER_S

COVARIANCE_DETECTORS: Final = ("mahalanobis", "pca")
"""Detectors that need to know how features move together."""
NEAR_DETECTORS: Final = (*COVARIANCE_DETECTORS, "peers")
"""Detectors that need what no baseline has by itself: covariances, or the neighbours' values."""
WAIT_NS: Final = NS_PER_S // 5
"""From scores to decision: several times the delay of a tree across a continent."""


def resolve(scenario: Scenario, document: Document, directory: str) -> plan.Plan:
    """The plan of a scenario whose file lies in `directory`."""
    found = _plan(scenario, document, directory)
    somebody_lies = found.adversaries or found.control.liars
    nobody_lies = bool(scenario.adversaries) and not somebody_lies
    return _without_lies(found) if nobody_lies else found


def _without_lies(found: plan.Plan) -> plan.Plan:
    """Where a sweep comes to 0 % of liars and nothing guards against any, nothing is asked."""
    thresholds = tuple(one for one in found.thresholds if lacks(one.metric, found) != LIES)
    gate = tuple(one for one in found.gate if lacks(one.metric, found) != LIES)
    return replace(found, thresholds=thresholds, gate=gate)


def _plan(scenario: Scenario, document: Document, directory: str) -> plan.Plan:
    levels = tiers(scenario.agents.count, scenario.agents.rate, scenario.tree)
    names = [tier.name for tier in levels]
    liars = every_adversary(scenario.adversaries, names)
    replicas = resolve_replicas(scenario.tree, names)
    return plan.Plan(
        name=scenario.name,
        about=scenario.about,
        seed=scenario.seed,
        replications=scenario.replications,
        duration_ns=scenario.duration,
        agents=_agents(scenario.agents),
        topology=_topology(scenario.topology),
        tiers=levels,
        baseline=_baseline(scenario.baseline),
        staleness=plan.StalenessPlan(scenario.staleness.baseline, scenario.staleness.anomaly),
        faults=_faults(scenario),
        anomalies=_anomalies(scenario),
        detection=_detection(scenario.detection),
        adversaries=tuple(one for one in liars if is_anybody(one) and not names_members(one.nodes)),
        registry=plan.RegistryPlan(scenario.registry.refuse, scenario.registry.admission),
        attest=resolve_attest(scenario.attest),
        evidence=resolve_evidence(scenario.evidence),
        control=resolve_control(scenario, 1 if replicas is None else replicas.count),
        reseat_ns=scenario.tree.reseat,
        replicas=replicas,
        measure=plan.MeasurePlan(scenario.measure.every, scenario.measure.sustain),
        journal=_journal(scenario.journal),
        thresholds=_thresholds(scenario, document),
        gate=_gate(scenario, document),
        directory=directory,
        confidence=resolve_confidence(scenario.confidence),
        dependence=resolve_dependence(scenario.baseline),
        quantiles=resolve_quantiles(scenario.baseline),
        routing=resolve_routing(scenario.routing),
        evolution=resolve_evolution(scenario.evolution, len(levels)),
        capacity=resolve_capacity(scenario.capacity, names),
    )


def _journal(block: Journal) -> plan.JournalPlan:
    kept, fingerprint = block.messages, tuple(sorted(set(block.fingerprint)))
    if kept is None:
        return plan.JournalPlan(None, fingerprint)
    messages = plan.MessagesPlan(kept.begin, kept.until, tuple(kept.nodes))
    return plan.JournalPlan(messages, fingerprint)


def _baseline(block: Baseline) -> plan.BaselinePlan:
    return plan.BaselinePlan(
        publish_ns=block.publish,
        pane_ns=block.pane,
        panes=block.panes,
        epsilon=block.epsilon,
        rule=resolve_rule(block.rule, block.publish),
    )


def _agents(block: agents.Agents) -> plan.AgentsPlan:
    return plan.AgentsPlan(
        count=block.count,
        features=block.features or 0,
        period_ns=block.rate,
        behaviour=variant(block.behaviour),
        scale=block.scale,
    )


def _topology(block: topology.Map) -> plan.TopologyPlan:
    common = ("detour", "per_hop", "jitter", "loss", "placement")
    return plan.TopologyPlan(
        source=variant(block, skip=common),
        detour=block.detour,
        hop_ns=block.per_hop,
        jitter=variant(block.jitter),
        loss=variant(block.loss),
        placement=block.placement,
    )


def tiers(count: int, period_ns: int, tree: Tree) -> tuple[plan.TierPlan, ...]:
    """The tiers from the agents (first) to the root (last).

    A list of links or of ingress times that is too short is filled up with its last entry; the
    checks refuse it.
    """
    counts = tier_counts(count, tree)
    top = len(counts) - 1
    return tuple(
        plan.TierPlan(
            name=tier_name(tier, top),
            count=nodes,
            period_ns=tree.forward if tier else period_ns,
            link=_link(tree, tier) if tier < top else None,
            uplink_bps=tree.uplink[min(tier, len(tree.uplink) - 1)] if tier < top else None,
            ingress_ns=tree.ingress[min(tier, len(tree.ingress)) - 1] if tier else 0,
        )
        for tier, nodes in enumerate(counts)
    )


def tier_counts(count: int, tree: Tree) -> list[int]:
    """How many nodes each tier has: `count` agents first, one root last."""
    counts = [count]
    while len(counts) < tree.levels if tree.levels != "auto" else _wants_more(counts, tree):
        counts.append(math.ceil(counts[-1] / (tree.local if len(counts) == 1 else tree.regional)))
    return [*counts, 1]


def _wants_more(counts: list[int], tree: Tree) -> bool:
    return len(counts) == 1 or counts[-1] > tree.regional


def tier_name(tier: int, top: int) -> str:
    """What a node of the tier is called, before its number."""
    if tier == top:
        return "root"
    names = ("agent", "local", "regional")
    return names[tier] if tier < len(names) else f"tier-{tier + 1}"


def _link(tree: Tree, tier: int) -> Variant | None:
    return variant(tree.links[min(tier, len(tree.links) - 1)]) if tree.links else None


def _faults(scenario: Scenario) -> tuple[plan.FaultPlan, ...]:
    counts = tier_counts(scenario.agents.count, scenario.tree)
    names = [tier_name(tier, len(counts) - 1) for tier in range(len(counts))]
    replicas = resolve_replicas(scenario.tree, names)
    return tuple(
        plan.FaultPlan(
            kind=fault.kind,
            at_ns=fault.at,
            until_ns=fault.until,
            options=_fault_options(fault, counts[-2], replicas),
            path=f"faults[{number}]",
        )
        for number, fault in enumerate(scenario.faults)
    )


def _fault_options(
    fault: faults.AnyFault, regions: int, replicas: plan.ReplicasPlan | None
) -> Mapping[str, Any]:
    if isinstance(fault, faults.Partition):
        return partition_options(fault, regions, replicas)
    return options(fault, skip=("kind", "at", "until"))


def _anomalies(scenario: Scenario) -> tuple[plan.AnomalyPlan, ...]:
    common = ("kind", "agents", "at", "until", "lasting", "jitter")
    return tuple(
        plan.AnomalyPlan(
            kind=anomaly.kind,
            at_ns=anomaly.at,
            until_ns=anomaly.until if anomaly.lasting is None else anomaly.at + anomaly.lasting,
            agents=tuple(anomaly.agents),
            jitter_ns=anomaly.jitter,
            options=options(anomaly, skip=common),
            path=f"anomalies[{number}]",
        )
        for number, anomaly in enumerate(scenario.anomalies)
    )


def _detection(block: detection.Detection | None) -> plan.DetectionPlan | None:
    if block is None:
        return None
    usual: Literal["local", "population"] = (
        "local" if block.detector.kind in NEAR_DETECTORS else "population"
    )
    return plan.DetectionPlan(
        detector=variant(block.detector),
        scope=block.scope or usual,
        control=_control(block.control),
        decide=block.decide,
        every_ns=block.every,
        wait_ns=min(WAIT_NS, block.every // 2) if block.wait is None else block.wait,
        learn_ns=block.learn,
        calibrate_ns=block.calibrate,
        witnesses=block.witnesses,
    )


def _control(block: detection.AnyControl) -> Variant:
    """The control with the options that were chosen: a threshold has only one of two."""
    chosen = options(block, skip=("kind",))
    return Variant(block.kind, {key: value for key, value in chosen.items() if value is not None})


def _gate(scenario: Scenario, document: Document) -> tuple[plan.Tolerance, ...]:
    found = []
    for metric in METRICS:
        tolerance = getattr(scenario.gate, metric.name.replace(".", "_"))
        if tolerance is not None:
            unit = NS_PER_S if metric.unit == "s" else 1
            line = document.place(("gate", metric.name)).line
            found.append(plan.Tolerance(metric.name, tolerance.worse_by / unit, line))
    return tuple(found)


def _thresholds(scenario: Scenario, document: Document) -> tuple[plan.Threshold, ...]:
    found = []
    for metric in METRICS:
        bounds = getattr(scenario.thresholds, metric.name.replace(".", "_"))
        if bounds is not None:
            unit = NS_PER_S if metric.unit == "s" else 1
            lowest, highest = (
                None if bound is None else bound / unit for bound in (bounds.min, bounds.max)
            )
            line = document.place(("thresholds", metric.name)).line
            found.append(plan.Threshold(metric.name, lowest, highest, line))
    return tuple(found)
