"""What a committee publishes when some of it were away: nothing missing, nothing twice."""

import numpy as np
import pytest

from sim.engine.simulation import Simulation
from sim.scenario.loader import parse_scenario

SCENARIO = """
schema: 1
name: council
duration: 12s
agents: {count: 24, features: 2, rate: 2Hz}
topology: {kind: ring, sites: 4, length_km: 400}
tree: {local: 3, regional: 4, replicas: {root: 4}}
baseline: {publish: 500ms, pane: 5s}
agreement: {protocol: {kind: pbft, timeout: 400ms}}
"""


def run(protocol, fault, more=""):
    text = SCENARIO + f"faults: [{fault}]\n" + more
    plan = parse_scenario(text, "council.yaml", [f"agreement.protocol={protocol}"])
    return Simulation(plan, seed=1).run().tables


PBFT, HOTSTUFF = "{kind: pbft, timeout: 400ms}", "{kind: hotstuff, timeout: 400ms}"
AWAY = "{kind: pause, nodes: [root-0/*], at: 5900ms, until: 6100ms}"


@pytest.mark.parametrize("protocol", [PBFT, HOTSTUFF])
def test_a_publication_that_nobody_was_there_for_is_made_up_for_and_stops_nothing(protocol):
    decisions = run(protocol, AWAY)["decisions"]
    for replica in range(4):
        decided = decisions["version"][decisions["replica"] == replica].tolist()
        assert decided == list(range(1, 24)), replica


@pytest.mark.parametrize("protocol", [PBFT, HOTSTUFF, "bracha"])
def test_a_replica_that_has_forgotten_everything_publishes_no_version_twice(protocol):
    crash = "{kind: crash, nodes: [root-0/1], at: 4s, until: 6s, durable: false}"
    decisions = run(protocol, crash)["decisions"]
    keys = list(zip(decisions["version"].tolist(), decisions["replica"].tolist(), strict=True))
    assert len(keys) == len(set(keys))
    assert max(version for version, replica in keys if replica == 1) >= 22


def test_every_version_that_was_decided_has_its_baseline_however_late():
    halves = "{kind: partition, shape: halves, at: 4s, until: 7s}"
    tables = run(PBFT, halves)
    decided = np.unique(tables["decisions"]["version"])
    assert tables["baselines"]["version"].tolist() == decided.tolist()


def test_the_ages_of_a_baseline_are_those_of_the_snapshot_and_not_of_the_decision():
    slow = "{kind: degrade, nodes: [root-0/0], extra_latency: 300ms, at: 3s, until: 6s}"
    agreed, free = (run(protocol, slow)["baselines"] for protocol in (PBFT, "versions"))
    late = agreed["version"] > 2
    assert (agreed["mean_age_ns"][late] >= 0).all()
    assert (agreed["coverage"][late] == 1).all()
    assert np.median(agreed["mean_age_ns"]) == pytest.approx(
        np.median(free["mean_age_ns"]), rel=0.2
    )


def test_the_error_of_a_run_is_that_of_what_is_published_and_not_of_what_a_replica_knows():
    halves = "{kind: partition, shape: halves, at: 5s, until: 10s}"
    samples = {protocol: run(protocol, halves)["samples"] for protocol in (PBFT, "versions")}
    cut = (samples[PBFT]["time_ns"] > 5_500_000_000) & (samples[PBFT]["time_ns"] < 10**10)
    assert len(np.unique(samples[PBFT]["count"][cut])) == 1, "nothing new is published"
    assert len(np.unique(samples["versions"]["count"][cut])) > 5


def test_who_forges_what_it_publishes_moves_the_error():
    liar = "adversaries: [{where: root-0/0, kind: forge, by: 5sd, from: 4s}]\n"
    none = "{kind: duplicate, nodes: [all], share: 1%, at: 1s, until: 11s}"
    found = run("versions", none, liar)["samples"]
    assert np.nanmax(found["error_mean"][found["time_ns"] > 5_000_000_000]) > 2
