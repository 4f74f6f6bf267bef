"""What the schema accepts can be built: the same kinds with the same options."""

from dataclasses import fields
from inspect import signature
from typing import get_args

import numpy as np
import pytest

from sim.adversary import STRATEGIES, Strategy
from sim.detection.controls import CONTROLS, make_control
from sim.detection.detectors import DETECTORS, make_detector
from sim.engine.faults import FAULTS
from sim.engine.streams import Streams
from sim.network.importers import TOPOLOGIES
from sim.network.latency import LATENCY_LAWS, make_law
from sim.network.loss import LOSS_LAWS, make_loss
from sim.protocol.agreement.registry import PROTOCOLS
from sim.protocol.antientropy.registry import METHODS
from sim.protocol.membership.registry import DETECTORS as FAILURE_DETECTORS
from sim.scenario import catalogue
from sim.scenario.schema.detectors import AnyDetector
from sim.scenario.schema.robust import AnyEstimator
from sim.stats.robust.registry import RULES, make_rule
from sim.workload import ANOMALIES, BEHAVIOURS, Injection, Synthetic, inject, make_behaviour
from tests.scenario.texts import GOOD, plan_of

LAWS = [
    "{kind: constant, value: 1ms}",
    "{kind: uniform, low: 1ms, high: 2ms}",
    "{kind: normal, mean: 1ms, sd: 2ms}",
    "{kind: exponential, mean: 1ms}",
    "{kind: lognormal, sigma: 0.5}",
    "{kind: pareto_exponential, pareto_share: 90%, scale: 1ms, alpha: 3, mean: 5ms}",
    "{kind: empirical, path: delays.csv, column: delay, unit: us}",
    "{kind: empirical, path: delays.csv, where: delay=4, least: 1us, most: 1s, missing: skip}",
    "{kind: gamma, shape: 0.3, scale: 5ms}",
    "{kind: rtt_excess, path: rtt.npz, array: rtt, unit: 10ms}",
    "{kind: weibull, shape: 0.5, scale: 5ms}",
]
LOSSES = ["none", "1%", "{kind: gilbert_elliott, to_bad: 1%, to_good: 30%}"]

BEHAVIOUR_TEXTS = [
    "{kind: synthetic}",
    "{kind: synthetic, drift: none, correlation: 0.3}",
    "{kind: synthetic, drift: 0.2, tail: {df: 5}, season: {period: 1min}}",
    "{kind: synthetic, season: {amplitude: 0.5, phase: common}}",
    "{kind: synthetic, common: 0.3}",
    "{kind: trace, path: trace.csv, columns: [b, a], cadence: 1s, missing: hold}",
    "{kind: trace, path: [trace.csv, trace.csv], shift: none}",
]


def topology_of(options: str):
    old = "topology: {kind: topohub, name: topozoo/Abilene}"
    return plan_of(GOOD.replace(old, f"topology: {{kind: point, {options}}}")).topology


@pytest.mark.parametrize("text", LAWS)
def test_the_network_builds_every_law_of_delay(text, tmp_path, monkeypatch):
    (tmp_path / "delays.csv").write_text("delay\n3\n4\n")
    np.savez(tmp_path / "rtt.npz", rtt=np.ones((2, 2)))
    monkeypatch.chdir(tmp_path)
    jitter = topology_of(f"jitter: {text}").jitter
    assert make_law(jitter.kind, jitter.options, str(tmp_path)).floor_ns >= 0


@pytest.mark.parametrize("text", LOSSES)
def test_the_network_builds_every_law_of_loss(text):
    loss = topology_of(f"loss: {text}").loss
    assert make_loss(loss.kind, loss.options).uniforms in (0, 1, 2)


@pytest.mark.parametrize("text", BEHAVIOUR_TEXTS)
def test_the_workload_builds_every_behaviour(text, tmp_path, monkeypatch):
    (tmp_path / "trace.csv").write_text("a,b\n1,2\n3,4\n")
    monkeypatch.chdir(tmp_path)
    old = "agents: {count: 1000, features: 8, rate: 10Hz}"
    new = f"agents: {{count: 5, features: 2, behaviour: {text}}}"
    streams = Streams(1)
    agents = plan_of(GOOD.replace(old, new)).agents
    behaviour = make_behaviour(
        agents.behaviour.kind,
        agents.behaviour.options,
        agents=agents.count,
        features=agents.features,
        stream_at=lambda purpose, tick: streams.at(purpose, tick=tick),
        directory=str(tmp_path),
    )
    values = np.full((5, 2), np.nan)
    behaviour.fill(0, np.zeros(5), 0, values)
    assert np.isfinite(values).all()


DETECTOR_TEXTS = [
    "{kind: z, pool: rms, cap: none}",
    "{kind: ewma_z, half_life: 30s, top: 3}",
    "{kind: ewma_residual, half_life: 30s, spread: own}",
    "{kind: cusum, k: 0.25}",
    "{kind: mahalanobis, shrinkage: 20%}",
    "{kind: pca, keep: 95%, statistic: hotelling}",
    "{kind: peers, robust: true}",
    "{kind: lr_e_process, size: 0.5sd, sign: up, restart: 10s}",
    "{kind: lr_e_process, onset: any, restart: 10s}",
    *("cusum", "lr_e_process", "mahalanobis", "pca", "peers", "z"),
]
CONTROL_TEXTS = [
    *(kind for kind in catalogue.CONTROLS if kind not in ("qute", "threshold")),
    "{kind: qute, graph: ring, rounds: 2}, decide: local",
    "{kind: threshold, quantile: 99%}",
    "{kind: threshold, score: 4, quota: 3}",
    "{kind: lord, alpha: 10%, quota: 3}",
]
ANOMALY_TEXTS = [
    "kind: shift, size: 3sd",
    "kind: ramp, size: -3sd, features: 2",
    "kind: scale, factor: 2, features: [1, 8]",
    "kind: freeze",
    "kind: zero",
    "kind: impersonate",
    "kind: decorrelate, reports: 9",
]


def detection_of(text: str):
    return plan_of(GOOD + f"detection: {{{text}}}\n").detection


@pytest.mark.parametrize("text", DETECTOR_TEXTS)
def test_the_detection_builds_every_detector(text):
    detector = detection_of(f"detector: {text}").detector
    groups = np.zeros(6, np.int64)
    watch = {"agents": 6, "features": 2, "period_ns": 10**8, "groups": groups}
    assert make_detector(detector.kind, detector.options, **watch).evidence in ("score", "log_e")


def test_the_defaults_of_the_scenario_are_those_of_the_detectors():
    for block in get_args(get_args(AnyDetector)[0]):
        for key, parameter in signature(DETECTORS[_kind_of(block)]).parameters.items():
            if parameter.kind is parameter.KEYWORD_ONLY and key != "half_life_ns":
                field = block.model_fields[key.removesuffix("_ns")]
                assert field.default == parameter.default or key == "restart_ns", (block, key)


def _kind_of(block) -> str:
    return get_args(block.model_fields["kind"].annotation)[0]


@pytest.mark.parametrize("text", CONTROL_TEXTS)
def test_the_detection_builds_every_control(text):
    control = detection_of(f"detector: z, control: {text}").control
    assert make_control(control.kind, control.options, np.zeros(6, np.int64)) is not None


@pytest.mark.parametrize("text", ANOMALY_TEXTS)
def test_the_workload_builds_every_anomaly(text):
    plan = plan_of(GOOD + f"anomalies: [{{agents: 1%, at: 1s, {text}}}]\n")
    streams = Streams(1)

    def stream_at(purpose: str, tick: int) -> np.random.Generator:
        return streams.at(purpose, tick=tick)

    agents = np.arange(5) > 2
    (one,) = plan.anomalies
    injection = Injection(one.kind, one.options, agents, np.full(5, 1e9), 2e9, 1)
    behaviour = inject(Synthetic(5, 8, stream_at), [injection], stream_at)
    values = np.full((5, 8), np.nan)
    for tick in range(2):
        behaviour.fill(tick, np.full(5, tick * 1e9), 0, values)
    assert np.isfinite(values).all()


def test_the_catalogue_has_the_names_of_the_registries():
    assert sorted(LATENCY_LAWS) == sorted(catalogue.LATENCY_LAWS)
    assert sorted(LOSS_LAWS) == sorted(catalogue.LOSS_LAWS)
    assert sorted(BEHAVIOURS) == sorted(catalogue.BEHAVIOURS)
    assert sorted(TOPOLOGIES) == sorted(catalogue.TOPOLOGIES)
    # Outages are no fault of their own: a run draws others in their place.
    assert sorted([*FAULTS, "outages"]) == sorted(catalogue.FAULTS)
    assert sorted(ANOMALIES) == sorted(catalogue.ANOMALIES)
    assert sorted(DETECTORS) == sorted(catalogue.DETECTORS)
    assert sorted(CONTROLS) == sorted(catalogue.CONTROLS)
    assert sorted(PROTOCOLS) == sorted(catalogue.PROTOCOLS)
    assert sorted(FAILURE_DETECTORS) == sorted(catalogue.FAILURE_DETECTORS)
    assert sorted(METHODS) == sorted(catalogue.SYNC_METHODS)


def test_every_robust_rule_has_the_options_and_defaults_of_the_scenario():
    blocks = {_kind_of(block): block for block in get_args(get_args(AnyEstimator)[0])}
    assert sorted(blocks) == sorted(RULES) == sorted(catalogue.ROBUST_RULES)
    for kind, block in blocks.items():
        known = {one.name: one.default for one in fields(RULES[kind])}
        given = {key: info.default for key, info in block.model_fields.items()}
        assert known == {key: value for key, value in given.items() if key not in ("kind", "mix")}


@pytest.mark.parametrize("mix", ["true", "false"])
@pytest.mark.parametrize("kind", catalogue.ROBUST_RULES)
def test_the_statistics_build_every_robust_rule(kind, mix):
    text = GOOD + f"baseline: {{rule: {{kind: robust, estimator: {{kind: {kind}, mix: {mix}}}}}}}\n"
    estimator = plan_of(text).baseline.rule.estimator
    rule = make_rule(estimator.kind, estimator.options)
    items = np.arange(24.0).reshape(1, 12, 2)
    assert np.isfinite(rule.centre(items, np.ones((1, 12)), 2)).all()


@pytest.mark.parametrize("kind", catalogue.ADVERSARIES)
def test_an_attack_of_agents_that_makes_up_values_rewrites_values_or_sums(kind):
    attack, strategy = catalogue.ADVERSARIES[kind], STRATEGIES[kind]
    rewrites = strategy.claim is not Strategy.claim or strategy.tell is not Strategy.tell
    assert rewrites or not attack.makes_up or attack.tiers == "aggregators"
