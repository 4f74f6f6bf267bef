"""The scenarios of real delays and failures run, and take their numbers from where they say.

Runs are cut short here; `sim check scenarios/real/*.yaml` runs them whole.
"""

import json
import math

import pytest

from sim.campaign.replications import run_scenario
from sim.scenario import load_scenario
from tests.data import ROOT, shared_data
from tests.small import only_what_counts

FILES = sorted((ROOT / "scenarios" / "real").glob("*.yaml"))
NO_BOUND = "thresholds.membership.false.min=0"
"""In so short a run nobody may be suspected."""
SHORT = {
    "aws-with-tails": ["duration=10s", "faults=[]"],
    "cenic-outages": ["duration=2d"],
    "flaky-hosts": ["duration=12h"],
    "planetlab-tails": ["duration=10s", "topology.sites=20", "faults=[]"],
    "seattle-wifi": ["duration=10s", "topology.sites=20", "faults=[]", NO_BOUND],
    "vendor-incidents": ["duration=3d"],
}


@pytest.fixture(autouse=True)
def data(request, monkeypatch):
    """Only for tests that read data: all others run where there are none."""
    if request.node.get_closest_marker("data"):
        monkeypatch.setenv("SIM_DATA", str(shared_data("latency_aws").parent))


def plan(name: str):
    return load_scenario(ROOT / "scenarios" / "real" / f"{name}.yaml").plan


def test_every_scenario_is_here_and_names_its_schema():
    assert [file.stem for file in FILES] == sorted(SHORT)
    for file in FILES:
        first = file.read_text(encoding="utf-8").splitlines()[0]
        assert first == "# yaml-language-server: $schema=../../docs/scenario.schema.json"


@pytest.mark.data
@pytest.mark.slow
@pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])
def test_a_real_scenario_runs_to_a_verdict(file, tmp_path, monkeypatch):
    only_what_counts(monkeypatch)
    scenario = load_scenario(file, [*SHORT[file.stem], "replications=1", "sweep={}"])
    outcome = run_scenario(scenario, tmp_path)
    assert {one.outcome for one in outcome.verdicts} == {"pass"}


@pytest.mark.data
def test_the_network_of_cenic_fails_as_it_was_fitted():
    fits = json.loads(shared_data("partition_catalogue/fits.json").read_text())
    for process, cause in zip(plan("cenic-outages").faults, ("software", "hardware"), strict=True):
        law, fit = process.options["down"].options, fits[f"cenic_{cause}"]
        assert law["median_ns"] / 60e9 == pytest.approx(math.exp(fit["mu"]), rel=0.01)
        assert law["sigma"] == pytest.approx(fit["sigma_from_mean"], abs=0.005)


@pytest.mark.data
def test_hosts_fail_and_are_repaired_as_the_archive_fitted():
    text = shared_data("failure_models_fta/models.json").read_text()
    fitted = json.loads(text)["systems"]["g5k06"]["weibull"]
    (process,) = plan("flaky-hosts").faults
    for name, state in (("up", "availability"), ("down", "unavailability")):
        law = process.options[name].options
        assert [law["shape"], law["scale_ns"] / 3600e9] == pytest.approx(fitted[state])


@pytest.mark.data
def test_incidents_of_vendors_are_those_between_a_minute_and_a_week():
    """The set's own card counts 260 + 197 + 289; seven of them are shorter than a minute."""
    from sim.network.latency import make_law

    (process,) = plan("vendor-incidents").faults
    down = process.options["down"]
    law = make_law(down.kind, down.options, str(ROOT / "scenarios" / "real"))
    assert len(law.sorted_ns) == 739
    assert law.sorted_ns.mean() / 60e9 == pytest.approx(285, abs=0.5)
