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


def test_the_search_knows_faults_of_the_catalogue_only():
    assert set(SEARCHED_FAULTS) <= set(FAULTS)


@pytest.mark.parametrize("kind", ADVERSARIES)
def test_options_of_every_attack_can_be_read_off_the_schema(kind):
    size = size_option(kind)
    assert size in ("to", "by", None)
    assert size not in word_options(kind)
