"""``sim plot`` draws a stored run again, and touches nothing else."""

import errno
import os

import pytest

from sim.campaign.replications import run_scenario
from sim.campaign.results import open_results
from sim.cli.exits import Exit
from sim.report import style
from sim.scenario import load_scenario
from tests.cli.stored_runs import made_once, there_anew
from tests.small import SMALL, only_what_counts

RUNS = "results/runs/small"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A folder with a scenario and a run of it; and where in the folder the run is."""
    return made_once(tmp_path_factory.mktemp("drawn"))


@pytest.fixture(autouse=True)
def stored(folder, made, monkeypatch):
    """A stored run without figures, where commands look for it."""
    only_what_counts(monkeypatch)
    return there_anew(made, folder)


def interrupt(*_arguments, **_options):
    raise KeyboardInterrupt


def fill_half_then_fail(self, path, **_options):
    """A disk that is full in the middle of a figure."""
    path.write_text("<svg")
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.slow
def test_all_formats_go_to_the_folder_of_the_run(sim, stored):
    result = sim("plot", RUNS)
    assert (result.code, result.err) == (Exit.GOOD, "")
    assert result.out.splitlines() == [
        str(stored / f"recovery.{kind}") for kind in ("svg", "pdf", "png")
    ]


def test_one_format_of_one_replication_goes_to_a_folder_that_is_made(sim, stored, folder):
    result = sim("plot", RUNS, "--replication", "1", "--format", "svg", "--out", "new/figures")
    assert result.out == "new/figures/recovery-1.svg\n"
    assert (folder / "new/figures/recovery-1.svg").read_text().startswith("<?xml")
    assert not list(stored.glob("recovery*"))


def test_a_figure_does_not_damage_the_run_that_it_is_put_beside(sim, stored):
    sim("plot", RUNS, "--format", "svg")
    assert (stored / "recovery.svg").is_file()
    assert open_results(stored).path == stored


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["--replication", "7"], "has replications 0 to 1, no 7"),
        (["--out", "small.yaml"], "small.yaml: cannot be made a folder: File exists"),
        (["--kind", "detection"], "small has no `detection`, so there is no figure of it"),
        (["--kind", "dependence"], "neither `baseline.dependence` nor `baseline.quantiles`"),
        (["--kind", "curves"], "small/sweep.csv is missing: `sim sweep` writes it"),
        (["--kind", "lies"], "small has no `adversaries`, no robust `baseline.rule`"),
        (["--kind", "breakdown"], "small/sweep.csv is missing: `sim sweep` writes it"),
        (["--metric", "coverage.mean"], "--metric is for curves: add --kind curves"),
        (["--kind", "breakdown", "--metric", "bias.max"], "--metric is for curves"),
        (["--x", "topology.loss"], "--x is for a sweep: add --kind curves or --kind breakdown"),
        (["--kind", "curves", "--replication", "1"], "curves is over all of them"),
        (["--kind", "breakdown", "--replication", "1"], "breakdown is over all of them"),
        (["--kind", "curves", "--metric", "detection.recal"], "did you mean detection.recall?"),
        (["--format", "bmp"], "'bmp' is not one of 'svg', 'pdf', 'png'"),
    ],
)
def test_what_cannot_be_drawn_is_a_wrong_call(sim, words, complaint):
    result = sim("plot", RUNS, *words)
    assert (result.code, result.out) == (Exit.WRONG_CALL, "")
    assert complaint in result.err


def test_a_folder_without_a_run_is_a_wrong_call(sim):
    assert sim("plot", "nowhere").code == Exit.WRONG_CALL


def test_a_damaged_run_is_not_drawn(sim, stored):
    (stored / "samples.parquet").write_bytes(b"")
    result = sim("plot", RUNS)
    assert (result.code, result.out) == (Exit.WRONG_CALL, "")
    assert "samples.parquet is damaged" in result.err


@pytest.mark.parametrize(
    ("failure", "code"),
    [(fill_half_then_fail, Exit.WRONG_CALL), (interrupt, Exit.INTERRUPTED)],
)
def test_half_a_figure_is_no_figure(sim, stored, monkeypatch, failure, code):
    before = sorted(stored.iterdir())
    monkeypatch.setattr(style.Figure, "savefig", failure)
    assert sim("plot", RUNS).code == code
    assert sorted(stored.iterdir()) == before


DETECTION = """\
detection: {detector: z, control: bh, every: 200ms, learn: 400ms, calibrate: 400ms}
anomalies: [{agents: agent-3, kind: shift, size: 9sd, at: 1500ms, for: 500ms}]
"""


@pytest.mark.slow
def test_the_detection_of_a_run_can_be_drawn(sim, folder):
    (folder / "small.yaml").write_text(SMALL + DETECTION)
    run = run_scenario(load_scenario("small.yaml"), folder / "results" / "runs").folder
    result = sim("plot", RUNS, "--kind", "detection", "--format", "png")
    assert (result.code, result.out) == (Exit.GOOD, f"{run / 'detection.png'}\n")
    assert (run / "detection.png").stat().st_size > 10_000


def named(_figure, path, formats=("svg", "pdf", "png")):
    """What `save` says, without what takes time."""
    return [path.with_suffix(f".{suffix}") for suffix in formats]


def test_a_run_with_detection_draws_both_figures(sim, folder, monkeypatch):
    monkeypatch.setattr(style, "save", named)
    (folder / "small.yaml").write_text(SMALL + DETECTION)
    told = sim("run", "small.yaml", "--set", "replications=1").out
    assert "recovery.png" in told
    assert "detection.png" in told


@pytest.mark.slow
def test_curves_over_a_sweep_are_drawn_beside_its_runs(sim, folder):
    (folder / "swept.yaml").write_text(SMALL + "sweep: {topology.loss: [0%, 10%]}\n")
    sim("sweep", "swept.yaml", "--quiet")
    result = sim("plot", RUNS, "--kind", "curves", "--format", "png")
    assert (result.code, result.out) == (Exit.GOOD, f"{RUNS}/curves.png\n")
    result = sim("plot", RUNS, "--kind", "curves", "--metric", "detection.recall")
    assert "detection.recall is undefined in every cell" in result.err
    result = sim("plot", RUNS, "--kind", "curves", "--x", "seed")
    assert "'seed' is not swept, only topology.loss" in result.err


GATHERING = ("baseline.dependence=covariance", "capacity={}", "replications=1")


def test_a_run_and_sim_plot_draw_all_that_the_scenario_is_about(sim, monkeypatch):
    monkeypatch.setattr(style, "save", named)
    changes = [word for change in GATHERING for word in ("--set", change)]
    told = sim("run", "small.yaml", *changes).out.splitlines()
    names = ("recovery", "dependence", "capacity")
    drawn = [line.split()[1] for line in told if line.startswith("figure:")]
    assert [path.rpartition("/")[2] for path in drawn] == [f"{name}.png" for name in names]
    again = sim("plot", RUNS, "--format", "svg", "--out", "again").out.splitlines()
    assert again == [f"again/{name}.svg" for name in names]
