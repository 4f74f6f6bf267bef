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
    assert [one.budget for one in load_scenario(CAPTURE).plan.adversaries] == [17] * 4
    # One value of each agent: the unit is the spread between values, sqrt(2) of that of levels.
    assert bias(800) - bias(400) == pytest.approx(400 / 144 / 2**0.5, rel=0.03)
    assert bias(800, "adversaries[2].budget=16") == bias(400, "adversaries[2].budget=16") < 0.2


def bias(size, *changes):
    """What these agents do with a lie of so many sd."""
    sizes = [f"adversaries[{number}].to={size}sd" for number in range(4)]
    plan = load_scenario(CAPTURE, [*sizes, *changes]).plan
    return next(value.value for value in measured(plan) if value.name == "bias.max")


@pytest.mark.parametrize("file", SEARCHES, ids=[file.stem for file in SEARCHES])
def test_every_search_of_the_repository_is_valid(file):
    assert load_search(file).name == file.stem
