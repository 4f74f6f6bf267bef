"""The file of a search: every mistake at once, each with its place."""

import pytest

from sim.errors import ScenarioError
from sim.scenario.catalogue import ADVERSARIES, FAULTS
from sim.scenario.search.load import load_search
from sim.scenario.search.options import size_option, word_options
from sim.scenario.search.schema import SEARCHED_FAULTS
from tests.search.files import CAPTURE, COMMITTEE, SPLIT, TREE, search_of


def told(folder, search, scenario=TREE):
    with pytest.raises(ScenarioError) as caught:
        search_of(folder, search, scenario)
    return str(caught.value).replace(f"{folder}/", "").splitlines()


def test_all_mistakes_of_a_file_are_told_at_once(tmp_path):
    wrong = CAPTURE.replace("budget", "bugdet").replace("min: 2", "min: many")
    assert told(tmp_path, wrong.replace("timing: false", "kinds: [pusch]")) == [
        "search.yaml:4:1: bugdet: unknown key, did you mean budget?",
        "search.yaml:6:21: damage.bias.max.min: must be a number, not 'many'",
        "search.yaml:7:49: adversaries.kinds[0]: must be "
        + ", ".join(f"'{kind}'" for kind in list(ADVERSARIES)[:-1])
        + f" or '{list(ADVERSARIES)[-1]}', not 'pusch', did you mean push?",
    ]


def test_what_the_scenario_does_not_have_is_told_with_what_it_has(tmp_path):
    wrong = SPLIT.replace("worst: invariants", "worst: bias.mox").replace("root-0/3", "root-0/4")
    assert told(tmp_path, wrong + "adversaries: {where: local, liars: 1}\n", COMMITTEE) == [
        "search.yaml:6:1: worst: unknown metric 'bias.mox', did you mean bias.max?",
        "search.yaml:9:41: faults.nodes[3]: there is no root-0/4, they are root-0/0 to root-0/3",
        "search.yaml:11:15: adversaries.where: there is no tier 'local', did you mean locals?",
    ]


def test_an_attack_is_refused_for_those_who_cannot_do_it(tmp_path):
    wrong = CAPTURE.replace("timing: false", "kinds: [forge]")
    assert told(tmp_path, wrong) == [
        "search.yaml:7:49: adversaries.kinds[0]: forge is nothing that agents can do"
    ]


def test_a_metric_that_nobody_measures_is_refused(tmp_path):
    assert told(tmp_path, CAPTURE.replace("worst: bias.max", "worst: detection.recall")) == [
        "search.yaml:5:1: worst: detection.recall is not measured in this scenario: it needs "
        "`detection`"
    ]


def test_a_search_with_nothing_to_try_is_refused(tmp_path):
    nothing = "\n".join(CAPTURE.splitlines()[:-1])
    assert told(tmp_path, nothing)[0].startswith("search.yaml:1:1: there is nothing to try")


def test_mistakes_of_the_scenario_are_its_own(tmp_path):
    wrong = TREE.replace("  publish: 2s", "  pubish: 2s")
    assert told(tmp_path, CAPTURE, wrong) == [
        "scenario.yaml:13:3: baseline.pubish: unknown key, did you mean publish?"
    ]


def test_what_the_search_draws_takes_the_place_of_what_the_scenario_has(tmp_path):
    lies = "adversaries: [{where: agents, share: 50%, kind: push}]\nsweep: {topology.loss: [0%]}\n"
    search = search_of(tmp_path, CAPTURE, TREE + lies)
    assert search.plan.adversaries == ()
    assert not {"adversaries", "sweep", "thresholds"} & search.base.keys()


def test_another_metric_has_no_damage_of_its_own(tmp_path):
    search_of(tmp_path, CAPTURE, TREE)
    search = load_search(tmp_path / "search.yaml", "bias.median")
    assert (search.worst, search.damage, search.plan.thresholds) == ("bias.median", {}, ())


def test_a_mistake_in_what_a_search_sets_is_told_where_it_stands(tmp_path):
    wrong = CAPTURE.replace("{min: 2}", "{}") + "set: {agents.cout: 3}\n"
    assert told(tmp_path, wrong) == [
        "search.yaml:6:10: damage.bias.max: needs a min or a max",
        "search.yaml:8:7: set.agents.cout: unknown key, did you mean count?",
    ]


def test_a_bound_on_the_good_side_and_more_liars_than_there_are_nodes_are_refused(tmp_path):
    wrong = CAPTURE.replace("{min: 2}", "{max: 1}").replace("liars: 40", "liars: 81")
    assert told(tmp_path, wrong) == [
        "search.yaml:6:21: damage.bias.max.max: bias.max is the worse the more it is: "
        "damage needs a min",
        "search.yaml:7:30: adversaries.liars: must be at most 80, for there are no more agents, "
        "not 81",
    ]


def test_a_file_of_the_other_sort_and_a_file_that_is_not_there_are_one_line_each(tmp_path):
    assert told(tmp_path, TREE)[0].startswith("search.yaml:1:1: schema: this is a scenario; `sim")
    (line,) = told(tmp_path, CAPTURE, CAPTURE)
    assert line.startswith("scenario.yaml:1:1: search: this is the file of a search, not a sc")
    (line,) = told(tmp_path, CAPTURE.replace("scenario.yaml", "nowhere.yaml"))
    assert line.startswith("search.yaml:3:1: scenario: there is no file ")
    assert told(tmp_path, "") == [
        "search.yaml:1:1: the file is empty, see docs/search.md, or scenarios/search"
    ]


def test_an_unknown_metric_of_the_command_line_is_told_as_it_was_written(tmp_path):
    search_of(tmp_path, CAPTURE, TREE)
    with pytest.raises(ScenarioError, match=r"^--for nope: worst: unknown metric 'nope', see"):
        load_search(tmp_path / "search.yaml", "nope")


@pytest.mark.parametrize("budget", [-4, 0, 1])
def test_a_budget_has_one_least_number(tmp_path, budget):
    wrong = CAPTURE.replace("budget: 60", f"budget: {budget}")
    assert told(tmp_path, wrong)[0].endswith(f"budget: must be at least 2, not {budget}")


def test_the_search_knows_faults_of_the_catalogue_only():
    assert set(SEARCHED_FAULTS) <= set(FAULTS)


@pytest.mark.parametrize("kind", ADVERSARIES)
def test_options_of_every_attack_can_be_read_off_the_schema(kind):
    size = size_option(kind)
    assert size in ("to", "by", None)
    assert size not in word_options(kind)
