"""``sim search`` from end to end."""

import json
from contextlib import nullcontext

import pytest

from sim.cli.app import main
from sim.scenario.loader import load_scenario
from sim.search import spread
from sim.search.hunt import explore
from sim.search.trials import Trials
from tests.search.files import CAPTURE, COMMITTEE, SPLIT, TREE, search_of

pytestmark = pytest.mark.slow
LOUD = CAPTURE.replace("timing: false", "timing: false, kinds: [push], sizes: [1000sd]")


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_find_is_told_and_kept_where_it_is_asked_for(here, capsys):
    search_of(here, LOUD, TREE)
    assert main(["search", "search.yaml", "--budget", "12", "--keep", "corpus"]) == 0
    told = capsys.readouterr().out
    assert "no part can be taken away" in told
    assert "kept:      corpus/capture.yaml" in told
    kept = here / "corpus" / "capture.yaml"
    assert load_scenario(kept).plan.adversaries
    assert "Found by `sim search search.yaml --budget 12` (seed 1)" in kept.read_text("utf-8")


def test_without_a_find_the_end_is_inconclusive(here, capsys):
    search_of(here, SPLIT, COMMITTEE)
    assert main(["search", "search.yaml", "--budget", "4", "--json"]) == 3
    assert json.loads(capsys.readouterr().out)["smallest"] is None


def test_a_mistake_in_the_file_is_no_crash(here, capsys):
    search_of(here, SPLIT, COMMITTEE)
    (here / "search.yaml").write_text(SPLIT.replace("worst", "wurst"), encoding="utf-8")
    assert main(["search", "search.yaml"]) == 2
    assert "search.yaml:6:1: wurst: unknown key, did you mean worst?" in capsys.readouterr().err


def test_a_place_that_cannot_hold_the_find_is_told_before_anything_is_run(here, capsys):
    search_of(here, LOUD, TREE)
    (here / "corpus").write_text("a file")
    assert main(["search", "search.yaml", "--keep", "corpus"]) == 2
    assert capsys.readouterr().err == "corpus/capture.yaml: cannot be written: Not a directory\n"
    assert not (here / "results").exists()


@pytest.mark.parametrize("done_first", [2, 3])
def test_of_searches_that_found_the_same_the_first_in_number_goes_on(here, monkeypatch, done_first):
    found = [spread._Explored(seed, {}, None, 1.0) for seed in (done_first, 5 - done_first)]
    monkeypatch.setattr(spread, "_explored_by", lambda *_: iter(found))
    monkeypatch.setattr(spread, "hunt", lambda trials, budget, seed: seed)
    assert spread.searched(Trials(search_of(here, SPLIT, COMMITTEE), None), 8, jobs=2) == 2


def test_several_searches_are_put_together_into_one(here, monkeypatch):
    """Each worker begins elsewhere; here they do it one after the other, in this process."""
    monkeypatch.setattr(spread, "crew", lambda jobs, cluster: nullcontext(None))
    trials = Trials(search_of(here, LOUD, TREE), None)
    found = spread.searched(trials, 8, jobs=2)
    alone = Trials(trials.search, None)
    explore(alone, 2, trials.search.seed + 3)
    assert alone.known.keys() < trials.known.keys()
    assert found.is_minimal
