"""Lying aggregators in runs: convicted within a round, replaced, and their lies taken back."""

import numpy as np
import pytest

from tests.engine.attest.runs import (
    MS,
    ROUND_NS,
    S,
    attest_of,
    attested,
    bias,
    convicted,
    liar,
    rounds,
    run,
    simulation,
    status,
    trial,
)

SUM = "summary is not the sum of the children's"
TWO = "two different statements for one round"
UNSIGNED = "not signed by its author"
LIES = [
    ("forge", {"by": "5sd"}, SUM),
    ("forge", {"by": "5sd", "how": "leaves"}, UNSIGNED),
    ("max_for_sum", {}, SUM),
    ("equivocate", {"by": "5sd"}, TWO),
    # These lie in running sums alone, and commit to what is true.
    ("stale_replay", {}, TWO),
    ("count_inflation", {}, TWO),
    ("variance_deflation", {}, TWO),
]
every_lie = pytest.mark.parametrize(("kind", "options", "reason"), LIES)
at_both_tiers = pytest.mark.parametrize(
    ("where", "who"), [("local-3", (1, 3)), ("regional-1", (2, 1))]
)


@at_both_tiers
@every_lie
def test_a_liar_is_convicted_in_the_round_after_its_first_lie(kind, options, reason, where, who):
    found = run(liar(kind, where, **options))
    assert convicted(found) == [who]
    case = trial(found)
    assert case["reason"] == reason
    assert case["lied_ns"] >= 3 * S
    # The round is at 4 s; the books are open after two steps, and the court sits at the third.
    assert case["convicted_ns"] == 4 * S + 300 * MS


@at_both_tiers
@every_lie
def test_a_round_with_a_lie_is_disputed_and_those_after_the_replacement_stand(
    kind, options, reason, where, who
):
    found = run(liar(kind, where, **options))
    assert rounds(found, "disputed") == [False, True, False, False]
    assert attested(found) == [True, False, True, True]
    assert trial(found)["replaced_ns"] == 4 * S + 800 * MS


def test_the_bias_is_gone_as_soon_as_the_liar_is_convicted():
    found = run(liar("forge", "regional-1"))
    # A third of the agents, 5 sd off; the last second before the conviction is full of it.
    assert bias(found, 3.5, 4) > 0.5
    assert bias(found, 4.5, 9) < 0.1


def test_from_the_conviction_to_the_next_attested_round_publications_are_disputed():
    found = run(liar("forge"))
    assert status(found, 3, 4) == [1]
    assert status(found, 4.5, 6.5) == [2]
    assert status(found, 7, 9) == [1]


def test_in_a_dispute_the_root_publishes_what_was_attested_last():
    watched = simulation([liar("forge")])
    published = {}
    publication = watched.recorder.publication

    def spy(now_ns, version, estimate, truth):
        published[now_ns / S] = estimate.mean
        publication(now_ns, version, estimate, truth)

    watched.recorder.publication = spy
    watched.run()
    root = attest_of(watched)._estimates[1].mean
    for at_s in (4.5, 5.0, 5.5, 6.0, 6.5):
        assert np.array_equal(published[at_s], root)
    assert not np.array_equal(published[7.0], root)


def test_without_replacement_a_liar_is_convicted_once_and_every_round_disputed():
    found = run(liar("forge"), attest={"replace": False})
    assert convicted(found) == [(1, 3)]
    assert trial(found)["replaced_ns"] == -1
    assert rounds(found, "disputed") == [False, True, True, True]
    # Nothing is taken back either.
    assert bias(found, 4.5, 9) > 0.2


def test_several_liars_are_convicted_in_one_round():
    found = run(liar("forge"), liar("equivocate", "local-8"), liar("max_for_sum", "regional-1"))
    assert convicted(found) == [(1, 3), (1, 8), (2, 1)]
    assert {trial(found, row)["convicted_ns"] for row in range(3)} == {4 * S + 300 * MS}


def test_a_lie_that_is_taken_back_before_the_next_round_leaves_no_trace():
    """The limit of rounds: shorten `every`, or let a guard watch in between."""
    found = run(liar("forge", until="3500ms"))
    assert convicted(found) == []
    assert attested(found) == [True] * 4


def test_a_round_lasts_a_step_for_every_hop_up_down_and_up():
    found = run()
    spans = np.subtract(rounds(found, "attested_ns"), rounds(found, "committed_ns"))
    assert spans.tolist() == [ROUND_NS] * 4


def test_who_takes_a_seat_starts_from_nothing():
    watched, forgotten = simulation([liar("forge")]), []
    watched.world.forgetters.append(lambda nodes: forgotten.append(nodes[1].nonzero()[0].tolist()))
    watched.run()
    assert forgotten == [[3]]


@pytest.mark.parametrize("liars", [[], [liar("drop", "local-3", of=0.2)]])
def test_to_leave_out_a_child_that_says_what_cannot_be_is_no_lie(liars):
    """An agent whose inflated counts nobody refuses before the round."""
    inflated = {"where": "agent-17", "kind": "count_inflation"}
    found = run(inflated, *liars, registry={"refuse": False})
    assert convicted(found) == []
    assert rounds(found, "missing")[1:] == [1 + len(liars)] * 3
