"""Children that are left out: nothing proves it, and nothing is attested as long as it lasts."""

import pytest

from tests.engine.attest.runs import attested, bias, convicted, liar, rounds, run, status

HALF = liar("drop", of=0.4)


@pytest.mark.parametrize(("where", "missing"), [("local-3", 2), ("regional-1", 10)])
def test_missing_are_the_agents_below_what_was_dropped(where, missing):
    found = run(liar("drop", where, of=0.4))
    assert rounds(found, "missing") == [0] + [missing] * 3


def test_no_round_is_attested_while_it_lasts_nor_anybody_convicted():
    found = run(HALF)
    assert attested(found) == [True, False, False, False]
    assert rounds(found, "disputed") == [False] * 4
    assert convicted(found) == []


def test_publications_go_on_and_say_that_they_are_not_attested():
    found = run(HALF)
    assert status(found, 5, 9) == [0]
    # What two of sixty agents can move.
    assert bias(found, 5, 9) < 0.2


def test_the_first_round_after_it_ends_is_attested():
    found = run(liar("drop", of=0.4, until="5s"))
    assert attested(found) == [True, False, True, True]


def test_who_drops_and_forges_is_convicted_for_what_it_forged():
    """Two liars: what a region drops does not hide what a local below it forged."""
    found = run(liar("drop", "regional-1", of=0.25), liar("forge", "local-5"))
    assert convicted(found) == [(1, 5)]


@pytest.mark.parametrize("kind", ["silence", "count_inflation"])
def test_one_agent_of_which_nothing_true_is_heard_keeps_every_round_from_being_attested(kind):
    found = run({"where": "agent-9", "kind": kind})
    assert attested(found) == [False] * 4
    assert rounds(found, "missing") == [1] * 4
