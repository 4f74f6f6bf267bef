"""A plan written back as a scenario file, with every default visible.

Reading the text again gives the same plan (a property test holds it to that): quantities are
written exactly, in the largest unit that fits.
"""

import io
import math
from typing import Any

from ruamel.yaml import YAML

from sim.scenario.blocks.capacity.written import written_capacity
from sim.scenario.blocks.confidence.written import written_confidence
from sim.scenario.blocks.dependence.written import written_dependence
from sim.scenario.blocks.evolution.written import written_evolution
from sim.scenario.blocks.routing.written import written_routing
from sim.scenario.mute import merged
from sim.scenario.plan import (
    AnomalyPlan,
    DetectionPlan,
    FaultPlan,
    MessagesPlan,
    Plan,
    Threshold,
    TierPlan,
    TopologyPlan,
)
from sim.scenario.writer_control import written_control
from sim.scenario.writer_lies import written_lies, written_rule
from sim.scenario.written_values import (
    written_bound,
    written_options,
    written_rate,
    written_variant,
)
from sim.units import write_duration, write_frequency


def resolved_yaml(plan: Plan) -> str:
    """The scenario of a plan as YAML."""
    yaml = YAML()
    yaml.default_flow_style = None
    yaml.width = 100
    text = io.StringIO()
    yaml.dump(resolved_document(plan), text)
    return text.getvalue()


def resolved_document(plan: Plan) -> dict[str, Any]:
    """The scenario of a plan as plain maps and lists, every default visible."""
    return {
        "schema": 1,
        "name": plan.name,
        "about": plan.about,
        "seed": plan.seed,
        "replications": plan.replications,
        "duration": write_duration(plan.duration_ns),
        "agents": _agents(plan),
        "topology": _topology(plan.topology),
        "tree": {**_tree(plan.tiers, plan.reseat_ns), **_replicas(plan)},
        "baseline": _baseline(plan),
        "staleness": {
            "baseline": write_duration(plan.staleness.baseline_ns),
            "anomaly": write_duration(plan.staleness.anomaly_ns),
        },
        "measure": {
            "every": write_duration(plan.measure.every_ns),
            "sustain": write_duration(plan.measure.sustain_ns),
        },
        "journal": {
            "messages": _messages(plan.journal.messages),
            "fingerprint": list(plan.journal.fingerprint),
        },
        "faults": [_fault(fault) for fault in merged(plan.faults, plan.muted.faults)],
        "anomalies": [_anomaly(one) for one in merged(plan.anomalies, plan.muted.anomalies)],
        **({"detection": _detection(plan.detection)} if plan.detection else {}),
        **written_lies(plan),
        **written_control(plan.control),
        **written_confidence(plan.confidence),
        **written_routing(plan.routing),
        **written_evolution(plan.evolution),
        **written_capacity(plan.capacity, [tier.name for tier in plan.tiers]),
        **({"mute": list(plan.muted.paths)} if plan.muted.paths else {}),
        "thresholds": {threshold.metric: _bounds(threshold) for threshold in plan.thresholds},
        "gate": {
            one.metric: {"worse_by": written_bound(one.worsening, one.metric)} for one in plan.gate
        },
    }


def _messages(kept: MessagesPlan | None) -> bool | dict[str, Any]:
    """True for all messages, as it was before a part of them could be asked for."""
    if kept is None or kept == MessagesPlan():
        return kept is not None
    until = {} if kept.until_ns is None else {"until": write_duration(kept.until_ns)}
    nodes = {"nodes": list(kept.nodes)} if kept.nodes else {}
    return {"from": write_duration(kept.from_ns), **until, **nodes}


def _baseline(plan: Plan) -> dict[str, Any]:
    baseline = plan.baseline
    return {
        "publish": write_duration(baseline.publish_ns),
        "pane": write_duration(baseline.pane_ns),
        "panes": baseline.panes,
        "epsilon": baseline.epsilon,
        **({"rule": written_rule(baseline.rule)} if baseline.rule.estimator else {}),
        **written_dependence(plan.dependence, plan.quantiles),
    }


def _agents(plan: Plan) -> dict[str, Any]:
    agents = plan.agents
    return {
        "count": agents.count,
        **({"features": agents.features} if agents.features else {}),
        "rate": write_frequency(agents.period_ns),
        "scale": agents.scale,
        "behaviour": written_variant(agents.behaviour),
    }


def _topology(topology: TopologyPlan) -> dict[str, Any]:
    return {
        **written_variant(topology.source),
        "detour": topology.detour,
        "per_hop": write_duration(topology.hop_ns),
        "jitter": written_variant(topology.jitter),
        "loss": written_variant(topology.loss),
        "placement": topology.placement,
    }


def _tree(tiers: tuple[TierPlan, ...], reseat_ns: int | None) -> dict[str, Any]:
    """The fan-ins are the smallest that give these tiers, not those that the user wrote."""
    counts = [tier.count for tier in tiers]
    inner = range(2, len(counts) - 1)
    links = [written_variant(tier.link) for tier in tiers if tier.link is not None]
    return {
        "local": math.ceil(counts[0] / counts[1]) if len(counts) > 2 else 1,
        "regional": max([2, *(math.ceil(counts[tier - 1] / counts[tier]) for tier in inner)]),
        "levels": len(counts) - 1,
        "forward": write_frequency(tiers[-1].period_ns),
        **({"links": links} if links else {}),
        "uplink": [written_rate(tier.uplink_bps) for tier in tiers[:-1]],
        "ingress": [write_duration(tier.ingress_ns) for tier in tiers[1:]],
        **({} if reseat_ns is None else {"reseat": write_duration(reseat_ns)}),
    }


def _replicas(plan: Plan) -> dict[str, Any]:
    if plan.replicas is None:
        return {}
    names = [tier.name for tier in plan.tiers[plan.replicas.first_tier :]]
    sites = plan.replicas.sites
    return {
        "replicas": dict.fromkeys(names, plan.replicas.count),
        **({} if sites is None else {"replica_sites": list(sites)}),
    }


def _fault(fault: FaultPlan) -> dict[str, Any]:
    written = {
        "kind": fault.kind,
        **written_options(fault.options),
        "at": write_duration(fault.at_ns),
    }
    if fault.until_ns is not None:
        written["until"] = write_duration(fault.until_ns)
    return written


def _anomaly(anomaly: AnomalyPlan) -> dict[str, Any]:
    written = {
        "agents": list(anomaly.agents),
        "kind": anomaly.kind,
        **written_options(anomaly.options),
        "at": write_duration(anomaly.at_ns),
    }
    if anomaly.until_ns is not None:
        written["until"] = write_duration(anomaly.until_ns)
    return {**written, "jitter": write_duration(anomaly.jitter_ns)}


def _detection(detection: DetectionPlan) -> dict[str, Any]:
    return {
        "detector": written_variant(detection.detector),
        "scope": detection.scope,
        "control": written_variant(detection.control),
        "decide": detection.decide,
        "every": write_duration(detection.every_ns),
        "wait": write_duration(detection.wait_ns),
        "learn": write_duration(detection.learn_ns),
        "calibrate": write_duration(detection.calibrate_ns),
        "witnesses": detection.witnesses,
    }


def _bounds(threshold: Threshold) -> dict[str, Any]:
    bounds = {"min": threshold.minimum, "max": threshold.maximum}
    return {
        key: written_bound(value, threshold.metric)
        for key, value in bounds.items()
        if value is not None
    }
