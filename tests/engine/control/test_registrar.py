"""The registrar of a run: petitions that are signed, and alerts that are taken back."""

from dataclasses import replace

import pytest

from sim.engine.control.registrar import Petition, Registrar
from sim.engine.simulation import Simulation
from sim.protocol.membership.succession import Succession
from tests.engine.control.rehomed import HEARTBEAT, RING, TREE
from tests.engine.scenarios import MS, S, plan_of, run

WANTED = Succession("local-3", "local-4")


@pytest.fixture
def registrar():
    plan = plan_of(tree=TREE, topology=RING, membership=HEARTBEAT)
    (found,) = (one for one in Simulation(plan, seed=1).components if isinstance(one, Registrar))
    return found


def test_a_petition_that_a_client_signed_is_acceptable(registrar):
    seal = registrar.admit("client")
    assert registrar._is_genuine(1, registrar.petition("client", seal, WANTED, 3))


def test_nobody_signs_a_petition_in_the_name_of_another_client(registrar):
    registrar.admit("client")
    stranger = registrar.admit("stranger")
    assert not registrar._is_genuine(1, registrar.petition("client", stranger, WANTED, 3))
    assert not registrar._is_genuine(1, registrar.petition("nobody", stranger, WANTED, 3))


def test_a_content_that_is_not_what_was_signed_is_not_acceptable(registrar):
    value = registrar.petition("client", registrar.admit("client"), WANTED, 3)
    for content in (
        None,
        replace(value.content, what=Succession("local-4", "local-3")),
        replace(value.content, epoch=4),
        replace(value.content, signatures=()),
    ):
        assert not registrar._is_genuine(1, replace(value, content=content))


def test_one_replica_alone_is_not_enough_and_one_that_signs_twice_is_one(registrar):
    seals = {name: registrar.admit(name, alone=False) for name in ("a", "b")}
    wishes = [registrar.petition(name, seal, WANTED, 3) for name, seal in seals.items()]
    assert not registrar._is_genuine(1, wishes[0])
    assert not registrar._is_genuine(1, registrar._combine([wishes[0], wishes[0]]))
    both = registrar._combine(wishes)
    assert isinstance(both.content, Petition)
    assert registrar._is_genuine(1, both)
    assert both.digest == wishes[0].digest


def test_a_forged_wish_does_not_spoil_those_it_is_combined_with(registrar):
    seals = {name: registrar.admit(name, alone=False) for name in ("a", "b", "liar")}
    wishes = [registrar.petition(name, seals[name], WANTED, 3) for name in ("a", "b")]
    forged = registrar.petition("b", seals["liar"], WANTED, 3)
    assert registrar._is_genuine(1, registrar._combine([forged, *wishes]))
    assert not registrar._is_genuine(1, registrar._combine([forged, wishes[0]]))


def test_the_timeout_is_longer_than_four_round_trips_between_the_replicas(registrar):
    # Two links of a ring of four sites, 8.55 ms each, there and back.
    assert registrar.timeout_ns >= 4 * 2 * 2 * 8_500_000


RAISED = [{"by": "regional-1", "at": "1s", "retract": "2s"}, {"by": "agent-3", "at": "1s"}]


def _alerts(*faults, raised=RAISED, protocol="pbft"):
    return run(
        *faults,
        tree=TREE,
        topology=RING,
        agreement={"protocol": protocol},
        alerts={"expire": "2s", "raised": raised},
    )


def _shown(recording, path):
    """The last state of an alert at each node that shows it."""
    table = recording.tables["alerts"]
    mine = table["alert"] == path
    return dict(zip(table["node"][mine].tolist(), table["state"][mine].tolist(), strict=True))


def test_an_alert_is_taken_back_everywhere_and_no_other_one():
    recording = _alerts()
    keepers = {f"root-0/{replica}" for replica in range(4)}
    assert _shown(recording, "alerts.raised[0]") == dict.fromkeys(
        sorted(keepers | {"regional-1"}), "retracted"
    )
    assert set(_shown(recording, "alerts.raised[1]").values()) == {"committed"}


def test_an_alert_is_taken_back_within_six_delays_of_the_wish():
    table = _alerts().tables["alerts"]
    at_ns = table["at_ns"][table["state"] == "retracted"]
    assert at_ns.min() > 2 * S
    assert at_ns.max() < 2 * S + 6 * 20 * MS


def test_a_minority_takes_nothing_back_until_it_can_reach_a_quorum():
    groups = [["regional-1", "root-0/0"], "rest"]
    cut = {"kind": "partition", "groups": groups, "at": "1500ms", "until": "3s"}
    recording = _alerts(cut, protocol="hotstuff")
    table = recording.tables["alerts"]
    at_ns = table["at_ns"][table["state"] == "retracted"]
    assert at_ns.min() > 3 * S
    assert set(_shown(recording, "alerts.raised[0]").values()) == {"retracted"}


def test_an_alert_that_was_never_raised_cannot_be_taken_back():
    crash = {
        "kind": "crash",
        "nodes": ["regional-1"],
        "at": "500ms",
        "durable": True,
        "until": "3s",
    }
    assert "alerts.raised[0].retract" in _alerts(crash).idle_faults
