"""``sim attribute``: the command, on the smallest scenario with a cut."""

import json
from functools import partial

import pytest

from sim.campaign import attribution
from sim.cli.exits import Exit
from sim.report import style
from tests.small import SMALL, only_what_counts

METRIC = "staleness.baseline.violation"


@pytest.fixture
def small(folder, monkeypatch):
    only_what_counts(monkeypatch)
    monkeypatch.setattr(style, "save", partial(style.save, formats=("svg",)))
    (folder / "small.yaml").write_text(SMALL.replace("replications: 2", "replications: 1"))
    return folder


def test_a_file_and_its_stored_run_give_the_same_answer(sim, small):
    of_file = sim("attribute", "small.yaml", "--metric", METRIC)
    assert of_file.code == Exit.GOOD
    assert "faults[0] partition" in of_file.out
    assert "twins:    2, 2 of them run just now" in of_file.err
    of_run = sim("attribute", "small", "--metric", METRIC, "--no-plot")
    assert of_run.out == of_file.out
    assert "twins:    2, 0 of them run just now" in of_run.err
    assert (small / "results/runs/small/latest/attribution.svg").is_file()
    program = sim("attribute", "small.yaml", "--metric", METRIC, "--no-plot", "--json")
    found = json.loads(program.out, parse_constant=pytest.fail)
    assert [one["acting"] for one in found["twins"]] == [["faults[0]"], []]
    assert found["causes"][0]["shares"][0]["added"]["value"] > 0
    page = sim("attribute", "small.yaml", "--metric", METRIC, "--no-plot", "--markdown", "-", "-q")
    assert page.out.startswith("| metric | cause |")
    assert page.err == ""


def test_explain_names_what_is_muted_and_not_among_what_happens(sim, small):
    page = sim("explain", "small.yaml", "--set", 'mute=["faults[0]"]').out
    assert "Muted\n  faults[0]: all else is drawn as if they acted" in page
    assert "\nFaults\n" not in page


def test_an_interrupt_says_what_is_kept(sim, small, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt("1 of 2 twins are stored")

    monkeypatch.setattr(attribution, "attribute", interrupted)
    result = sim("attribute", "small.yaml")
    assert result.code == Exit.INTERRUPTED
    assert result.err == "interrupted (1 of 2 twins are stored): the same call goes on from there\n"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("good.yaml", "--metric", "staleness.rot"), "unknown metric"),
        (("nowhere",), "nowhere is not a folder, nor a name in results/runs"),
        (("nowhere.yaml",), "nowhere.yaml: cannot be read"),
        ((".", "--seed", "3"), "--seed go with a scenario file"),
        (("good.yaml", "--json", "--markdown", "-"), "--json prints one document"),
    ],
)
def test_a_wrong_call_is_one_line(sim, folder, words, told):
    result = sim("attribute", *words)
    assert (result.code, result.out) == (Exit.WRONG_CALL, "")
    assert told in result.err
