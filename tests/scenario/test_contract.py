"""What the schema accepts can be built: the same kinds with the same options."""

import numpy as np
import pytest

from sim.engine.faults import FAULTS
from sim.engine.streams import Streams
from sim.network.importers import TOPOLOGIES
from sim.network.latency import LATENCY_LAWS, make_law
from sim.network.loss import LOSS_LAWS, make_loss
from sim.scenario import catalogue
from sim.workload import BEHAVIOURS, make_behaviour
from tests.scenario.texts import GOOD, plan_of

LAWS = [
    "{kind: constant, value: 1ms}",
    "{kind: uniform, low: 1ms, high: 2ms}",
    "{kind: normal, mean: 1ms, sd: 2ms}",
    "{kind: exponential, mean: 1ms}",
    "{kind: lognormal, sigma: 0.5}",
    "{kind: pareto_exponential, pareto_share: 90%, scale: 1ms, alpha: 3, mean: 5ms}",
    "{kind: empirical, path: delays.csv, column: delay, unit: us}",
]
LOSSES = ["none", "1%", "{kind: gilbert_elliott, to_bad: 1%, to_good: 30%}"]

BEHAVIOUR_TEXTS = [
    "{kind: synthetic}",
    "{kind: synthetic, drift: none, correlation: 0.3}",
    "{kind: synthetic, drift: 0.2, tail: {df: 5}, season: {period: 1min}}",
    "{kind: trace, path: trace.csv, columns: [b, a], cadence: 1s, missing: hold}",
    "{kind: trace, path: [trace.csv, trace.csv], shift: none}",
]


def topology_of(options: str):
    old = "topology: {kind: topohub, name: topozoo/Abilene}"
    return plan_of(GOOD.replace(old, f"topology: {{kind: point, {options}}}")).topology


@pytest.mark.parametrize("text", LAWS)
def test_the_network_builds_every_law_of_delay(text, tmp_path, monkeypatch):
    (tmp_path / "delays.csv").write_text("delay\n3\n4\n")
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


def test_the_catalogue_has_the_names_of_the_registries():
    assert sorted(LATENCY_LAWS) == sorted(catalogue.LATENCY_LAWS)
    assert sorted(LOSS_LAWS) == sorted(catalogue.LOSS_LAWS)
    assert sorted(BEHAVIOURS) == sorted(catalogue.BEHAVIOURS)
    assert sorted(TOPOLOGIES) == sorted(catalogue.TOPOLOGIES)
    assert sorted(FAULTS) == sorted(catalogue.FAULTS)
