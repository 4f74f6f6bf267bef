"""A seat goes to a foster and back; whatever is lost on the way, every agent counts once."""

from unittest import mock

import numpy as np
import pytest

from sim.engine.seating import Seating
from sim.engine.simulation import Simulation
from sim.errors import InvariantViolated
from sim.protocol.membership.warden import Warden
from tests.engine.control.rehomed import (
    AGENTS,
    CRASH,
    CUT,
    HEARTBEAT,
    PAUSE,
    PHI,
    RING,
    SWIM,
    TREE,
    counted,
    events,
    members,
)
from tests.engine.scenarios import MS, S, plan_of

DURABLE = {**CRASH, "durable": True}
TWICE = {
    "kind": "duplicate",
    "nodes": ["agents", "locals"],
    "share": 0.2,
    "at": "1s",
    "until": "5s",
}
SHORT = {**CRASH, "until": "2200ms"}
CASES = {
    "crash": (CRASH, HEARTBEAT),
    "durable": (DURABLE, HEARTBEAT),
    "cut": (CUT, HEARTBEAT),
    "pause": (PAUSE, HEARTBEAT),
    "swim": (CRASH, SWIM),
}


@pytest.mark.parametrize(("fault", "watched"), CASES.values(), ids=list(CASES))
def test_the_root_counts_every_agent_once_at_every_sample(fault, watched):
    recording = members(fault, watched=watched)
    assert events(recording, "rehomed", "local-3")
    assert events(recording, "returned", "local-3")
    assert set(counted(recording)) == {AGENTS}


def test_counts_are_exact_also_where_messages_are_lost_and_come_twice():
    recording = members(CRASH, TWICE, watched=PHI, loss="10%")
    assert events(recording, "rehomed", "local-3")
    assert set(counted(recording)) == {AGENTS}


def test_every_published_snapshot_is_of_all_agents():
    baselines = members(CRASH).tables["baselines"]
    assert set(baselines["sources"].tolist()[2:]) == {AGENTS}


def test_agents_are_fresh_again_after_detection_agreement_and_two_periods():
    recording = members(DURABLE)
    adopted_ns = max(row["at_ns"] for row in events(recording, "epoch") if row["epoch"] == 2)
    (rehomed,) = events(recording, "rehomed", "local-3")
    # The foster hears of it and calls the agents; they report, and then so does it.
    assert 0 < rehomed["at_ns"] - adopted_ns < 2 * 20 * MS + 2 * 100 * MS
    samples = recording.tables["samples"]
    settled = (samples["time_ns"] > rehomed["at_ns"] + 250 * MS) & (samples["time_ns"] < 4 * S)
    assert samples["oldest_age_ns"][settled].max() < 400 * MS


def test_without_rehoming_the_agents_of_the_lost_local_age_until_it_is_back():
    samples = members(DURABLE, rehome=False).tables["samples"]
    assert samples["oldest_age_ns"].max() > 1900 * MS


def test_a_local_that_restarts_from_nothing_before_anybody_noticed_is_quiet_until_it_knows():
    recording = members(SHORT)
    assert "members" not in recording.tables
    assert set(counted(recording)) == {AGENTS}


def test_a_foster_that_fails_as_well_is_followed_by_another_with_all_it_had():
    other = {**CRASH, "nodes": ["local-5"], "at": "3s", "until": "4s"}
    recording = members({**CRASH, "until": "5s"}, other)
    assert events(recording, "rehomed", "local-3")[0]["by"] == "local-5 ward"
    again = [*events(recording, "rehomed", "local-3")[1:], *events(recording, "rehomed", "local-5")]
    assert [row["by"] for row in again] == ["local-4 ward"] * 2
    assert set(counted(recording)) == {AGENTS}


def test_where_no_sibling_is_left_nothing_is_counted_twice_either():
    everybody = {**CRASH, "nodes": ["local-3", "local-4", "local-5"]}
    recording = members(everybody)
    assert set(counted(recording)) == {AGENTS}
    assert recording.tables["samples"]["coverage"][-1] == 1


def test_a_local_that_was_cut_off_reports_in_vain_until_it_learns_what_happened():
    (returned,) = events(members(CUT), "returned", "local-3")
    assert returned["fenced"] >= 1


def test_a_regional_is_replaced_by_another_one_like_a_local():
    recording = members({**CRASH, "nodes": ["regional-1"]}, watch="regionals")
    assert events(recording, "rehomed", "regional-1")[0]["by"] == "regional-0 ward"
    assert set(counted(recording)) == {AGENTS}


def test_faults_hit_the_machine_that_a_seat_is_on_and_not_the_one_it_was_on():
    later = {**PAUSE, "nodes": ["local-3"], "at": "3s", "until": "3900ms"}
    alone, paused = (members({**DURABLE, "until": "4s"}, *more) for more in ((), (later,)))
    ages = [one.tables["samples"]["oldest_age_ns"][25:39] for one in (alone, paused)]
    assert np.array_equal(*ages), "the foster acts"


# Mutants


def _run(fault):
    plan = plan_of(
        fault,
        tree=TREE,
        topology=RING,
        membership=HEARTBEAT,
        duration="5s",
        measure={"every": "20ms"},
    )
    Simulation(plan, seed=1).run()


def test_a_parent_without_a_fence_counts_agents_twice_and_is_caught():
    with (
        mock.patch.object(Warden, "_is_fenced", return_value=False),
        pytest.raises(InvariantViolated, match="counts 28 of 24"),
    ):
        _run(CUT)


@pytest.mark.parametrize("fault", [CUT, SHORT], ids=["rehomed", "restarted"])
def test_a_seat_that_speaks_before_it_knows_leaves_agents_out_and_is_caught(fault):
    with (
        mock.patch.object(Seating, "hush", return_value=None),
        pytest.raises(InvariantViolated, match="of 24 agents"),
    ):
        _run(fault)


WATCHED = {"detector": {"kind": "ewma_z", "half_life": "1s"}, "learn": "500ms", "calibrate": "1s"}


def test_watches_begin_anew_with_the_seat_that_they_are_on():
    """A watch has seen what its local holds: an invariant, checked at every sample."""
    recording = members(CRASH, detection={**WATCHED, "every": "200ms"})
    assert [one["member"] for one in events(recording, "rehomed")] == ["local-3"]
