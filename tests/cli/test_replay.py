"""``sim replay`` demands the same fingerprints, from the run folder alone."""

import json
import shutil

import numpy as np
import pytest

from sim.campaign.replications import run_scenario
from sim.campaign.results import open_results
from sim.campaign.store import checksum
from sim.cli.exits import Exit
from sim.scenario import load_scenario
from tests.small import SMALL, only_what_counts

RUNS = "results/runs/small"


@pytest.fixture(autouse=True)
def stored(folder, monkeypatch):
    """A stored run, where commands look for it."""
    only_what_counts(monkeypatch)
    (folder / "small.yaml").write_text(SMALL)
    return run_scenario(load_scenario("small.yaml"), folder / "results" / "runs").folder


def rewrite(folder, **changes):
    """Change a manifest as another version would have written it."""
    manifest = json.loads((folder / "manifest.json").read_text("utf-8")) | changes
    manifest["checksum"] = checksum(manifest)
    (folder / "manifest.json").write_text(json.dumps(manifest))


def with_another_samples(folder):
    """Let the second replication have been stored with other samples."""
    stored = open_results(folder).manifest["fingerprints"]
    other = {"fingerprint": "0" * 32, "parts": stored[1]["parts"] | {"samples": "0" * 32}}
    rewrite(folder, fingerprints=[stored[0], other])


def test_a_run_comes_out_the_same_again(sim, stored):
    result = sim("replay", RUNS)
    assert result == (Exit.GOOD, f"same: 2 of 2 fingerprints of {stored}\n", "")


def test_a_run_can_have_moved_and_its_scenario_be_gone(sim, stored, folder):
    shutil.move(stored, folder / "elsewhere")
    (folder / "small.yaml").unlink()
    assert sim("replay", "elsewhere").code == Exit.GOOD


def test_a_run_that_differs_says_where_and_fails(sim, stored):
    with_another_samples(stored)
    result = sim("replay", RUNS)
    assert result.code == Exit.FAILED
    assert result.out.startswith(f"different: 1 of 2 fingerprints of {stored}\n  replication 1: ")
    assert f"instead of {'0' * 32} (differs in samples)" in result.out
    assert "nothing that is recorded has changed" in result.out


def test_a_run_of_another_version_says_what_is_not_as_it_was(sim, stored):
    with_another_samples(stored)
    packages = open_results(stored).manifest["packages"] | {"numpy": "1.26.0"}
    rewrite(stored, version="0.0.9", packages=packages)
    result = sim("replay", RUNS)
    assert "not as it was: version 0.0.9, here " in result.err
    reason = result.out.splitlines()[-1]
    assert reason.startswith("  likely why: version 0.0.9, here ")
    assert f"numpy 1.26.0, here {np.__version__}" in reason


def test_a_scenario_of_another_version_that_is_refused_is_told_with_both_versions(sim, stored):
    resolved = open_results(stored).manifest["resolved"]
    rewrite(stored, version="9.9", resolved=resolved | {"moons": 2})
    result = sim("replay", RUNS)
    assert (result.code, result.out) == (Exit.WRONG_CALL, "")
    assert "  scenario: moons: unknown key" in result.err
    assert "the run was stored by version 9.9, this is " in result.err


def test_an_input_file_that_is_gone_is_named_with_the_folder_where_it_was(sim, stored, folder):
    resolved = open_results(stored).manifest["resolved"]
    resolved["topology"]["jitter"] = {"kind": "empirical", "path": "delays.csv"}
    rewrite(stored, resolved=resolved)
    result = sim("replay", RUNS)
    assert result.code == Exit.WRONG_CALL
    assert "there is no file delays.csv" in result.err
    assert f"relative paths in it start at {folder}\n" in result.err
    assert "stored by version" not in result.err


def test_an_input_file_is_found_though_the_run_has_moved(sim, folder):
    (folder / "delays.csv").write_text("delay_ms\n1\n2\n3\n")
    change = ["topology.jitter={kind: empirical, path: delays.csv}"]
    run = run_scenario(load_scenario("small.yaml", change), folder / "results" / "runs").folder
    shutil.move(run, folder / "deep")
    assert sim("replay", "deep").code == Exit.GOOD


def test_json_has_every_difference(sim, stored):
    assert json.loads(sim("replay", RUNS, "--json").out) == {
        "folder": str(stored),
        "same": True,
        "replications": 2,
        "differences": [],
        "origin_changes": [],
    }
    with_another_samples(stored)
    result = sim("replay", RUNS, "--json")
    (difference,) = json.loads(result.out)["differences"]
    assert (result.code, difference["replication"]) == (Exit.FAILED, 1)
    assert difference["ingredients"] == ["samples"]


def test_a_damaged_run_is_not_replayed(sim, stored):
    (stored / "metrics.json").write_text("[]")
    result = sim("replay", RUNS)
    assert (result.code, result.out) == (Exit.WRONG_CALL, "")
    assert "metrics.json is damaged" in result.err


def test_progress_goes_on_within_a_replication(sim, monkeypatch):
    monkeypatch.setattr("sim.cli.progress.LINE_EVERY_S", 0.0)
    lines = sim("replay", RUNS).err.splitlines()
    assert lines[0] == "small: 2%, replication 1 of 2"
    assert lines[-1] == "small: 100%, replication 2 of 2"
