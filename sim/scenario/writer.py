"""A plan written back as a scenario file, with every default visible.

Reading the text again gives the same plan (a property test holds it to that): quantities are
written exactly, in the largest unit that fits.
"""

import io
import math
from collections.abc import Mapping
from typing import Any, Final

from ruamel.yaml import YAML

from sim.scenario.catalogue import METRICS
from sim.scenario.plan import (
    AdversaryPlan,
    AnomalyPlan,
    AttestPlan,
    DetectionPlan,
    EvidencePlan,
    FaultPlan,
    Plan,
    RegistryPlan,
    RulePlan,
    Threshold,
    TierPlan,
    TopologyPlan,
    Variant,
)
from sim.units import (
    NS_PER_S,
    write_bit_rate,
    write_deviation_rate,
    write_deviations,
    write_duration,
    write_frequency,
    write_share,
)

_SHARES: Final = frozenset(
    {
        "share",
        "pareto_share",
        "to_bad",
        "to_good",
        "loss_good",
        "loss_bad",
        "extra_loss",
        "quantile",
        "keep",
        "shrinkage",
        "of",
    }
)
_DEVIATIONS: Final = frozenset({"size", "to", "by"})
_WORD_NONE: Final = frozenset(
    {"drift", "tail", "season", "cadence", "within", "labels", "cap", "restart"}
)
_UNITS: Final = {metric.name: metric.unit for metric in METRICS}


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
        "baseline": {
            "publish": write_duration(plan.baseline.publish_ns),
            "pane": write_duration(plan.baseline.pane_ns),
            "panes": plan.baseline.panes,
            "epsilon": plan.baseline.epsilon,
            **({"rule": _rule(plan.baseline.rule)} if plan.baseline.rule.estimator else {}),
        },
        "staleness": {
            "baseline": write_duration(plan.staleness.baseline_ns),
            "anomaly": write_duration(plan.staleness.anomaly_ns),
        },
        "measure": {
            "every": write_duration(plan.measure.every_ns),
            "sustain": write_duration(plan.measure.sustain_ns),
        },
        "journal": {
            "messages": plan.journal.messages,
            "fingerprint": list(plan.journal.fingerprint),
        },
        "faults": [_fault(fault) for fault in plan.faults],
        "anomalies": [_anomaly(anomaly) for anomaly in plan.anomalies],
        **({"detection": _detection(plan.detection)} if plan.detection else {}),
        **_about_lies(plan),
        "thresholds": {threshold.metric: _bounds(threshold) for threshold in plan.thresholds},
        "gate": {one.metric: {"worse_by": _bound(one.worsening, one.metric)} for one in plan.gate},
    }


def _agents(plan: Plan) -> dict[str, Any]:
    agents = plan.agents
    return {
        "count": agents.count,
        **({"features": agents.features} if agents.features else {}),
        "rate": write_frequency(agents.period_ns),
        "scale": agents.scale,
        "behaviour": _variant(agents.behaviour),
    }


def _topology(topology: TopologyPlan) -> dict[str, Any]:
    return {
        **_variant(topology.source),
        "detour": topology.detour,
        "per_hop": write_duration(topology.hop_ns),
        "jitter": _variant(topology.jitter),
        "loss": _variant(topology.loss),
        "placement": topology.placement,
    }


def _tree(tiers: tuple[TierPlan, ...], reseat_ns: int | None) -> dict[str, Any]:
    """The fan-ins are the smallest that give these tiers, not those that the user wrote."""
    counts = [tier.count for tier in tiers]
    inner = range(2, len(counts) - 1)
    links = [_variant(tier.link) for tier in tiers if tier.link is not None]
    return {
        "local": math.ceil(counts[0] / counts[1]) if len(counts) > 2 else 1,
        "regional": max([2, *(math.ceil(counts[tier - 1] / counts[tier]) for tier in inner)]),
        "levels": len(counts) - 1,
        "forward": write_frequency(tiers[-1].period_ns),
        **({"links": links} if links else {}),
        "uplink": [_rate(tier.uplink_bps) for tier in tiers[:-1]],
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


def _rate(bits_per_s: int | None) -> str:
    return "none" if bits_per_s is None else write_bit_rate(bits_per_s)


def _fault(fault: FaultPlan) -> dict[str, Any]:
    written = {"kind": fault.kind, **_options(fault.options), "at": write_duration(fault.at_ns)}
    if fault.until_ns is not None:
        written["until"] = write_duration(fault.until_ns)
    return written


def _anomaly(anomaly: AnomalyPlan) -> dict[str, Any]:
    written = {
        "agents": list(anomaly.agents),
        "kind": anomaly.kind,
        **_options(anomaly.options),
        "at": write_duration(anomaly.at_ns),
    }
    if anomaly.until_ns is not None:
        written["until"] = write_duration(anomaly.until_ns)
    return {**written, "jitter": write_duration(anomaly.jitter_ns)}


def _detection(detection: DetectionPlan) -> dict[str, Any]:
    return {
        "detector": _variant(detection.detector),
        "scope": detection.scope,
        "control": _variant(detection.control),
        "decide": detection.decide,
        "every": write_duration(detection.every_ns),
        "wait": write_duration(detection.wait_ns),
        "learn": write_duration(detection.learn_ns),
        "calibrate": write_duration(detection.calibrate_ns),
    }


def _about_lies(plan: Plan) -> dict[str, Any]:
    """What is there about lies; without any the text is as if nobody had thought of them."""
    registry = {"refuse": plan.registry.refuse, "admission": plan.registry.admission}
    found = {
        "adversaries": _adversaries(plan.adversaries),
        "registry": registry if plan.registry != RegistryPlan(True, "open") else None,
        "attest": _attest(plan.attest) if plan.attest else None,
        "evidence": _evidence(plan.evidence) if plan.evidence else None,
    }
    return {key: block for key, block in found.items() if block}


def _rule(rule: RulePlan) -> dict[str, Any]:
    assert rule.estimator is not None, "every rule but the mean has an estimator"
    return {
        "kind": rule.kind,
        "estimator": _variant(rule.estimator),
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


def _adversaries(adversaries: tuple[AdversaryPlan, ...]) -> list[dict[str, Any]]:
    """Each at its place in the file: what is drawn for an adversary depends on it."""
    written: list[dict[str, Any]] = []
    for adversary in adversaries:
        while adversary.path != f"adversaries[{len(written)}]":
            written.append({"where": ["agents"], "share": "0%", "kind": "silence"})
        written.append(_adversary(adversary))
    return written


def _adversary(adversary: AdversaryPlan) -> dict[str, Any]:
    written = {
        "where": list(adversary.nodes),
        **({"under": list(adversary.under)} if adversary.under else {}),
        "share": write_share(adversary.share),
        **({} if adversary.budget is None else {"budget": adversary.budget}),
        "kind": adversary.kind,
        **_options(adversary.options),
        "placement": adversary.placement,
        "knows": adversary.knows,
        "group": adversary.group,
        "from": write_duration(adversary.at_ns),
    }
    if adversary.until_ns is not None:
        written["until"] = write_duration(adversary.until_ns)
    return written


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


def _bounds(threshold: Threshold) -> dict[str, Any]:
    bounds = {"min": threshold.minimum, "max": threshold.maximum}
    return {
        key: _bound(value, threshold.metric) for key, value in bounds.items() if value is not None
    }


def _bound(value: float, metric: str) -> Any:
    unit = _UNITS[metric]
    if unit == "s":
        return write_duration(round(value * NS_PER_S))
    return write_share(value) if unit == "share" else value


def _variant(variant: Variant) -> dict[str, Any]:
    return {"kind": variant.kind, **_options(variant.options)}


def _options(options: Mapping[str, Any]) -> dict[str, Any]:
    written = {key.removesuffix("_ns"): _value(key, value) for key, value in options.items()}
    return {key: value for key, value in written.items() if value is not None}


def _value(key: str, value: Any) -> Any:
    name = key.removesuffix("_ns")
    if value is None:
        return "none" if name in _WORD_NONE else None
    if name != key:
        return write_duration(value)
    if isinstance(value, Variant):
        return _variant(value)
    if isinstance(value, Mapping):
        return _options(value)
    if isinstance(value, tuple):
        return [_value(name, item) for item in value]
    if name in _DEVIATIONS:
        return write_deviations(value)
    if name == "rate":
        return write_deviation_rate(value)
    return write_share(value) if name in _SHARES else value
