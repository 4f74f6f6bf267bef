"""``sim baseline update``: the difference first, and nothing is written unasked."""

import io
import os

import pytest

from sim.campaign import replications, subjects
from sim.campaign.baselines import read_baseline
from sim.campaign.results import Results, open_results
from sim.cli.exits import Exit
from sim.errors import InvariantViolated
from tests.cli.gated_runs import BASELINE, RUN
from tests.gated import GATED, METRIC, shift_file


class Terminal(io.StringIO):
    """A user at a terminal, who answers."""

    def isatty(self):
        return True


@pytest.fixture
def old(gated):
    """The text of a baseline that is not as the run that is stored."""
    shift_file(BASELINE, -0.003)
    return BASELINE.read_text()


def test_the_difference_is_shown_before_it_is_written(sim, old):
    result = sim("baseline", "update", RUN, "--yes")
    assert (result.code, result.err) == (Exit.GOOD, "")
    lines = result.out.splitlines()
    row = next(line for line in lines if line.startswith(METRIC))
    assert "+3 ms" in row
    assert row.endswith("worse")
    assert lines.index(row) < lines.index(f"written: {BASELINE}")
    assert sim("check", RUN).code == Exit.GOOD


def test_both_sides_say_what_made_them(sim, old):
    out = sim("baseline", "update", RUN, "--yes").out
    assert "old: version " in out
    assert "new: version " in out
    assert "seed 7, 8 replications, scenario " in out


def test_a_first_baseline_is_shown_as_what_it_holds(sim, gated):
    BASELINE.unlink()
    result = sim("baseline", "update", RUN, "--yes")
    assert "old: none\n" in result.out
    assert BASELINE.is_file()


def test_a_run_that_was_interrupted_makes_no_baseline(sim, old, monkeypatch):
    def half(path):
        whole = open_results(path)
        return Results(whole.path, {**whole.manifest, "verdict": "interrupted"})

    monkeypatch.setattr(subjects, "open_results", half)
    result = sim("baseline", "update", RUN, "--yes")
    assert (result.code, BASELINE.read_text()) == (Exit.WRONG_CALL, old)
    assert "was interrupted; run the scenario to its end first" in result.err


def test_a_baseline_that_would_not_change_is_not_written(sim, gated):
    before = BASELINE.stat().st_mtime_ns
    result = sim("baseline", "update", RUN, "--yes")
    assert f"{BASELINE} is as it would be written\n" in result.out
    assert BASELINE.stat().st_mtime_ns == before


def test_looking_writes_nothing(sim, old):
    result = sim("baseline", "update", RUN, "--dry-run")
    assert result.code == Exit.GOOD
    assert METRIC in result.out
    assert BASELINE.read_text() == old


def test_without_a_terminal_nothing_is_done_unasked(sim, old, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO())
    result = sim("baseline", "update", "gated.yaml")
    assert (result.code, result.out) == (Exit.WRONG_CALL, "")
    assert result.err == "no terminal to ask at: --yes writes baselines, --dry-run only looks\n"
    assert BASELINE.read_text() == old


@pytest.mark.parametrize(("answer", "is_written"), [("y\n", True), ("n\n", False)])
def test_at_a_terminal_the_user_is_asked(sim, old, monkeypatch, answer, is_written):
    monkeypatch.setattr("sys.stdin", Terminal(answer))
    result = sim("baseline", "update", RUN)
    assert result.code == Exit.GOOD
    assert f"write {BASELINE}?" in result.err
    assert (BASELINE.read_text() != old) == is_written


def test_a_damaged_baseline_is_mended(sim, gated):
    BASELINE.write_text("{")
    result = sim("baseline", "update", RUN, "--yes")
    assert result.code == Exit.GOOD
    assert "cannot be read" in result.err
    assert read_baseline(BASELINE).replications == 8


def test_a_scenario_is_run_for_its_baseline(sim, gated):
    (gated / "once.yaml").write_text(GATED.replace("replications: 8", "replications: 1"))
    assert sim("baseline", "update", "once.yaml", "--yes", "--quiet").code == Exit.GOOD
    assert read_baseline(BASELINE).replications == 1


def test_a_run_that_is_not_good_can_be_kept_but_is_said_to_be(sim, gated):
    failing = GATED.replace("{min: 10%}", "{max: 1%}").replace("replications: 8", "replications: 1")
    (gated / "failing.yaml").write_text(failing)
    result = sim("baseline", "update", "failing.yaml", "--yes")
    assert result.code == Exit.GOOD
    assert "this run's own verdict is fail: a baseline keeps what is, good or bad" in result.err


def test_a_contradiction_is_no_baseline(sim, old, monkeypatch):
    def contradict(*_):
        raise InvariantViolated("counts: 3 expected, 2 found")

    monkeypatch.setattr(replications, "simulate", contradict)
    assert sim("baseline", "update", "gated.yaml", "--yes").code == Exit.FAILED
    assert BASELINE.read_text() == old


def test_an_interrupted_run_is_no_baseline(sim, old, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(replications, "simulate", interrupt)
    assert sim("baseline", "update", "gated.yaml", "--yes").code == Exit.INTERRUPTED
    assert BASELINE.read_text() == old


def test_one_name_has_one_baseline(sim, gated):
    result = sim("baseline", "update", "gated.yaml", RUN, "--yes")
    assert (result.code, result.err) == (
        Exit.WRONG_CALL,
        "gated is named twice, and has one baseline\n",
    )


def test_a_place_that_cannot_be_written_is_found_out_before_the_work(sim, gated):
    result = sim("baseline", "update", "gated.yaml", "--yes", "--to", "gated.yaml")
    assert (result.code, result.out) == (Exit.WRONG_CALL, "")
    assert result.err == f"{os.path.join('gated.yaml', 'gated.json')}: cannot be written: " + (
        "Not a directory\n"
    )
