"""The parsed scenario turned into a `Plan`: short forms spelled out, tiers counted, shapes cut.

Nothing is checked here. An option keeps its key; a span of time gets ``_ns`` behind it, a list
becomes a tuple, and a nested choice by ``kind`` a `Variant` of its own.
"""

import math
import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any, Final, Literal

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from sim.scenario import plan
from sim.scenario.catalogue import ADVERSARIES, METRICS
from sim.scenario.document import Document
from sim.scenario.measured import LIES, lacks
from sim.scenario.plan import Variant
from sim.scenario.schema import (
    Scenario,
    adversaries,
    agents,
    detection,
    faults,
    integrity,
    robust,
    topology,
)
from sim.scenario.schema.quantities import Nanoseconds
from sim.scenario.schema.scenario import Tree
from sim.scenario.selectors import REST
from sim.units import NS_PER_S

NEAR_DETECTORS: Final = ("mahalanobis", "pca", "peers")
"""Detectors that need what does not travel up the tree: covariances, or the neighbours' values."""
WAIT_NS: Final = NS_PER_S // 5
"""From scores to decision: several times the delay of a tree across a continent."""

REGIONS_MAX: Final = 10_000
"""The most regions of which a named shape can cut some off."""

MEAN: Final = plan.RulePlan("mean", None, 0.0, "sample", 0, 0.01, 0, 0.0, quorum=False)
LEAD_NS: Final = 2 * NS_PER_S // 5
"""From digests to the publication: several times the delay of a tree across a continent."""


def resolve(scenario: Scenario, document: Document, directory: str) -> plan.Plan:
    """The plan of a scenario whose file lies in `directory`."""
    found = _plan(scenario, document, directory)
    nobody_lies = bool(scenario.adversaries) and not found.adversaries
    return _without_lies(found) if nobody_lies else found


def _without_lies(found: plan.Plan) -> plan.Plan:
    """Where a sweep comes to 0 % of liars and nothing guards against any, nothing is asked."""
    thresholds = tuple(one for one in found.thresholds if lacks(one.metric, found) != LIES)
    gate = tuple(one for one in found.gate if lacks(one.metric, found) != LIES)
    return replace(found, thresholds=thresholds, gate=gate)


def _plan(scenario: Scenario, document: Document, directory: str) -> plan.Plan:
    return plan.Plan(
        name=scenario.name,
        about=scenario.about,
        seed=scenario.seed,
        replications=scenario.replications,
        duration_ns=scenario.duration,
        agents=_agents(scenario.agents),
        topology=_topology(scenario.topology),
        tiers=tiers(scenario.agents.count, scenario.agents.rate, scenario.tree),
        baseline=plan.BaselinePlan(
            publish_ns=scenario.baseline.publish,
            pane_ns=scenario.baseline.pane,
            panes=scenario.baseline.panes,
            epsilon=scenario.baseline.epsilon,
            rule=_rule(scenario.baseline.rule, scenario.baseline.publish),
        ),
        staleness=plan.StalenessPlan(scenario.staleness.baseline, scenario.staleness.anomaly),
        faults=_faults(scenario),
        anomalies=_anomalies(scenario),
        detection=_detection(scenario.detection),
        adversaries=tuple(one for one in every_adversary(scenario) if is_anybody(one)),
        registry=plan.RegistryPlan(scenario.registry.refuse, scenario.registry.admission),
        attest=_attest(scenario.attest),
        evidence=_evidence(scenario.evidence),
        reseat_ns=scenario.tree.reseat,
        measure=plan.MeasurePlan(scenario.measure.every, scenario.measure.sustain),
        journal=plan.JournalPlan(
            scenario.journal.messages, tuple(sorted(set(scenario.journal.fingerprint)))
        ),
        thresholds=_thresholds(scenario, document),
        gate=_gate(scenario, document),
        directory=directory,
    )


def variant(block: BaseModel, skip: Collection[str] = ()) -> Variant:
    """A block with a ``kind`` as a `Variant`, without the keys in `skip`."""
    kind: str = block.kind  # type: ignore[attr-defined]
    return Variant(kind, options(block, {"kind", *skip}))


def options(block: BaseModel, skip: Collection[str] = ()) -> dict[str, Any]:
    """The keys of a block with plain values."""
    return {
        f"{key}_ns" if is_span(info) else key: _plain(getattr(block, key))
        for key, info in type(block).model_fields.items()
        if key not in skip
    }


def is_span(info: FieldInfo | Any) -> bool:
    """Whether the value of a field, or of an alternative of its type, is a span of time."""
    if any(isinstance(mark, Nanoseconds) for mark in getattr(info, "metadata", ())):
        return True
    inner = getattr(info, "annotation", info)
    return any(
        any(isinstance(mark, Nanoseconds) for mark in getattr(part, "__metadata__", ()))
        for part in getattr(inner, "__args__", ())
    )


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return variant(value) if hasattr(value, "kind") else options(value)
    return tuple(_plain(item) for item in value) if isinstance(value, list) else value


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
    regions = tier_counts(scenario.agents.count, scenario.tree)[-2]
    return tuple(
        plan.FaultPlan(
            kind=fault.kind,
            at_ns=fault.at,
            until_ns=fault.until,
            options=_fault_options(fault, regions),
            path=f"faults[{number}]",
        )
        for number, fault in enumerate(scenario.faults)
    )


def _fault_options(fault: faults.AnyFault, regions: int) -> Mapping[str, Any]:
    if isinstance(fault, faults.Partition):
        return {"groups": groups_of(fault, regions), "one_way": fault.one_way}
    return options(fault, skip=("kind", "at", "until"))


def groups_of(fault: faults.Partition, regions: int) -> tuple[tuple[str, ...], ...]:
    """The groups of a partition; a named shape is cut out of the regions.

    Where there are more regions than anybody wants to see cut by name, nobody is; the checks
    refuse that.
    """
    if fault.groups is not None:
        return tuple(tuple(group) for group in fault.groups)
    if isinstance(fault.shape, faults.Isolate):
        return (tuple(fault.shape.target), (REST,))
    if regions > REGIONS_MAX:
        return ((), (REST,))
    kept = (regions + 1) // 2 if isinstance(fault.shape, faults.Halves) else regions // 2 + 1
    return (tuple(f"region-{region}" for region in range(kept, regions)), (REST,))


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
    )


def _control(block: detection.AnyControl) -> Variant:
    """The control with the options that were chosen: a threshold has only one of two."""
    chosen = options(block, skip=("kind",))
    return Variant(block.kind, {key: value for key, value in chosen.items() if value is not None})


def _rule(block: robust.AnyRule, publish_ns: int) -> plan.RulePlan:
    if isinstance(block, robust.Mean):
        return MEAN
    return plan.RulePlan(
        kind=block.kind,
        estimator=variant(block.estimator),
        f=block.f,
        over=block.over,
        sample=block.sample,
        accuracy=block.accuracy,
        lead_ns=min(LEAD_NS, publish_ns // 2) if block.lead is None else block.lead,
        false_alerts=block.false_alerts if isinstance(block, robust.GuardedMean) else 0.0,
        quorum=block.quorum,
    )


def every_adversary(scenario: Scenario) -> tuple[plan.AdversaryPlan, ...]:
    """The adversaries as they stand in the file, with those that are nobody."""
    top = len(tier_counts(scenario.agents.count, scenario.tree)) - 1
    return tuple(
        _adversary(entry, f"adversaries[{number}]", top)
        for number, entry in enumerate(scenario.adversaries)
    )


def is_anybody(adversary: plan.AdversaryPlan) -> bool:
    """Whether some node is to lie: a share or a budget of 0 is how a sweep says nobody."""
    return adversary.share > 0 and adversary.budget != 0


def _adversary(entry: adversaries.AnyAdversary, path: str, top: int) -> plan.AdversaryPlan:
    attack = ADVERSARIES[entry.kind]
    return plan.AdversaryPlan(
        kind=entry.kind,
        tier=tier_of(entry.where[0], top),
        nodes=tuple(entry.where),
        under=tuple(entry.under or ()),
        share=1.0 if entry.share is None else entry.share,
        budget=entry.budget,
        placement=entry.placement or attack.placement,
        knows=entry.knows or ("all" if attack.looks else "own"),
        group=entry.group or path,
        at_ns=entry.begin,
        until_ns=entry.until if entry.lasting is None else entry.begin + entry.lasting,
        options=options(entry, skip=("kind", *adversaries.Adversary.model_fields)),
        path=path,
    )


def tier_of(selector: str, top: int) -> int:
    """The tier of ``agents``, ``local-3`` or ``tier-4``; 0 for what is no name of a tier.

    What is wrong with such a name is for the checks to say.
    """
    names = [tier_name(tier, top) for tier in range(top + 1)]
    for tier, name in enumerate(names):
        if selector in (name, f"{name}s") or re.fullmatch(rf"{name}-\d+", selector):
            return tier
    return 0


def _attest(block: integrity.Attest | None) -> plan.AttestPlan | None:
    if block is None:
        return None
    return plan.AttestPlan(
        every_ns=block.every,
        step_ns=block.step,
        watchers=block.watchers,
        audits=block.audits,
        agents_check=block.agents_check,
        replace=block.replace,
        replace_ns=block.replace_after,
    )


def _evidence(block: integrity.Evidence | None) -> plan.EvidencePlan | None:
    if block is None:
        return None
    return plan.EvidencePlan(block.effect, block.threshold, block.f, block.cap)


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
