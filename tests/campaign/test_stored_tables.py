"""What was stored can be measured again, to the last bit."""

import json

import numpy as np
import pyarrow.parquet as pq
import pytest

from sim.campaign.replay import stored_plan
from sim.campaign.replications import run_scenario, whole
from sim.campaign.results import open_results
from sim.campaign.store import checksum, sha256_of
from sim.campaign.stored_tables import tables_of
from sim.engine.simulation import replication_seed, simulate
from sim.errors import ResultsError
from sim.measure.metrics import measure
from sim.measure.tables import COLUMNS, Tables
from sim.scenario import load_scenario
from tests.small import SMALL, only_what_counts


@pytest.fixture
def stored(tmp_path, monkeypatch):
    """A stored run of the smallest scenario: its outcome and its results."""
    only_what_counts(monkeypatch)
    (tmp_path / "small.yaml").write_text(SMALL)
    outcome = run_scenario(load_scenario(tmp_path / "small.yaml"), tmp_path)
    return outcome, open_results(outcome.folder)


@pytest.mark.parametrize("replication", [0, 1])
def test_tables_come_back_as_they_were_recorded(stored, replication):
    plan = stored_plan(stored[1])
    recording = simulate(plan, replication_seed(plan.seed, replication))
    recorded, back = Tables.of(whole(recording.tables)), tables_of(stored[1], replication)
    for name, columns in COLUMNS.items():
        for column in columns:
            np.testing.assert_array_equal(back[name][column], recorded[name][column])


def test_a_stored_run_measured_again_gives_the_same_numbers(stored):
    outcome, results = stored
    again = measure([tables_of(results, number) for number in (0, 1)], stored_plan(results))
    np.testing.assert_equal(again, outcome.values)


def test_the_plan_comes_back_as_it_was(stored, tmp_path):
    assert stored_plan(stored[1]) == load_scenario(tmp_path / "small.yaml").plan


def test_tables_without_rows_come_back_too(tmp_path, monkeypatch):
    only_what_counts(monkeypatch)
    (tmp_path / "small.yaml").write_text(SMALL)
    scenario = load_scenario(tmp_path / "small.yaml", ["faults=[]"])
    tables = tables_of(open_results(run_scenario(scenario, tmp_path).folder))
    assert {column: values.size for column, values in tables.faults.items()} == dict.fromkeys(
        COLUMNS["faults"], 0
    )


@pytest.mark.parametrize("replication", [-1, 2])
def test_a_replication_that_is_not_there_is_refused(stored, replication):
    with pytest.raises(ResultsError, match=f"has replications 0 to 1, no {replication}"):
        tables_of(stored[1], replication)


def test_a_column_that_another_version_did_not_have_is_named_with_the_version(stored):
    folder = stored[1].path
    rows = pq.read_table(folder / "regions.parquet").drop_columns(["inside_age_ns"])
    pq.write_table(rows, folder / "regions.parquet")
    manifest = json.loads((folder / "manifest.json").read_text("utf-8")) | {"version": "0.0.9"}
    manifest["files"]["regions.parquet"] = sha256_of(folder / "regions.parquet")
    manifest["checksum"] = checksum(manifest)
    (folder / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(ResultsError, match=r"'regions' has no column 'inside_age_ns'.* 0\.0\.9"):
        tables_of(open_results(folder))
