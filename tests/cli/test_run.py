"""``sim run``: what is printed where, what is kept, and what the end of it means."""

import errno
import json
import os
from functools import partial

import pytest

from sim.campaign import replications, store, workers
from sim.campaign.results import open_results
from sim.cli.exits import Exit
from sim.engine.simulation import simulate
from sim.errors import InvariantViolated, WorkerError
from sim.report import style
from tests.small import IDLE, SMALL, only_what_counts

RUNS = "results/runs/small"
THRESHOLDS = "thresholds={{coverage.min: {{{}: 90%}}}}"


@pytest.fixture(autouse=True)
def small(folder, monkeypatch):
    only_what_counts(monkeypatch)
    (folder / "small.yaml").write_text(SMALL)
    return folder


@pytest.fixture
def run(sim):
    """Calls ``sim run small.yaml`` without a figure."""
    return lambda *words: sim("run", "small.yaml", "--no-plot", *words)


def disk_full(*_arguments, **_options):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def end_at(replication, error, monkeypatch):
    """Let a replication end with an error."""

    def simulate_or_fail(plan, seed, progress):
        if seed == replications.replication_seed(plan.seed, replication):
            raise error
        return simulate(plan, seed, progress)

    monkeypatch.setattr(replications, "simulate", simulate_or_fail)


def test_the_heading_comes_first_and_names_what_decides_everything(run):
    heading = run("--seed", "9").out.splitlines()[0]
    assert heading == "small   seed 9   2 replications   20 agents   3 s"


def test_one_of_a_kind_is_not_many(run):
    changes = ("--set", "agents.count=1", "--set", "faults=[]", "--set", "replications=1")
    result = run(*changes)
    assert result.code == Exit.GOOD
    assert result.out.startswith("small   seed 7   1 replication   1 agent   3 s\n")


@pytest.mark.slow
def test_the_last_lines_name_figure_folder_and_the_way_back(sim, small, monkeypatch):
    monkeypatch.setattr(style, "save", partial(style.save, formats=("png",)))
    result = sim("run", "small.yaml", "--set", "replications=1")
    figure, results, replay = (line.split() for line in result.out.splitlines()[-3:])
    assert figure[0] == "figure:"
    assert (small / figure[1]).is_file()
    assert results[0] == "results:"
    assert open_results(small / results[1]).manifest["seed"] == 7
    assert replay == ["replay:", "sim", "replay", results[1]]
    assert result.err == ""


def test_the_folder_itself_says_how_to_run_it_again(run):
    replay = run().out.splitlines()[-1].removeprefix("replay:   ")
    assert open_results(RUNS).manifest["replay"] == replay


def test_a_scenario_without_thresholds_says_that_nothing_was_asked(run):
    result = run()
    assert result.code == Exit.GOOD
    assert "verdict:  none (the scenario has no thresholds)\n" in result.out


@pytest.mark.parametrize(
    ("bound", "code", "verdict"), [("max", Exit.GOOD, "pass"), ("min", Exit.FAILED, "fail")]
)
def test_a_threshold_decides_the_exit_code(run, bound, code, verdict):
    result = run("--set", THRESHOLDS.format(bound))
    assert result.code == code
    assert f"verdict:  {verdict}\n" in result.out
    assert open_results(RUNS).manifest["verdict"] == verdict


def test_a_fault_that_touched_nothing_makes_a_run_inconclusive(run):
    result = run("--set", IDLE)
    assert result.code == Exit.INCONCLUSIVE
    assert "faults[0] (hold) touched nothing" in result.out


def test_a_failure_stays_one_when_a_fault_touched_nothing(run):
    bound = "thresholds={coverage.min: {max: 1%}}"
    assert run("--set", IDLE, "--set", bound).code == Exit.FAILED


def test_quiet_leaves_the_table_and_the_verdict(run):
    result = run("--quiet")
    lines = result.out.splitlines()
    assert lines[0].split()[0] == "metric"
    assert lines[-1].startswith("verdict:")
    assert result.err == ""


def test_json_is_one_document_with_the_verdict_and_every_metric(run):
    result = run("--json", "--set", THRESHOLDS.format("min"))
    report = json.loads(result.out, parse_constant=pytest.fail)
    assert (result.code, report["verdict"], result.err) == (Exit.FAILED, "fail", "")
    assert report["thresholds"][0]["outcome"] == "fail"
    assert (report["seed"], report["finished"], report["wanted"]) == (7, 2, 2)
    assert len(report["fingerprints"]) == 2
    assert report["folder"].startswith(RUNS)


def test_json_writes_open_ends_in_words(run):
    metrics = {row["name"]: row for row in json.loads(run("--json").out)["metrics"]}
    assert metrics["recovery.time.max"]["value"] == "inf"
    assert metrics["recovery.reconnected.max"]["low"] is None


def test_progress_is_no_result(run, monkeypatch):
    monkeypatch.setattr("sim.cli.progress.LINE_EVERY_S", 0.0)
    result = run("--set", "replications=1", "--set", "measure.every=1s")
    assert result.err.startswith("small: 33%, replication 1 of 1\nsmall: 67%, ")
    assert "%, replication" not in result.out


def test_progress_is_nothing_that_quiet_readers_want(run, monkeypatch):
    monkeypatch.setattr("sim.cli.progress.LINE_EVERY_S", 0.0)
    assert run("--quiet").err == ""


def test_what_never_happens_in_a_run_is_refused_with_every_mistake(run, small):
    result = run("--set", "duration=50ms")
    assert (result.code, result.out) == (Exit.WRONG_CALL, "")
    for place in ("agents.rate", "tree.forward", "baseline.publish", "measure.every"):
        assert f"{place}: once every " in result.err
    assert not (small / "results").exists()


def test_a_folder_that_cannot_be_written_is_told_before_anything_runs(run, small, monkeypatch):
    monkeypatch.setattr(replications, "simulate", pytest.fail)
    (small / "file").write_text("")
    for out in ("file", "file/x"):
        result = run("--out", out)
        assert result.code == Exit.WRONG_CALL
        assert f"{out}/small: cannot write the results: Not a directory\n" in result.err


def test_a_run_too_short_to_know_anything_says_so(run):
    fast = ("agents.rate=100Hz", "tree.forward=100Hz", "measure.every=10ms", "faults=[]")
    changes = [word for change in fast for word in ("--set", change)]
    result = run("--set", "duration=50ms", "--set", "baseline.publish=50ms", *changes)
    assert result.code == Exit.GOOD
    coverage = next(line for line in result.out.splitlines() if line.startswith("coverage.min"))
    assert coverage.split()[1:] == ["–", "–", "0"]


def test_a_broken_invariant_ends_with_the_call_that_shows_it_again(run, small, monkeypatch):
    end_at(1, InvariantViolated("counts: 3 expected, 2 found"), monkeypatch)
    result = run("--set", "topology.loss=1%", "--seed", "9")
    assert result.code == Exit.FAILED
    assert "counts: 3 expected, 2 found (replication 1, seed " in result.err
    assert "replay:   sim run small.yaml --set topology.loss=1% --seed 9\n" in result.err
    assert not (small / "results").exists()


def test_an_interrupt_keeps_the_replications_before_it(run, monkeypatch):
    end_at(1, KeyboardInterrupt(), monkeypatch)
    result = run("--set", "replications=3")
    assert result.code == Exit.INTERRUPTED
    assert "verdict:  interrupted" in result.out
    assert "1 of 3 replications finished and are kept\n" in result.out
    stored = open_results(RUNS)
    assert stored.manifest["verdict"] == "interrupted"
    assert set(stored.arrow("samples")["replication"].to_pylist()) == {0}


def test_an_interrupted_run_can_be_replayed(run, sim, monkeypatch):
    with monkeypatch.context() as patched:
        end_at(1, KeyboardInterrupt(), patched)
        run()
    assert sim("replay", RUNS).out.startswith("same: 1 of 1 fingerprints")


def test_an_interrupted_run_does_not_take_the_place_of_a_complete_one(run, monkeypatch):
    run()
    complete = open_results(RUNS)
    end_at(1, KeyboardInterrupt(), monkeypatch)
    run()
    assert open_results(RUNS).path != complete.path
    assert open_results(complete.path).manifest == complete.manifest


def test_an_interrupt_before_anything_is_finished_leaves_nothing(run, small, monkeypatch):
    end_at(0, KeyboardInterrupt(), monkeypatch)
    result = run()
    assert result.code == Exit.INTERRUPTED
    assert "interrupted: no replication was finished, nothing is stored" in result.err
    assert not (small / "results").exists()


def test_a_dead_worker_costs_only_what_was_not_finished(run, monkeypatch):
    end_at(1, WorkerError("a worker process ended"), monkeypatch)
    result = run()
    assert (result.code, result.err) == (Exit.WRONG_CALL, "a worker process ended\n")
    assert "1 of 2 replications finished and are kept\n" in result.out
    assert open_results(RUNS).manifest["verdict"] == "interrupted"


def test_a_worker_that_dies_before_anything_is_finished_leaves_nothing(run, small, monkeypatch):
    end_at(0, WorkerError("a worker process ended"), monkeypatch)
    assert run().code == Exit.WRONG_CALL
    assert not (small / "results").exists()


def test_a_folder_that_cannot_be_written_is_found_out_before_the_work(run, small, monkeypatch):
    (small / "taken").write_text("a file in its place")
    end_at(0, AssertionError("ran in vain"), monkeypatch)
    result = run("--out", "taken")
    assert result.code == Exit.WRONG_CALL
    assert result.err == "taken/small: cannot write the results: Not a directory\n"


def test_a_disk_that_is_full_while_tables_are_written_leaves_nothing(run, small, monkeypatch):
    monkeypatch.setattr(store.parquet.pq, "write_table", disk_full)
    result = run()
    assert result.code == Exit.WRONG_CALL
    assert result.err == f"{RUNS}: cannot write the results: No space left on device\n"
    assert not (small / "results").exists()


@pytest.mark.parametrize("words", [(), ("--json",)])
def test_a_disk_that_is_full_while_figures_are_drawn_costs_only_the_figures(
    sim, small, monkeypatch, words
):
    monkeypatch.setattr(style.Figure, "savefig", disk_full)
    result = sim("run", "small.yaml", *words)
    assert result.code == Exit.WRONG_CALL
    assert "recovery.svg: No space left on device" in result.err
    stored = open_results(small / RUNS)
    assert str(stored.path.relative_to(small)) in result.out
    assert {path.name for path in stored.path.iterdir()} == {
        *stored.manifest["files"],
        "manifest.json",
    }


def test_workers_leave_it_to_the_first_process_to_speak_of_an_interrupt(monkeypatch):
    set_to = {}
    monkeypatch.setattr(workers.signal, "signal", set_to.__setitem__)
    workers._end_silently_on_interrupt()
    assert set_to == {workers.signal.SIGINT: workers.signal.SIG_DFL}
