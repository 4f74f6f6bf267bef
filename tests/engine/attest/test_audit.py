"""Audits: who leaves children out is caught, who makes them up convicted, who is honest neither."""

import pytest

from tests.engine.attest.runs import attested, convicted, liar, rounds, run, status, trial

ALL = {"audits": 5}
"""As many as a local has agents, so that nothing is left to chance."""


def test_an_honest_run_has_no_findings():
    found = run(attest=ALL)
    assert rounds(found, "audited") == [0] * 4
    assert attested(found) == [True] * 4


@pytest.mark.parametrize("where", ["local-3", "regional-1"])
def test_who_drops_children_is_caught_and_disputed_but_not_convicted(where):
    found = run(liar("drop", where, of=0.4), attest=ALL)
    assert rounds(found, "audited") == [0, 1, 1, 1]
    assert rounds(found, "disputed") == [False, True, True, True]
    assert convicted(found) == []
    assert status(found, 5, 9) == [2]


@pytest.mark.parametrize("where", ["local-3", "regional-1"])
def test_who_makes_up_children_is_convicted_without_any_watcher(where):
    found = run(liar("forge", where, how="leaves"), attest={**ALL, "watchers": 0})
    assert trial(found)["reason"] == "not signed by its author"
    assert rounds(found, "audited") == [0, 1, 0, 0]
    assert attested(found) == [True, False, True, True]


def test_a_wrong_sum_of_right_children_is_nothing_that_an_audit_looks_at():
    found = run(liar("forge"), attest={**ALL, "watchers": 0})
    assert rounds(found, "audited") == [0] * 4
    assert convicted(found) == []


def test_agents_that_keep_silent_accuse_nobody():
    found = run({"where": "agents", "share": "10%", "kind": "silence"}, attest=ALL)
    assert rounds(found, "audited") == [0] * 4
    assert rounds(found, "missing") == [6] * 4


def test_a_message_that_was_lost_makes_an_honest_parent_look_like_one_that_drops():
    """That is why an audit convicts nobody for it."""
    cut = {"kind": "partition", "groups": ["local-3", "regionals"], "at": "3s", "until": "5s"}
    found = run(faults=[cut], attest=ALL)
    assert rounds(found, "audited") == [0, 1, 0, 0]
    assert convicted(found) == []


def test_who_cannot_be_asked_is_no_finding():
    cut = {"kind": "partition", "groups": ["region-0", "rest"], "at": "3s", "until": "5s"}
    found = run(faults=[cut], attest=ALL)
    assert rounds(found, "audited") == [0] * 4


def test_without_audits_nobody_is_asked():
    assert rounds(run(liar("drop", of=0.4)), "audited") == [0] * 4


def test_who_drops_children_but_cannot_be_asked_is_not_caught():
    """One of two answers is no finding."""
    cut = {"kind": "partition", "groups": ["local-3", "root"], "at": "3s", "until": "5s"}
    found = run(liar("drop", of=0.4), faults=[cut], attest=ALL)
    assert rounds(found, "audited") == [0, 0, 1, 1]


def test_a_round_in_which_somebody_was_caught_does_not_stand():
    found = run(liar("drop", of=0.4), attest={**ALL, "agents_check": False})
    assert attested(found) == [True, False, False, False]
