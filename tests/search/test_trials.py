"""Cases are run once, and remembered from one search to the next."""

import math

import pytest

from sim.errors import InputError
from sim.scenario.plan import Threshold
from sim.search.budget import runs_of
from sim.search.case import Attack, Case, Span
from sim.search.found import keep, scenario_text
from sim.search.hunt import Hunt
from sim.search.trials import Spent, Trial, Trials, does_damage, loss_of
from tests.search.files import CAPTURE, TREE, search_of

PUSHED = Case((Attack("push", "agents", (("", 9),), True, (("to", "50sd"),), Span(0, None)),))
REFUSED = Case((Attack("fast_liar", "agents", (("", 9),), True, (), Span(0, None)),))


@pytest.fixture
def search(tmp_path):
    return search_of(tmp_path, CAPTURE, TREE)


def test_a_case_is_run_once_however_often_it_is_asked_for(search):
    trials = Trials(search, None)
    assert trials.of(PUSHED) is trials.of(PUSHED)
    assert trials.runs == 1


def test_a_later_search_knows_what_an_earlier_one_has_run(search, tmp_path):
    earlier = Trials(search, tmp_path)
    known = earlier.of(PUSHED)
    later = Trials(search, tmp_path)
    assert later.of(PUSHED) == known
    assert later.runs == 0


def test_a_line_that_was_cut_short_is_run_again(search, tmp_path):
    Trials(search, tmp_path).of(PUSHED)
    (file,) = tmp_path.glob("*/*/trials.jsonl")
    file.write_text(file.read_text(encoding="utf-8")[:-9], encoding="utf-8")
    later = Trials(search, tmp_path)
    later.of(PUSHED)
    assert later.runs == 1


def test_a_case_that_the_scenario_refuses_costs_no_run_and_does_no_damage(search):
    trials = Trials(search, None)
    assert "there is no race to win" in trials.of(REFUSED).words
    assert (trials.runs, trials.loss(REFUSED)) == (0, -math.inf)


def test_a_budget_that_is_used_up_ends_the_search(search):
    trials = Trials(search, None, left=0)
    with pytest.raises(Spent):
        trials.of(PUSHED)


def test_damage_that_a_calm_run_does_already_is_refused(tmp_path):
    search = search_of(tmp_path, CAPTURE.replace("min: 2", "min: 0.0001"), TREE)
    with pytest.raises(InputError, match="nobody lies and nothing fails does this damage already"):
        Trials(search, None, until_s=0).refuse_calm()  # even if there is no time for more


def test_what_is_no_worse_than_a_calm_run_is_not_kept(search, tmp_path):
    known = {
        str(Case()): Trial("run", (("bias.max", 0.2),)),
        str(PUSHED): Trial("run", (("bias.max", 0.2),)),
    }
    found = Hunt(Trials(search, None, known=known), search.plan.thresholds, 8, worst=PUSHED)
    assert keep(found, tmp_path / "results") == []
    assert not Trials(search, None, known=known).beyond_calm(Case())


def test_a_worst_case_that_is_no_find_says_that_it_demands_nothing(search):
    known = {str(PUSHED): Trial("run", (("bias.max", 0.2),))}
    found = Hunt(Trials(search, None, known=known), search.plan.thresholds, 8, worst=PUSHED)
    text = scenario_text(found, PUSHED, "capture-worst")
    assert "\nthresholds:" not in text
    assert "{bias.max: {min: 2}} was asked for: no find, so it has no thresholds." in text


def test_what_is_remembered_of_other_code_is_noticed(search, tmp_path):
    trials = Trials(search, tmp_path)
    trials.note(str(PUSHED), Trial("run", (("bias.max", 99.0),)))
    with pytest.raises(InputError, match="--anew"):
        trials.confirm(PUSHED)


def test_a_metric_that_is_better_when_it_is_more_is_lost_when_it_is_less():
    found = Trial("run", (("detection.recall", 0.2), ("bias.max", 0.2)))
    assert (loss_of(found, "detection.recall"), loss_of(found, "bias.max")) == (-0.2, 0.2)
    assert loss_of(Trial("run"), "bias.max") == -math.inf
    assert loss_of(Trial("broken"), "bias.max") == math.inf


def test_damage_is_all_of_what_is_asked_for_or_a_contradiction():
    both = (Threshold("bias.max", 1.0, None, 0), Threshold("coverage.min", None, 0.5, 0))
    assert does_damage(Trial("run", (("bias.max", 1.5), ("coverage.min", 0.4))), both)
    assert not does_damage(Trial("run", (("bias.max", 1.5), ("coverage.min", 0.6))), both)
    assert not does_damage(Trial("run", (("bias.max", math.nan),)), both[:1])
    assert does_damage(Trial("broken"), both)
    assert not does_damage(Trial("run"), ())


def test_a_budget_of_time_is_turned_into_runs(search):
    trials = Trials(search, None)
    assert (runs_of(None, trials), runs_of("7", trials)) == (60, 7)
    assert runs_of("10min", trials) > runs_of("2min", trials) > 20
    assert trials.until_s < math.inf
    with pytest.raises(InputError, match="must be runs such as 400"):
        runs_of("long", trials)
