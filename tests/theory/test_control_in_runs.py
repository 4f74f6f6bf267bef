"""Theory section 6 shown by whole runs: scenario in, tables out, nothing but YAML in between.

Replicas stand at the leaves of a star, all as far from each other, so a delay is a delay; without
jitter, crypto and service times a decision then takes exactly as many of them as theory says.
"""

import json

import pytest

from benchmarks.agreement_latency import (
    BARE,
    CRYPTO,
    DISTANCES,
    KINDS,
    ROUNDS,
    floor_ms,
    last_ms,
    latencies_ms,
    scenario,
)
from sim.engine.simulation import Simulation
from sim.protocol.agreement.registry import PROTOCOLS
from sim.scenario import parse_scenario

DELAY_MS = 5.0
DELAYS = {
    "consistent_broadcast": [2, 3, 3, 3],
    "bracha": [3] * 4,
    "imbs_raynal": [2] * 6,
    "approximate": [ROUNDS] * 4,
    "witness": [4 * ROUNDS] * 4,
    "pbft": [3] * 4,
    "hotstuff": [7, 8, 8, 8],
}
"""Of each replica, in order. HotStuff's seven begin after a delay for the new-views, and its leader
knows a delay before the others."""


def run(text):
    return Simulation(parse_scenario(json.dumps(text), "scenario.yaml"), seed=1).run()


# Latencies and messages


@pytest.mark.parametrize("kind", KINDS)
def test_every_version_takes_the_delays_of_theory_to_the_nanosecond(kind):
    for found in latencies_ms(kind, DELAY_MS):
        assert found == [delays * DELAY_MS for delays in DELAYS[kind]]


def test_without_agreement_a_version_takes_no_time_and_no_message():
    for found in latencies_ms("versions", DELAY_MS):
        assert found == [0.0] * 4
    assert "control_traffic" not in run(scenario("versions", DELAY_MS, 4, BARE)).tables


def messages(kind, replicas):
    """Of a version, on average over the run; all of them are delivered, and known as its own."""
    recording = run(scenario(kind, DELAY_MS, replicas, BARE))
    traffic = recording.tables["control_traffic"]
    assert set(traffic["outcome"].tolist()) == {"delivered"}
    assert set(traffic["part"].tolist()) == {"agreement"}
    return traffic["messages"].sum() / len(set(recording.tables["decisions"]["version"].tolist()))


@pytest.mark.parametrize(
    ("kind", "n"), [(kind, 6 if kind == "imbs_raynal" else 4) for kind in KINDS]
)
def test_every_version_takes_the_messages_of_theory(kind, n):
    rounds = ROUNDS if PROTOCOLS[kind].in_rounds else 1
    assert messages(kind, n) == rounds * PROTOCOLS[kind].messages(n)


@pytest.mark.parametrize(("kind", "expected"), [("bracha", 27), ("pbft", 24), ("hotstuff", 24)])
def test_four_replicas_send_what_the_table_of_theory_says(kind, expected):
    assert messages(kind, 4) == expected


def test_ten_replicas_that_certify_send_as_many_vouches_more():
    recording = run(scenario("bracha", DELAY_MS, 10, {**BARE, "certify": True}))
    traffic = recording.tables["control_traffic"]
    sent = dict(zip(traffic["kind"].tolist(), traffic["messages"].tolist(), strict=True))
    assert sent["Vouch"] == 2 * 10 * 9
    assert sum(sent.values()) == 2 * (PROTOCOLS["bracha"].messages(10) + 10 * 9)
    decisions = recording.tables["decisions"]
    latencies_ns = decisions["decided_ns"] - decisions["proposed_ns"]
    assert set(latencies_ns.tolist()) == {4 * 5_000_000}


# What machines add


@pytest.mark.parametrize(
    ("service_us", "sign_us", "verify_us"), [(0, 23, 70), (20, 0, 0), (20, 23, 70), (0, 500, 0)]
)
def test_crypto_and_service_shift_consistent_broadcast_by_its_critical_path(
    service_us, sign_us, verify_us
):
    """The followers take in SEND and sign; all three signatures come at once, and with the second
    the writer has a quorum, its own among it; whoever gets the certificate checks all three."""
    costs = {
        "service": f"{service_us}us",
        "sign": f"{sign_us}us",
        "verify": f"{verify_us}us",
        "certify": False,
    }
    collected = service_us + sign_us + 2 * (service_us + verify_us)
    known = collected + service_us + 3 * verify_us
    writer, *others = (delays * DELAY_MS for delays in DELAYS["consistent_broadcast"])
    expected = [writer + collected / 1000, *(other + known / 1000 for other in others)]
    for found in latencies_ms("consistent_broadcast", DELAY_MS, costs=costs):
        assert found == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("kind", KINDS)
def test_no_decision_is_faster_than_light_on_its_causal_path(kind):
    # Bare runs are at the floor exactly (above); what machines do only adds to it.
    distance_ms = DISTANCES["rack"]
    assert last_ms(kind, distance_ms, 4, CRYPTO) >= floor_ms(kind, distance_ms) - 1e-9


@pytest.mark.parametrize("kind", ["consistent_broadcast", "pbft", "bracha"])
def test_less_than_a_millisecond_is_a_matter_of_distance(kind):
    """Three delays of 0.33 ms are 0.99 ms: 66 km apart with nothing to spare for a signature."""
    assert last_ms(kind, DISTANCES["rack"], 4, CRYPTO) < 1
    assert (
        last_ms(kind, DISTANCES["metro"], 4, BARE)
        < 1
        < last_ms(kind, DISTANCES["metro"], 4, CRYPTO)
    )
    assert last_ms(kind, DISTANCES["continental"], 4, BARE) >= 15


# Failure domains and clean splits


def committed_in_the_cut(replicas, far):
    """Replicas that show an alert of either side as committed before the heal."""
    text = scenario("versions", DELAY_MS, replicas, {**BARE, "f": (replicas - 1) // 3})
    cut = [f"replica-{number}" for number in far] + ["region-1"]
    text["alerts"] = {"raised": [{"by": f"regional-{n}", "at": "1100ms"} for n in (0, 1)]}
    text["faults"] = [
        {"kind": "partition", "groups": [cut, ["rest"]], "at": "1s", "until": "2500ms"}
    ]
    table = run(text).tables["alerts"]
    committed = table["state"] == "committed"
    early = committed & (table["at_ns"] < 2_500_000_000) & (table["replica"] >= 0)
    assert len(set(table["node"][committed & (table["replica"] >= 0)].tolist())) == replicas
    assert len(set(table["alert"][committed].tolist())) == 2
    return sorted(set(table["node"][early].tolist()))


def test_two_failure_domains_commit_nothing_in_a_clean_split():
    assert committed_in_the_cut(2, far=[1]) == []


def test_four_failure_domains_commit_on_the_side_of_three():
    assert committed_in_the_cut(4, far=[3]) == ["root-0/0", "root-0/1", "root-0/2"]


def test_four_failure_domains_commit_nothing_if_split_evenly():
    assert committed_in_the_cut(4, far=[2, 3]) == []
