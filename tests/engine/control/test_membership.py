"""Who notices a failure in a run, and what it takes until everybody agrees on it."""

import numpy as np
import pytest

from sim.errors import ScenarioError
from tests.engine.control.rehomed import (
    CRASH,
    CUT,
    HEARTBEAT,
    RING,
    SWIM,
    TREE,
    events,
    members,
)
from tests.engine.scenarios import MS, S, plan_of, run

BEGIN_NS = 2 * S


def test_a_silent_local_is_suspected_a_timeout_after_its_last_heartbeat():
    failed = events(members(CRASH), "failed", "local-3")
    (row,) = failed
    assert row["by"] == "regional-1 warden"
    # The last heartbeat was sent at most a period before the crash.
    assert BEGIN_NS + 300 * MS <= row["at_ns"] <= BEGIN_NS + 520 * MS


@pytest.mark.parametrize("watched", [HEARTBEAT, SWIM], ids=["heartbeat", "swim"])
def test_whoever_watches_finds_the_local_that_failed_and_nobody_else(watched):
    recording = members(CRASH, watched=watched)
    assert {row["member"] for row in events(recording, "failed")} == {"local-3"}


def test_nobody_is_suspected_while_nothing_fails():
    recording = members()
    assert "members" not in recording.tables
    assert "registry" not in recording.tables


def test_all_parents_adopt_the_same_epochs_soon_after_one_of_them_asked():
    recording = members(CRASH)
    failed_ns = events(recording, "failed", "local-3")[0]["at_ns"]
    adopted = events(recording, "epoch")
    assert {row["by"] for row in adopted} == {"regional-0 warden", "regional-1 warden"}
    first = [row for row in adopted if row["epoch"] == 2]
    # To the replicas, three delays of PBFT, vouches, and back: six, of 19 ms at most.
    assert all(row["at_ns"] - failed_ns < 6 * 19 * MS for row in first)
    assert sorted(row["epoch"] for row in adopted) == [2, 2, 4, 4]


def test_replicas_of_the_root_log_the_same_changes_in_the_same_order():
    registry = members(CRASH).tables["registry"]
    logs = [registry["what"][registry["replica"] == replica].tolist() for replica in range(4)]
    assert logs == [["Succession", "Return"]] * 4


def test_without_rehoming_failures_are_seen_and_nothing_is_changed():
    recording = members(CRASH, rehome=False)
    assert events(recording, "failed", "local-3")
    assert events(recording, "alive", "local-3")
    assert "registry" not in recording.tables
    assert not events(recording, "rehomed")


def test_a_regional_that_fails_is_expelled_by_replicas_of_the_root_together():
    crash = {**CRASH, "nodes": ["regional-1"]}
    recording = members(crash, watch="regionals")
    registry = recording.tables["registry"]
    assert all(" + " in by for by in registry["by"].tolist()), "f + 1 have signed"
    assert events(recording, "rehomed", "regional-1")
    assert events(recording, "returned", "regional-1")


def test_one_replica_that_hears_a_regional_no_more_expels_nobody():
    cut = {
        "kind": "partition",
        "groups": [["regional-1"], ["root-0/2"]],
        "at": "2s",
        "until": "4s",
    }
    recording = members(cut, watch="regionals")
    assert {row["by"] for row in events(recording, "failed")} == {"root-0/2 warden"}
    assert "registry" not in recording.tables


def test_a_partition_that_parents_cannot_tell_from_a_crash_is_treated_like_one():
    recording = members(CUT)
    assert len(events(recording, "rehomed", "local-3")) == 1
    assert len(events(recording, "returned", "local-3")) == 1


def test_a_tier_that_has_replicas_itself_cannot_be_watched():
    replicas = {"regional": 2, "replicas": {"root": 4, "regional": 4}}
    with pytest.raises(ScenarioError, match="watch: locals"):
        plan_of(tree=replicas, topology=RING, membership={**HEARTBEAT, "watch": "regionals"})


def test_watching_changes_nothing_of_what_agents_report_and_the_root_knows():
    blocks = {"tree": TREE, "topology": {**RING, "loss": "0%"}, "duration": "6s"}
    alone, watched = run(**blocks), members()
    for column in ("oldest_age_ns", "count", "error_mean"):
        known = [one.tables["samples"][column] for one in (alone, watched)]
        np.testing.assert_array_equal(*known)
