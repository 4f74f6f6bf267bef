"""The worst that was ever found still does what it did: these run before all other tests.

A file that fails here is good news or bad: the weakness was mended (turn its threshold round, and
it guards the mend), or the simulator's random numbers moved (search again).
"""

import pytest

from sim.measure.verdicts import judge
from sim.scenario.loader import load_scenario
from sim.scenario.search.load import load_search
from sim.search.trials import measured
from tests.data import ROOT

CORPUS = sorted((ROOT / "scenarios" / "corpus").glob("*.yaml"))
SEARCHES = sorted((ROOT / "scenarios" / "search").glob("*.yaml"))
CAPTURE = ROOT / "scenarios" / "corpus" / "nested-capture.yaml"


def outcomes(plan):
    return [verdict.outcome for verdict in judge(measured(plan), plan.thresholds)]


@pytest.mark.slow
@pytest.mark.parametrize("file", CORPUS, ids=[file.stem for file in CORPUS])
def test_a_case_of_the_corpus_still_does_its_damage(file):
    plan = load_scenario(file).plan
    assert plan.thresholds
    assert set(outcomes(plan)) == {"pass"}


def test_68_agents_own_the_nested_tree_and_67_do_not():
    """The search ended at 4 groups of 17, where the tree theorem says that it must."""
    plan = load_scenario(CAPTURE).plan
    assert [one.budget for one in plan.adversaries] == [17, 17, 17, 17]
    one_fewer = load_scenario(CAPTURE, ["adversaries[2].budget=16"]).plan
    assert outcomes(one_fewer) == ["fail"]


@pytest.mark.parametrize("file", SEARCHES, ids=[file.stem for file in SEARCHES])
def test_every_search_of_the_repository_is_valid(file):
    assert load_search(file).name == file.stem
