"""The search finds by itself what is known to be there, and makes it as small as it can be."""

from dataclasses import replace

import pytest

from sim.scenario.loader import load_scenario
from sim.search.case import Case
from sim.search.found import keep
from sim.search.hunt import explore, hunt
from sim.search.smaller import smaller
from sim.search.trials import Trials
from sim.search.words import report
from tests.search.files import CAPTURE, COMMITTEE, SPLIT, TREE, search_of
from tests.search.weak import planted

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def capture(tmp_path_factory):
    trials = Trials(search_of(tmp_path_factory.mktemp("capture"), CAPTURE, TREE), None)
    return hunt(trials, trials.search.budget, seed=1)


def test_the_fewest_agents_that_own_a_nested_tree_are_found_in_their_places(capture):
    """4 in each of 2 groups of one region: neither the attack nor a number is in the file."""
    (attack,) = capture.smallest.attacks
    groups = [int(name.removeprefix("local-")) for name, _ in attack.places]
    assert [count for _, count in attack.places] == [4, 4]
    assert len({group // 4 for group in groups}) == 1


def test_no_part_of_what_was_found_can_be_taken_away(capture):
    parts = list(smaller(capture.smallest, capture.search))
    assert capture.is_minimal
    assert list(capture.removals) == [words for words, _ in parts]
    fresh = Trials(capture.search, None)
    for words, less in parts:
        assert fresh.of(less).figure("bias.max") < 2, words


def test_what_was_found_is_kept_as_a_scenario_that_demands_the_damage(capture, tmp_path):
    file = keep(capture, tmp_path / "results", tmp_path)[1]
    plan = load_scenario(file).plan
    assert [(one.metric, one.minimum) for one in plan.thresholds] == [("bias.max", 2.0)]
    assert [one.budget for one in plan.adversaries] == [4, 4]
    assert "No part of it can be taken away" in file.read_text(encoding="utf-8")


def test_the_same_seed_tries_the_same_in_the_same_order(tmp_path):
    search = search_of(tmp_path, CAPTURE, TREE)
    one, other, another = (
        list(explore(Trials(search, None), 8, seed).trials.known) for seed in (1, 1, 2)
    )
    assert one == other != another


def test_a_schedule_that_breaks_a_planted_weak_protocol_is_found_and_made_minimal(tmp_path):
    """Half of four is no quorum: a cut into two and two that outlasts one timeout."""
    trials = Trials(search_of(tmp_path, SPLIT, COMMITTEE), None)
    with planted():
        found = hunt(trials, trials.search.budget, seed=1)
    (fault,) = found.smallest.faults
    assert (fault.kind, len(fault.targets)) == ("partition", 2)
    assert "agreement" in trials.of(found.smallest).words
    assert {one.end for one in found.removals.values()} == {"run"}


def test_the_right_protocol_survives_the_same_search(tmp_path):
    trials = Trials(search_of(tmp_path, SPLIT, COMMITTEE), None)
    found = hunt(trials, trials.search.budget, seed=1)
    assert found.smallest is found.worst is None
    assert trials.runs >= trials.search.budget // 2


def test_without_a_damage_nine_tenths_of_the_worst_have_to_be_kept(capture):
    search = replace(
        capture.search, damage={}, plan=replace(capture.search.plan, thresholds=()), budget=8
    )
    found = hunt(Trials(search, None, known=dict(capture.trials.known)), 8, seed=1)
    calm, explored = found.trials.loss(Case()), found.damage[0].minimum
    assert found.trials.loss(found.smallest) >= explored
    assert calm < explored <= calm + 0.9 * (found.trials.loss(found.worst) - calm)


def test_an_interrupt_keeps_the_worst_so_far(tmp_path):
    def interrupted(case, trial):
        if trials.runs == 6:
            raise KeyboardInterrupt

    trials = Trials(search_of(tmp_path, CAPTURE, TREE), None, watch=interrupted)
    found = hunt(trials, 60, seed=1)
    assert found.is_interrupted
    assert not found.is_minimal
    assert found.trials.loss(found.worst) == max(
        trial.figure("bias.max") for trial in trials.known.values()
    )


def test_an_interrupt_before_it_is_small_keeps_what_does_the_damage(capture, tmp_path):
    """All that was explored is known; the first run beyond is the one that is interrupted."""

    def interrupted(case, trial):
        raise KeyboardInterrupt

    known = dict(capture.trials.known)
    del known[str(capture.smallest)]
    found = hunt(Trials(capture.search, None, watch=interrupted, known=known), 60, seed=1)
    assert found.is_interrupted
    assert found.is_bad(found.smallest)
    assert "not shrunk" in "\n".join(report(found))
