"""Who watches whom: one honest watcher that is up and can reach the root suffices."""

import pytest

from tests.engine.attest.runs import (
    MS,
    S,
    attest_of,
    attested,
    convicted,
    liar,
    rounds,
    run,
    simulation,
    trial,
)

SILENT = {"kind": "push", "to": "1sd"}
"""Agents that lie tell on nobody."""


def watchers(tier=1, node=3):
    """The names of the agents that watch an aggregator."""
    pairs = attest_of(simulation())._watching._pairs[tier]
    return [f"agent-{agent}" for agent in pairs.watcher[pairs.node == node].tolist()]


def cut_off_watchers(at, until):
    """Agents cannot reach the root directly; what goes through the tree still passes."""
    return {"kind": "partition", "groups": ["agents", "root"], "at": at, "until": until}


def test_watchers_are_distinct_and_none_is_below_whom_it_watches():
    found = watchers()
    assert len(set(found)) == 6
    assert not set(found) & {f"agent-{number}" for number in range(15, 20)}


def test_the_root_is_watched_by_agents_although_all_are_below_it():
    assert len(set(watchers(tier=3, node=0))) == 6


def test_who_is_watched_by_liars_alone_is_not_convicted_but_not_attested_either():
    found = run({"where": watchers(), **SILENT}, liar("forge"))
    assert convicted(found) == []
    assert attested(found) == [True, False, False, False]
    # Its own agents do not find themselves in the root.
    assert rounds(found, "missing") == [0, 5, 5, 5]


def test_one_honest_watcher_suffices():
    found = run({"where": watchers()[:-1], **SILENT}, liar("forge"))
    assert convicted(found) == [(1, 3)]


def test_without_watchers_nobody_is_convicted():
    found = run(liar("forge"), attest={"watchers": 0})
    assert convicted(found) == []
    assert attested(found) == [True, False, False, False]


def test_watchers_that_are_down_find_nothing():
    crash = {"kind": "crash", "nodes": watchers(), "at": "3500ms", "until": "5s"}
    found = run(liar("forge"), faults=[crash])
    assert trial(found)["convicted_ns"] == 6 * S + 300 * MS


def test_a_cut_between_watchers_and_root_puts_the_conviction_off():
    found = run(liar("forge"), faults=[cut_off_watchers("3500ms", "5s")])
    assert trial(found)["convicted_ns"] == 6 * S + 300 * MS
    assert rounds(found, "disputed") == [False, False, True, False]


@pytest.mark.parametrize("at", ["4100ms", "4250ms"], ids=["no proof arrives", "no court sits"])
def test_a_root_that_is_down_hears_nobody(at):
    crash = {"kind": "crash", "nodes": ["root"], "at": at, "until": "5900ms"}
    found = run(liar("forge"), faults=[crash])
    assert trial(found)["convicted_ns"] == 6 * S + 300 * MS


@pytest.mark.parametrize("kind", ["equivocate", "variance_deflation"])
def test_two_statements_are_found_only_by_watchers_that_hold_both(kind):
    """What its parent was told comes from the parent: with that cut off, the books look fine."""
    cut = {"kind": "partition", "groups": ["agents", "regionals"], "at": "3500ms", "until": "5s"}
    found = run(liar(kind), faults=[cut])
    assert trial(found)["convicted_ns"] == 6 * S + 300 * MS
    assert attested(found)[1]


def test_liars_watch_where_they_sit_now():
    """Dealt anew at the beginning of the round, none of the six seats has a liar any more."""
    liars = {"where": watchers(), **SILENT}
    assert convicted(run(liars, liar("forge"), tree={"reseat": "2s"})) == [(1, 3)]


def test_a_liar_that_is_down_at_the_round_is_convicted_at_the_next():
    """What it has reported of the window it still has reported."""
    crash = {"kind": "crash", "nodes": ["local-3"], "at": "3500ms", "until": "5s"}
    found = run(liar("variance_deflation"), faults=[crash])
    assert trial(found)["convicted_ns"] == 6 * S + 300 * MS


def test_a_parent_that_was_told_nothing_cannot_show_that_others_were_told_something_else():
    cut = {"kind": "partition", "groups": ["local-3", "regionals"], "at": "3500ms", "until": "5s"}
    found = run(liar("equivocate"), faults=[cut])
    assert trial(found)["convicted_ns"] == 6 * S + 300 * MS
