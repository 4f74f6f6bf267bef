"""Replicas that lie, in whole runs: no correct one is misled, and what each protocol still does.

Every run checks its own invariants; here is what the liars did achieve.
"""

from types import SimpleNamespace

import numpy as np
import pytest

from sim.engine.control.invariants import Decisions, Promise, check_certified_read
from sim.engine.control.liars import MemberLiars
from sim.engine.simulation import Simulation
from sim.errors import InvariantViolated
from sim.protocol.agreement.registry import PROTOCOLS as THEORY
from sim.protocol.committee import Committee
from sim.protocol.signatures import Certificate, Notary, digest
from tests.engine.control.lied import (
    PROTOCOLS,
    answered,
    decided,
    members,
    plan,
    run,
    simulation,
    worst,
)

BROADCASTS = ("consistent_broadcast", "bracha", "imbs_raynal")
CONSENSUS = ("pbft", "hotstuff")
AVERAGING = ("approximate", "witness")
LIES = ("silence", "equivocate", "forge")
VERSIONS = [1, 2, 3]
"""All that there was time to decide even after a change of views, but the last."""
FORGED_SD = 3.0
"""A shift of 5 sd between agents is about 4 sd of the baseline, which has noise in it, too."""


def correct(protocol, liar=0):
    return [replica for replica in range(members(protocol)) if replica != liar]


def table(recording, *columns, of):
    """Rows of the decisions of some replicas."""
    decisions = recording.tables["decisions"]
    mine = np.isin(decisions["replica"], of)
    return list(zip(*(decisions[column][mine].tolist() for column in columns), strict=True))


@pytest.mark.parametrize("kind", ["", *LIES])
@pytest.mark.parametrize("protocol", [*BROADCASTS, *CONSENSUS])
def test_correct_replicas_never_decide_differently(protocol, kind):
    recording = run(protocol, kind)
    if "decisions" not in recording.tables:
        return  # nobody was talked into anything
    found = set(table(recording, "version", "digest", of=correct(protocol)))
    assert len(found) == len({version for version, _ in found})


@pytest.mark.parametrize("kind", LIES)
@pytest.mark.parametrize("protocol", CONSENSUS)
def test_consensus_replaces_a_leader_that_lies_and_goes_on(protocol, kind):
    recording = run(protocol, kind)
    for replica in correct(protocol):
        assert decided(recording, replica)[: len(VERSIONS)] == VERSIONS
    assert {view for (view,) in table(recording, "view", of=correct(protocol))} == {1}


@pytest.mark.parametrize("kind", LIES)
@pytest.mark.parametrize("protocol", BROADCASTS)
def test_a_broadcast_stands_still_without_a_correct_writer(protocol, kind):
    recording = run(protocol, kind)
    assert [decided(recording, replica) for replica in correct(protocol)] == (
        [[]] * len(correct(protocol))
    )


@pytest.mark.parametrize("kind", LIES)
@pytest.mark.parametrize("protocol", AVERAGING)
def test_averages_of_correct_replicas_stay_near_the_truth(protocol, kind):
    recording = run(protocol, kind)
    assert all(decided(recording, replica)[:3] == VERSIONS for replica in correct(protocol))
    errors = [error for (error,) in table(recording, "error_mean", of=correct(protocol))]
    own = recording.tables["snapshots"]["error_mean"]
    assert max(errors) <= np.nanmax(own)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_nobody_waits_for_f_replicas_that_are_silent(protocol):
    recording = run(protocol, "silence", members(protocol) - 1)
    for replica in range(members(protocol) - 1):
        assert decided(recording, replica)[: len(VERSIONS)] == VERSIONS
    assert decided(recording, members(protocol) - 1) == []


def test_consensus_free_one_liar_has_its_way_with_those_who_do_not_ask_for_proof():
    recording = run("versions", "forge")
    assert worst(recording, "availability") > FORGED_SD
    assert answered(recording, "consistency") == 0


@pytest.mark.parametrize("protocol", CONSENSUS)
def test_what_is_certified_cannot_be_forged_below(protocol):
    recording = run(protocol, "forge")
    assert worst(recording, "availability") == worst(recording, "consistency") < 0.1
    assert answered(recording, "consistency") == 1


def test_averages_bear_no_certificates_and_are_forged_below():
    recording = run("approximate", "forge")
    assert worst(recording, "availability") > FORGED_SD
    assert answered(recording, "consistency") == 0


def test_it_is_the_tolerance_of_the_others_that_stops_a_forging_leader():
    liar = {"where": "root-0/0", "kind": "forge"}
    free = simulation("pbft", liar, agreement={"tolerance": "none"}).run()
    assert worst(free, "consistency") > FORGED_SD
    near = simulation("pbft", {**liar, "by": "0.5sd"}).run()
    assert 0.3 < worst(near, "consistency") < 0.6
    assert {view for (view,) in table(near, "view", of=[1, 2, 3])} == {0}


def test_a_leader_just_within_the_timeout_slows_everything_down_and_stays():
    slow = {"where": "root-0/0", "kind": "delay_to_bound", "margin": "200ms"}
    recording = simulation("pbft", slow).run()
    rows = table(recording, "view", "proposed_ns", "decided_ns", of=[1, 2, 3])
    assert {view for view, _, _ in rows} == {0}
    assert min(decided_ns - proposed_ns for _, proposed_ns, decided_ns in rows) > 200e6


def test_old_snapshots_are_near_enough_but_readers_see_their_age():
    recording = run("pbft", "stale_replay")
    assert decided(recording, 1)[:3] == VERSIONS
    ages = recording.tables["reads"]["age_ns"]
    honest = run("pbft").tables["reads"]["age_ns"]
    assert ages.max() > honest.max() + 400_000_000


def test_they_lie_from_then_until_then():
    silent = {"where": "root-0/1", "kind": "silence", "from": "700ms", "until": "1700ms"}
    assert decided(simulation("pbft", silent).run(), 1) == [1, 4]


def test_who_lies_is_drawn_by_the_seed():
    lying = plan("versions", {"where": "root-0/*", "budget": 1, "kind": "silence"})

    def liars(seed):
        (found,) = (c for c in Simulation(lying, seed).components if isinstance(c, MemberLiars))
        return tuple(found.parts)

    drawn = [liars(seed) for seed in range(6)]
    assert drawn == [liars(seed) for seed in range(6)]
    assert {len(one) for one in drawn} == {1}
    assert len(set(drawn)) > 1


def test_a_liar_that_had_no_chance_makes_a_run_inconclusive():
    late = {"where": "root-0/2", "kind": "stale_replay", "by": "10s"}
    recording = simulation("pbft", late).run()
    assert recording.idle_faults == ("adversaries[0]",)
    assert recording.tables["member_lies"]["deeds"].tolist() == [0]


def test_beyond_f_nothing_is_promised_and_nothing_demanded():
    twins = {"where": ["root-0/0", "root-0/1"], "kind": "equivocate", "by": "0.5sd"}
    recording = simulation("consistent_broadcast", twins, agreement={"tolerance": "none"}).run()
    assert THEORY["consistent_broadcast"].most_liars(4) == 1
    assert recording.tables["member_lies"]["replica"].tolist() == [0, 1]


FOUR = Committee(tuple(f"root-0/{replica}" for replica in range(4)), 1)
NOTARY = Notary(b"secret", 4)


def read_signed_by(signers, statements):
    """Hold a certified read to what is demanded, where nobody decided what it says."""
    said = digest("nobody's")
    proof = Certificate(said, tuple(NOTARY.seal(one).sign(said) for one in range(signers)))
    held = SimpleNamespace(certificate=proof, digest=said)
    read = SimpleNamespace(answered=True, version=(0, 6))
    check_certified_read(read, held, FOUR, NOTARY, statements)


@pytest.mark.parametrize("liars", [1, 2])
def test_with_more_liars_than_f_a_quorum_may_sign_what_nobody_decided(liars):
    honest = tuple(replica >= liars for replica in range(4))
    demanded = Decisions(Promise("pbft", FOUR, honest), lambda *_: True, lambda: 0).statements
    if liars > FOUR.f:
        read_signed_by(3, demanded)
    else:
        with pytest.raises(InvariantViolated, match="nobody decided version"):
            read_signed_by(3, demanded)


def test_with_more_liars_than_f_a_quorum_must_still_have_signed():
    with pytest.raises(InvariantViolated, match="no quorum signed"):
        read_signed_by(2, None)


@pytest.mark.parametrize(("silent", "state"), [(1, "committed"), (2, "provisional")])
def test_alerts_do_without_f_keepers_and_no_more(silent, state):
    liars = {"where": [f"root-0/{replica}" for replica in range(silent)], "kind": "silence"}
    alerts = {"expire": "10s", "gossip": "200ms", "raised": [{"by": "regional-0", "at": "1s"}]}
    shown = simulation("versions", liars, alerts=alerts, reads=[]).run().tables["alerts"]
    last = dict(zip(shown["node"].tolist(), shown["state"].tolist(), strict=True))
    assert last["root-0/3"] == last["regional-0"] == state
    assert "root-0/0" not in last


def test_a_plan_keeps_liars_among_replicas_apart():
    found = plan("pbft", {"where": "root-0/1", "kind": "forge", "by": "2sd"})
    assert found.adversaries == ()
    assert [(one.nodes, one.options["by"]) for one in found.control.liars] == [(("root-0/1",), 2.0)]
