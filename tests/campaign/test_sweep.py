"""A sweep runs what is missing, keeps what is finished, and no cell stops another."""

import errno
import os

import pytest

from sim.campaign import replications, store
from sim.campaign import sweep as sweep_module
from sim.campaign.cells import estimate, stored
from sim.campaign.results import open_results
from sim.campaign.sweep import How, run_sweep
from sim.engine.simulation import simulate
from sim.errors import InputError, InvariantViolated, ResultsError, WorkerError
from sim.scenario import load_scenario
from tests.small import SMALL, only_what_counts

SWEEP = "sweep: {topology.loss: [0%, 20%, 40%]}\n"
LOSSES = {"0%": 0.0, "20%": 0.2, "40%": 0.4}


@pytest.fixture
def scenario(tmp_path, monkeypatch):
    """Three cells of two replications each."""
    only_what_counts(monkeypatch)
    (tmp_path / "small.yaml").write_text(SMALL + SWEEP)
    return load_scenario(tmp_path / "small.yaml")


@pytest.fixture
def how(tmp_path):
    return lambda **changes: How(tmp_path / "runs", **changes)


@pytest.fixture
def ran(monkeypatch):
    """What was simulated: (share of lost messages, replication); `ran.end` breaks one of them."""

    class Ran(list):
        def end(self, loss, replication, error):
            self.ends[LOSSES[loss], replication] = error

    ran = Ran()
    ran.ends = {}

    def simulate_or_fail(plan, seed, progress=None):
        number = 0 if seed == plan.seed else 1
        loss = plan.topology.loss.options.get("share", 0.0)
        if error := ran.ends.get((loss, number)):
            raise error
        ran.append((loss, number))
        return simulate(plan, seed, progress)

    monkeypatch.setattr(replications, "simulate", simulate_or_fail)
    return ran


def verdicts(outcome):
    return [result.verdict for result in outcome.results]


def test_every_cell_is_run_measured_and_stored_in_the_order_of_the_grid(scenario, how, ran):
    outcome = run_sweep(scenario, how=how())
    assert ran == [(0.0, 0), (0.0, 1), (0.2, 0), (0.2, 1), (0.4, 0), (0.4, 1)]
    assert (verdicts(outcome), outcome.fresh) == (["pass"] * 3, 3)
    for result, cell in zip(outcome.results, scenario.cells, strict=True):
        assert result.cell == cell
        manifest = open_results(result.folder).manifest
        assert [one["fingerprint"] for one in manifest["fingerprints"]] == result.fingerprints


def test_a_cell_is_the_run_that_set_would_give(scenario, how, tmp_path):
    swept = run_sweep(scenario, how=how()).results[1]
    alone = load_scenario(tmp_path / "small.yaml", ["topology.loss=20%"])
    outcome = replications.run_scenario(alone, tmp_path / "alone")
    assert (outcome.folder.name, outcome.fingerprints) == (swept.folder.name, swept.fingerprints)
    files = [open_results(one.folder).manifest["files"] for one in (outcome, swept)]
    assert files[0] == files[1]


def test_what_is_stored_is_not_run_again_and_says_the_same(scenario, how, ran):
    first = run_sweep(scenario, how=how())
    ran.clear()
    again = run_sweep(scenario, how=how())
    assert (list(ran), again.fresh) == ([], 0)
    assert verdicts(again) == verdicts(first)
    assert [one.fingerprints for one in again.results] == [
        one.fingerprints for one in first.results
    ]
    mean = "staleness.root.mean"
    assert [one.value(mean) for one in again.results] == [one.value(mean) for one in first.results]


def test_force_runs_what_is_stored_again(scenario, how, ran):
    run_sweep(scenario, how=how())
    ran.clear()
    assert run_sweep(scenario, how=how(force=True)).fresh == 3
    assert len(ran) == 6


def test_only_the_cells_that_are_asked_for_are_run(scenario, how, ran):
    outcome = run_sweep(scenario, scenario.cells[1:2], how())
    assert ran == [(0.2, 0), (0.2, 1)]
    assert len(outcome.results) == 1


def test_a_damaged_run_is_run_again(scenario, how, ran):
    folder = run_sweep(scenario, how=how()).results[2].folder
    (folder / "samples.parquet").write_bytes(b"scratched")
    ran.clear()
    assert run_sweep(scenario, how=how()).fresh == 1
    assert ran == [(0.4, 0), (0.4, 1)]


@pytest.mark.parametrize(
    "error",
    [
        InputError("no trace"),
        InvariantViolated("younger than its birth"),
        ZeroDivisionError("oops"),
    ],
)
def test_a_bad_cell_stops_no_other_and_no_more_of_it_is_run(scenario, how, ran, error):
    ran.end("20%", 0, error)
    outcome = run_sweep(scenario, how=how())
    assert verdicts(outcome) == ["pass", "error", "pass"]
    assert type(outcome.results[1].error) is type(error)
    assert (0.2, 1) not in ran
    assert not outcome.results[1].folder.exists()


def test_a_cell_that_cannot_be_measured_stops_no_other(scenario, how, monkeypatch):
    def measure_or_fail(tables, plan, real=replications.measure):
        if plan.topology.loss.options.get("share") == 0.2:
            raise ValueError("NaN")
        return real(tables, plan)

    monkeypatch.setattr(replications, "measure", measure_or_fail)
    assert verdicts(run_sweep(scenario, how=how())) == ["pass", "error", "pass"]


def test_an_interrupt_keeps_what_is_finished_and_the_next_call_goes_on(scenario, how, ran):
    ran.end("40%", 1, KeyboardInterrupt())
    outcome = run_sweep(scenario, how=how())
    assert (outcome.interrupted, verdicts(outcome)) == (True, ["pass", "pass", "missing"])
    ran.clear()
    ran.ends.clear()
    assert verdicts(run_sweep(scenario, how=how())) == ["pass"] * 3
    assert ran == [(0.4, 0), (0.4, 1)]


def test_after_enough_failures_nothing_more_is_begun(scenario, how, ran):
    ran.end("0%", 1, InputError("no trace"))
    outcome = run_sweep(scenario, how=how(failures_max=1))
    assert verdicts(outcome) == ["error", "missing", "missing"]
    assert ran == [(0.0, 0)]
    assert "stopped after 1 failed cell" in str(outcome.stopped)


def test_a_full_disk_ends_the_sweep_and_leaves_what_was_finished(scenario, how, monkeypatch):
    written = []

    def write_or_fail(run, *rest, real=store._write_files):
        written.append(run)
        if len(written) == 2:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(run, *rest)

    monkeypatch.setattr(store, "_write_files", write_or_fail)
    outcome = run_sweep(scenario, how=how())
    assert verdicts(outcome) == ["pass", "missing", "missing"]
    assert isinstance(outcome.stopped, ResultsError)
    assert "cell topology.loss=20%: " in str(outcome.stopped)
    assert str(how().root / "small") in str(outcome.stopped)
    assert "No space left on device" in str(outcome.stopped)
    folder = outcome.results[0].folder
    assert sorted(path.name for path in folder.parent.iterdir()) == [folder.name, "latest"]


def test_workers_that_are_gone_for_good_end_the_sweep(scenario, how, monkeypatch):
    def gone(*_):
        raise WorkerError("the connection to them is lost")
        yield

    monkeypatch.setattr(sweep_module, "spread", gone)
    outcome = run_sweep(scenario, how=how())
    assert (verdicts(outcome), type(outcome.stopped)) == (["missing"] * 3, WorkerError)


def test_settings_that_come_to_the_same_are_run_once(tmp_path, how, ran, monkeypatch):
    only_what_counts(monkeypatch)
    (tmp_path / "small.yaml").write_text(SMALL + "sweep: {topology.loss: [20%, 0.2]}\n")
    outcome = run_sweep(load_scenario(tmp_path / "small.yaml"), how=how())
    assert (len(ran), verdicts(outcome), outcome.fresh) == (2, ["pass", "pass"], 1)
    assert [result.cell.settings["topology.loss"] for result in outcome.results] == ["20%", "0.2"]


def test_a_place_that_cannot_be_written_is_found_before_anything_runs(scenario, tmp_path, ran):
    (tmp_path / "runs").write_text("a file, not a folder")
    with pytest.raises(ResultsError):
        run_sweep(scenario, how=How(tmp_path / "runs"))
    assert ran == []


def test_progress_ends_when_all_is_done_and_never_goes_back(scenario, how):
    told = []
    run_sweep(scenario, how=how(), watch=lambda pace: told.append((pace.share, pace.finished)))
    assert told == sorted(told)
    assert told[-1] == (1.0, 6)


def test_progress_does_not_wait_for_what_a_bad_cell_leaves_undone(scenario, how, ran):
    ran.end("20%", 0, InputError("no trace"))
    told = []
    run_sweep(scenario, how=how(), watch=lambda pace: told.append((pace.share, pace.units)))
    assert told[0] == (0.0, 6)
    assert told[-1] == (1.0, 4)


def test_cells_that_are_stored_say_how_long_the_others_may_take(scenario, how):
    root = how().root
    assert estimate(stored(scenario.cells, root)).seconds is None
    known = run_sweep(scenario, scenario.cells[:1], how()).results[0]
    rest = estimate(stored(scenario.cells, root))
    assert (rest.cells, rest.runs) == (2, 4)
    assert rest.seconds == pytest.approx(2 * known.wall_s)
    assert estimate(stored(scenario.cells, root), force=True).cells == 3


@pytest.mark.slow
def test_one_worker_and_two_give_the_same(scenario, how, tmp_path):
    """That killed workers are replaced, whatever they work on, is tested with executors."""
    here = run_sweep(scenario, how=how())
    there = run_sweep(scenario, how=How(tmp_path / "there", workers=2))
    assert [one.fingerprints for one in there.results] == [one.fingerprints for one in here.results]
    assert len({one for result in here.results for one in result.fingerprints}) == 6
