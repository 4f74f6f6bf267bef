"""The same as the command line, for notebooks and scripts."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

import sim
from sim import load_scenario, open_results, plot, run, sweep
from sim.campaign import replications
from sim.errors import ResultsError, ScenarioError, WorkerError
from tests.small import SMALL, only_what_counts

ROOT = Path(__file__).parents[1]


@pytest.fixture
def file(tmp_path, monkeypatch):
    """The smallest scenario, in the folder where things run."""
    only_what_counts(monkeypatch)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "small.yaml").write_text(SMALL)
    return "small.yaml"


def test_a_run_gives_what_was_stored_and_the_name_opens_it_again(file):
    results = run(file)
    again = open_results("results/runs/small")
    assert again.path == results.path.resolve()
    assert again.manifest == results.manifest


def test_the_latest_run_of_a_name_is_the_one_that_opens(file):
    run(load_scenario(file, seed=1))
    run(load_scenario(file, seed=2))
    assert open_results("results/runs/small").manifest["seed"] == 2


def test_a_loaded_scenario_runs_with_its_changes_elsewhere_than_usual(file, tmp_path):
    results = run(load_scenario(file, ["replications=1"], 9), out=tmp_path / "mine")
    assert results.manifest["seed"] == 9
    assert results.path.is_relative_to(tmp_path / "mine")
    assert len(results.manifest["fingerprints"]) == 1


def test_every_measured_number_is_among_the_metrics(file):
    names = [metric.name for metric in run(file).metrics()]
    assert "staleness.root.mean" in names
    assert len(names) == len(set(names))


def test_tables_are_data_frames_where_pandas_is_installed(file):
    pandas = pytest.importorskip("pandas")
    samples = run(file).table("samples")
    assert isinstance(samples, pandas.DataFrame)
    assert samples.groupby("replication")["time_ns"].max().tolist() == [3_000_000_000] * 2


def test_tables_are_arrow_tables_where_it_is_not(file, monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    assert run(file).table("samples").column_names[:2] == ["replication", "time_ns"]


def test_a_notebook_shows_what_results_are(file):
    shown = repr(run(file))
    assert "small" in shown
    assert ": pass; tables baselines, faults, heard, regions, samples, traffic>" in shown


def test_a_figure_of_either_replication_is_one_of_matplotlib(file):
    from matplotlib.figure import Figure

    results = run(file)
    assert isinstance(plot(results), Figure)
    assert isinstance(plot(results, replication=1), Figure)


def test_a_replication_that_is_not_there_is_refused(file):
    with pytest.raises(ResultsError, match="has replications 0 to 1, no 2"):
        plot(run(file), replication=2)


def test_a_wrong_file_is_refused_with_every_mistake(file):
    with pytest.raises(ScenarioError) as refused:
        load_scenario(file, ["agents.count=-1", "moons=2"])
    assert len(refused.value.mistakes) == 2


def test_a_dead_worker_says_where_the_finished_replications_are(file, monkeypatch):
    one_replication = replications.one_replication

    def die_at_one(plan, replication, progress=None):
        if replication == 1:
            raise WorkerError("a worker process ended")
        return one_replication(plan, replication, progress)

    monkeypatch.setattr(replications, "one_replication", die_at_one)
    with pytest.raises(WorkerError) as died:
        run(file)
    kept = open_results("results/runs/small").path
    kept = kept.relative_to(Path.cwd())
    assert died.value.__notes__ == [f"kept in {kept}: 1 of 2 replications"]


def test_a_sweep_gives_every_cell_and_each_opens(file, tmp_path):
    cells = sweep(load_scenario(file, ["sweep={topology.loss: [0%, 20%]}"]))
    assert [cell.cell.settings for cell in cells] == [
        {"topology.loss": "0%"},
        {"topology.loss": "20%"},
    ]
    for cell in cells:
        assert open_results(cell.folder).manifest["verdict"] == cell.verdict == "pass"


def test_a_sweep_that_ends_early_raises_what_ended_it(file, monkeypatch):
    def full(*_):
        raise ResultsError("No space left on device")

    monkeypatch.setattr("sim.campaign.sweep.keep", full)
    with pytest.raises(ResultsError, match=r"cell topology\.loss=0%: No space left"):
        sweep(load_scenario(file, ["sweep={topology.loss: [0%, 20%]}"]))


def test_every_public_name_is_there_and_found_by_completion():
    assert sim.__all__ == sorted(sim._HOME)
    for name in sim.__all__:
        assert getattr(sim, name).__name__ == name
    assert set(sim.__all__) <= set(dir(sim))


def test_a_name_that_is_not_there_is_told_as_of_any_module():
    with pytest.raises(AttributeError, match="module 'sim' has no attribute 'rum'"):
        _ = sim.rum


def test_type_checkers_see_every_public_name():
    body = ast.parse(Path(sim.__file__).read_text("utf-8")).body
    (block,) = (node for node in body if isinstance(node, ast.If))
    seen = {alias.name: node.module for node in block.body for alias in node.names}
    assert seen == sim._HOME


@pytest.mark.slow
def test_what_the_readme_says_about_python_works(tmp_path, monkeypatch):
    only_what_counts(monkeypatch)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "scenarios").symlink_to(ROOT / "scenarios")
    readme = (ROOT / "README.md").read_text("utf-8")
    snippets = re.findall(r"```python\n(.*?)```", readme, re.DOTALL)
    assert snippets
    for snippet in snippets:
        exec(snippet, {})


@pytest.mark.slow
def test_importing_it_costs_nothing():
    code = (
        "import sys; before = set(sys.modules); import sim; print(len(set(sys.modules) - before))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(done.stdout) < 10
