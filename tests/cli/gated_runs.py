"""A stored run of the gated scenario and its baseline, made once and copied into each test."""

import shutil
from pathlib import Path

import pytest

from sim.campaign.baselines import baseline_of, write_baseline
from sim.campaign.gated import samples_of
from sim.campaign.replications import run_scenario
from sim.campaign.results import open_results
from sim.scenario import load_scenario
from tests.gated import GATED
from tests.small import only_what_counts

RUN = "results/runs/gated"
BASELINE = Path("results/baselines/gated.json")


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    """The folder that is copied."""
    home = tmp_path_factory.mktemp("made")
    with pytest.MonkeyPatch.context() as patched:
        only_what_counts(patched)
        patched.chdir(home)
        Path("gated.yaml").write_text(GATED)
        scenario = load_scenario("gated.yaml")
        results = open_results(run_scenario(scenario).folder)
        samples = samples_of(results, scenario.plan)
        write_baseline(baseline_of(scenario.plan, samples))
    return home


@pytest.fixture
def gated(folder, made, monkeypatch):
    """The folder in which commands run, with gated.yaml, its run and its baseline."""
    only_what_counts(monkeypatch)
    shutil.copytree(made, folder, symlinks=True, dirs_exist_ok=True)
    return folder
