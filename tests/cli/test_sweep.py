"""``sim sweep``: what is told of cells, what is written, and what the end of it means."""

import csv
import json

import pytest

from sim.campaign import replications
from sim.cli.exits import Exit
from sim.engine.simulation import simulate
from sim.errors import InputError, InvariantViolated, WorkerError
from tests.small import IDLE, SMALL, only_what_counts

SWEEP = "sweep: {topology.loss: [0%, 20%]}\n"
RUNS = "results/runs/small"


@pytest.fixture(autouse=True)
def small(folder, monkeypatch):
    only_what_counts(monkeypatch)
    (folder / "small.yaml").write_text(SMALL + SWEEP)
    return folder


@pytest.fixture
def sweep(sim):
    return lambda *words: sim("sweep", "small.yaml", *words)


@pytest.fixture
def end_with(monkeypatch):
    """Lets every replication of the cell with a loss of 20 % end with an error."""

    def prepare(error):
        def simulate_or_fail(plan, seed, progress):
            if plan.topology.loss.options.get("share"):
                raise error
            return simulate(plan, seed, progress)

        monkeypatch.setattr(replications, "simulate", simulate_or_fail)

    return prepare


def test_a_sweep_is_told_as_a_row_for_each_cell(sweep, small):
    result = sweep("--metric", "traffic.lost")
    assert (result.code, result.err) == (Exit.GOOD, "")
    header, _, one, two, _, counts, table = result.out.splitlines()
    assert header.split() == ["topology.loss", "verdict", "traffic.lost"]
    assert one.split()[:3] == ["0%", "pass", "1.49"]
    assert two.split()[:2] == ["20%", "pass"]
    assert counts == "cells:    2 (2 pass), 2 of them run just now"
    assert table.startswith(f"table:    {RUNS}/sweep.csv")


def test_without_thresholds_the_metrics_that_differ_most_are_shown(sweep):
    header = sweep().out.splitlines()[0]
    shown = header.split()[2:]
    assert len(shown) == 3
    assert "traffic.lost" in shown  # nothing is lost in the other cell


def test_of_one_cell_alone_a_few_are_shown(sweep):
    header = sweep("--only", "topology.loss=0%").out.splitlines()[0]
    assert header.split()[2:] == ["staleness.root.mean", "coverage.mean", "error.mean.median"]


def test_the_metrics_with_thresholds_are_shown(sweep):
    header = sweep("--set", "thresholds.coverage.min={min: 1%}").out.splitlines()[0]
    assert header.split() == ["topology.loss", "verdict", "coverage.min"]


def test_the_table_has_every_metric_of_every_stored_cell_and_grows(sweep, small):
    sweep("--only", "topology.loss=20%")
    with (small / RUNS / "sweep.csv").open() as file:
        first = list(csv.DictReader(file))
    assert {row["topology.loss"] for row in first} == {"20%"}
    sweep("--only", "topology.loss=0%")
    with (small / RUNS / "sweep.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row for row in rows if row["topology.loss"] == "20%"] == first
    assert {row["topology.loss"] for row in rows} == {"0%", "20%"}
    names = [row["metric"] for row in first]
    assert "traffic.lost" in names
    assert len(names) == len(set(names))


def test_a_dry_run_runs_nothing_and_tells_what_would_be_run(sweep, small):
    before = sweep("--dry-run")
    assert not (small / "results").exists()
    assert "missing" in before.out
    assert "to run:   2 of 2 cells, 4 runs, 3,120 messages" in before.out
    assert "nobody knows" in before.out
    sweep("--only", "topology.loss=0%")
    after = sweep("--dry-run").out
    assert "to run:   1 of 2 cells, 2 runs, 1,560 messages" in after
    assert "time:     about " in after
    sweep()
    assert "nothing to run: all 2 cells are stored" in sweep("--dry-run").out


def test_programs_get_cells_with_settings_metrics_and_the_way_back(sweep):
    found = json.loads(sweep("--json").out)
    assert (found["name"], found["seed"], found["interrupted"]) == ("small", 7, False)
    assert [cell["settings"] for cell in found["cells"]] == [
        {"topology.loss": "0%"},
        {"topology.loss": "20%"},
    ]
    cell = found["cells"][1]
    assert cell["replay"] == "sim run small.yaml --set topology.loss=20% --seed 7"
    assert {"name", "value", "low", "high"} <= set(cell["metrics"][0])
    assert len(cell["fingerprints"]) == 2


def test_markdown_is_printed_alone_or_written(sweep, small):
    printed = sweep("--markdown", "-", "--metric", "traffic.lost").out
    lines = printed.splitlines()
    assert lines[:2] == ["| topology.loss | verdict | traffic.lost |", "| :-- | :-- | --: |"]
    assert len(lines) == 4
    sweep("--markdown", "out.md", "--metric", "traffic.lost")
    assert (small / "out.md").read_text() == printed


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (InputError("no trace here"), Exit.WRONG_CALL, "no trace here"),
        (WorkerError("a worker ended"), Exit.WRONG_CALL, "a worker ended"),
        (InvariantViolated("too young"), Exit.FAILED, "an invariant does not hold: too young"),
    ],
)
def test_a_cell_that_cannot_be_run_is_told_with_the_call_that_runs_it(
    sweep, end_with, error, code, words
):
    end_with(error)
    result = sweep("--set", "duration=2500ms")
    assert result.code == code
    assert "cells:    2 (1 error, 1 pass)" in result.out
    assert f"cell topology.loss=20%: {words}" in result.err
    call = "sim run small.yaml --set duration=2500ms --set topology.loss=20% --seed 7"
    assert f"replay:   {call}" in result.err


def test_a_bug_of_ours_is_reported_after_the_other_cells_are_told(sweep, end_with):
    end_with(ZeroDivisionError("oops"))
    result = sweep()
    assert result.code == Exit.OUR_BUG
    assert "1 error, 1 pass" in result.out
    assert "ZeroDivisionError: oops" in result.err
    assert "simulate_or_fail" in result.err


def test_the_end_means_what_the_worst_cell_means_whenever_it_was_run(sweep):
    words = ("--set", "thresholds={traffic.lost: {max: 10%}}", "--set", "replications=3")
    first, again = sweep(*words), sweep(*words)
    assert "cells:    2 (1 fail, 1 pass), 2 of them" in first.out
    assert "cells:    2 (1 fail, 1 pass), 0 of them" in again.out
    assert first.code == again.code == Exit.FAILED


def test_a_failed_threshold_outweighs_a_cell_that_could_not_be_run(sweep, end_with):
    end_with(InputError("no trace"))
    result = sweep("--set", "thresholds={traffic.lost: {max: 0.1%}}", "--set", "replications=3")
    assert "1 error, 1 fail" in result.out
    assert result.code == Exit.FAILED


def test_a_cell_that_could_not_be_run_outweighs_one_that_is_not_known(sweep, end_with):
    end_with(InputError("no trace"))
    result = sweep("--set", IDLE)
    assert "1 error, 1 inconclusive" in result.out
    assert result.code == Exit.WRONG_CALL


def test_an_interrupted_sweep_tells_what_is_kept(sweep, end_with):
    end_with(KeyboardInterrupt())
    result = sweep()
    assert result.code == Exit.INTERRUPTED
    assert "cells:    2 (1 missing, 1 pass), 1 of them run just now" in result.out
    assert result.err.startswith("interrupted: finished cells are kept")


def test_a_sweep_that_was_stopped_says_why(sweep, end_with):
    end_with(InputError("no trace"))
    result = sweep("--max-failures", "1")
    assert result.code == Exit.WRONG_CALL
    assert result.err.endswith(
        "the sweep was stopped: stopped after 1 failed cells, as asked for\n"
    )


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("--only", "topology.lss=1"), "is not swept, did you mean topology.loss?"),
        (("--set", "topology.loss=1%"), "is swept in this file"),
        (("--set", "sweep={}"), "small.yaml: sweep: is missing"),
        (("--metric", "traffic.lots"), "unknown metric, did you mean traffic.lost?"),
        (("--json", "--markdown", "-"), "--json prints one document"),
        (("--cluster", "nowhere"), "no cluster can be reached at nowhere: missing port"),
    ],
)
def test_a_call_that_makes_no_sense_runs_nothing(sweep, small, words, problem):
    result = sweep(*words)
    assert (result.code, result.out) == (Exit.WRONG_CALL, "")
    assert problem in result.err
    assert not (small / "results").exists()


def test_run_of_a_file_with_a_sweep_says_that_it_runs_the_scenario_as_written(sim):
    result = sim("run", "small.yaml", "--no-plot")
    assert result.code == Exit.GOOD
    assert result.err.startswith("note: the file sweeps topology.loss (2 cells); ")
    assert "`sim sweep small.yaml` runs the cells" in result.err


def test_a_mistake_in_a_cell_is_a_mistake_of_the_file(sim, small):
    (small / "small.yaml").write_text(SMALL + "sweep: {topology.loss: [0%, 120%]}\n")
    result = sim("validate", "small.yaml")
    assert result.code == Exit.WRONG_CALL
    assert "small.yaml:13:29: topology.loss: must be from 0% to 100%" in result.out


APART = """\
agents: {count: 40, features: 50, rate: 5Hz, behaviour: {kind: synthetic, groups: {locals: 1}}}
topology: {kind: point}
tree: {local: 5, levels: 2}
baseline: {publish: 2s, pane: 1s}
sweep: {confidence: [clustered, hartung_knapp]}
"""


def test_what_broke_the_intervals_of_a_cell_is_told(sim, folder):
    (folder / "apart.yaml").write_text("schema: 1\nname: apart\nduration: 2s\n" + APART)
    told = [line for line in sim("sweep", "apart.yaml").out.splitlines() if "broken is" in line]
    assert len(told) == 1
    assert told[0].startswith(
        "confidence=clustered: root: covers too seldom; broken is children_alike: "
        "children (locals) differ"
    )
    cells = json.loads(sim("sweep", "apart.yaml", "--json").out)["cells"]
    assert [len(cell["intervals"]) for cell in cells] == [1, 0]
