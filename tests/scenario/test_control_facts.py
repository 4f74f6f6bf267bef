"""What a control plane amounts to before it runs: numbers of theory, and of the registries."""

import math

import pytest

from sim.scenario.control_facts import control_facts
from tests.scenario.texts import GOOD, plan_of

FOUR = "tree: {replicas: {root: 4}, replica_sites: [Denver, Seattle, Houston, Chicago]}\n"
SEATTLE_TO_HOUSTON_NS = 30_544_980
"""By way of Denver and Kansas City, one way."""


def facts(blocks: str, tree: str = FOUR, *overrides: str):
    return control_facts(plan_of(GOOD + tree + blocks, *overrides))


def test_without_a_control_plane_there_are_no_facts():
    assert facts("", tree="") is None


def test_a_committee_is_told_with_its_quorum_and_its_slowest_way():
    committee = facts("agreement: {protocol: pbft}\n").committee
    assert committee.names == ("root-0/0", "root-0/1", "root-0/2", "root-0/3")
    assert committee.sites == ("Denver", "Seattle", "Houston", "Chicago")
    assert (committee.n, committee.f, committee.quorum) == (4, 1, 3)
    assert committee.one_way_ns == SEATTLE_TO_HOUSTON_NS


@pytest.mark.parametrize(
    ("protocol", "rounds", "messages", "delays"),
    [
        ("consistent_broadcast", 1, 9, 3),
        ("bracha, certify: false", 1, 27, 3),
        ("bracha", 1, 27 + 12, 4),
        ("pbft, certify: false", 1, 24, 3),
        ("hotstuff, certify: false", 1, 24, 8),
        ("{kind: approximate, spread: 100, epsilon: 1}", 7, 7 * 12, 7),
        ("{kind: witness, spread: 100, epsilon: 1}", 7, 7 * 120, 28),
        ("{kind: approximate, spread: 1, epsilon: 0.5}", 1, 12, 1),
    ],
)
def test_messages_and_delays_of_a_decision_are_those_of_theory(protocol, rounds, messages, delays):
    found = facts(f"agreement: {{protocol: {protocol}}}\n").agreement
    assert (found.rounds, found.messages, found.delays) == (rounds, messages, delays)
    assert found.latency_ns == delays * SEATTLE_TO_HOUSTON_NS


@pytest.mark.parametrize(
    ("agreement", "crypto_ns"),
    [
        ("protocol: pbft, sign: 20us, verify: 50us", 20_000 + 3 * 50_000),
        ("protocol: pbft, certify: false", 0),
        ("protocol: approximate", 0),
        ("protocol: versions", 0),
    ],
)
def test_signatures_are_paid_for_where_something_is_certified(agreement, crypto_ns):
    assert facts(f"agreement: {{{agreement}}}\n").agreement.crypto_ns == crypto_ns


def test_consensus_free_nobody_waits():
    found = facts("agreement: {}\n").agreement
    assert (found.messages, found.delays, found.latency_ns) == (0, 0, 0)


@pytest.mark.parametrize(
    ("detector", "suspected_s"),
    [
        ("{kind: heartbeat, period: 1s, timeout: 3s}", 2.5),
        ("{kind: phi, threshold: 8, period: 1s}", 1.5612 - 0.5),
        ("{kind: phi, threshold: 8, law: exponential, period: 1s}", 18.4207 - 0.5),
        ("{kind: swim, period: 1s, timeout: 200ms}", 1.5726 + 0.2),
    ],
)
def test_a_crash_is_suspected_when_theory_says(detector, suspected_s):
    tree = FOUR.replace("replicas", "levels: 2, replicas", 1)
    found = facts(f"membership: {{detector: {detector}}}\n", tree).detector
    assert (found.watched, found.siblings) == (50, 50)
    assert found.suspected_ns / 1e9 == pytest.approx(suspected_s, abs=1e-4)


def test_a_suspicion_of_swim_can_be_refuted_for_a_while():
    tree = FOUR.replace("replicas", "levels: 2, replicas", 1)
    found = facts("membership: {detector: {kind: swim, suspicion: 4}}\n", tree).detector
    assert found.confirmed_ns == round(4 * math.log10(50) * 1e9)


def test_lost_heartbeats_cost_false_suspicions():
    lossy = "topology.loss=5%"
    found = facts("membership: {detector: heartbeat}\n", FOUR, lossy).detector
    assert found.false_per_h == pytest.approx(0.45)
    assert facts("membership: {detector: heartbeat}\n").detector.false_per_h == 0


SYNC = """\
agreement: {protocol: pbft, rate: 100Mbps}
anti_entropy: {method: merkle, every: 1s, item: 528B}
baseline: {pane: 5s}
faults: [{kind: partition, shape: halves, at: 10s, until: 30s}]
"""


def test_recovery_is_predicted_from_state_bandwidth_and_period():
    found = facts(SYNC).anti_entropy
    assert (found.partition_ns, found.items, found.missing) == (20 * 10**9, 1000, 1000)
    assert found.missing_bytes == 528_000
    shipping_ns = 528_000 * 8 * 10
    assert found.recovery_ns_min == SEATTLE_TO_HOUSTON_NS + shipping_ns
    below_ns = 10**9 + SEATTLE_TO_HOUSTON_NS * (1 + 2 * (found.round_trips + 1)) + shipping_ns
    # Three hops of 100 ms and of the slowest way of the map come on top.
    assert 3e8 < found.recovery_ns_max - below_ns < 3e8 + 3 * 1e8


def test_a_log_holds_what_snapshots_forget():
    found = facts(SYNC.replace("merkle", "riblt, store: log")).anti_entropy
    assert (found.items, found.missing) == (6 * 1000, 4 * 1000)


def test_an_unlimited_line_ships_in_no_time():
    found = facts(SYNC.replace(", rate: 100Mbps", "")).anti_entropy
    assert found.recovery_ns_min == SEATTLE_TO_HOUSTON_NS


def test_without_a_partition_nothing_is_missing():
    found = facts(SYNC[: SYNC.index("faults")]).anti_entropy
    assert (found.missing, found.round_trips) == (0, 1)
    # Twelve pairs exchange two digests a second.
    assert found.idle_bytes_per_s == 12 * found.bytes
