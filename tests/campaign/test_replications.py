"""A scenario is run, measured and stored; what was finished is kept whatever happens."""

import numpy as np
import pytest

from sim.campaign import replications
from sim.campaign.replications import alike, run_scenario
from sim.campaign.results import open_results
from sim.engine.parts import prepare
from sim.engine.simulation import simulate
from sim.errors import InvariantViolated, WorkerError
from sim.scenario import load_scenario
from sim.scenario.writer import resolved_document
from tests.small import IDLE, SMALL, only_what_counts


@pytest.fixture
def load(tmp_path, monkeypatch):
    """Loads the smallest scenario with changes."""
    only_what_counts(monkeypatch)
    (tmp_path / "small.yaml").write_text(SMALL)
    return lambda *changes: load_scenario(tmp_path / "small.yaml", changes)


@pytest.fixture
def end_at(monkeypatch):
    """Lets a replication end with an error."""

    def prepare(replication, error):
        def simulate_or_fail(plan, seed, progress):
            if seed == replications.replication_seed(plan.seed, replication):
                raise error
            return simulate(plan, seed, progress)

        monkeypatch.setattr(replications, "simulate", simulate_or_fail)

    return prepare


def test_what_is_stored_is_what_is_told(load, tmp_path):
    outcome = run_scenario(load(), tmp_path / "runs")
    stored = open_results(outcome.folder)
    assert stored.manifest["verdict"] == outcome.verdict
    assert stored.manifest["replay"] == outcome.replay
    assert [one["fingerprint"] for one in stored.manifest["fingerprints"]] == outcome.fingerprints
    assert [row.name for row in stored.metrics()] == [value.name for value in outcome.values]


def test_the_manifest_has_the_scenario_as_given_and_as_resolved(load, tmp_path):
    scenario = load("topology.loss=1%")
    manifest = open_results(run_scenario(scenario, tmp_path).folder).manifest
    assert manifest["scenario"] == SMALL
    assert manifest["resolved"] == resolved_document(scenario.plan)
    assert manifest["directory"] == str(tmp_path)


def test_the_same_scenario_in_another_folder_is_the_same_run(load, tmp_path):
    (tmp_path / "copy").mkdir()
    (tmp_path / "copy" / "small.yaml").write_text(SMALL)
    copy = run_scenario(load_scenario(tmp_path / "copy" / "small.yaml"), tmp_path / "b")
    original = run_scenario(load(), tmp_path / "a")
    assert copy.folder.name == original.folder.name
    assert copy.fingerprints == original.fingerprints


def test_replications_differ_from_each_other(load, tmp_path):
    assert len(set(run_scenario(load("replications=3"), tmp_path).fingerprints)) == 3


def test_a_replication_does_not_depend_on_how_many_there_are(load, tmp_path):
    one, three = (
        run_scenario(load(f"replications={count}"), tmp_path).fingerprints for count in (1, 3)
    )
    assert one == three[:1]


def test_a_folder_with_a_space_can_be_pasted(load, tmp_path):
    outcome = run_scenario(load("replications=1"), tmp_path / "my runs")
    assert outcome.replay == f"sim replay '{outcome.folder}'"


def test_every_message_is_kept_if_asked_for(load, tmp_path):
    results = open_results(run_scenario(load("journal.messages=true"), tmp_path).folder)
    rows = results.arrow("messages").num_rows
    traffic = results.arrow("traffic").to_pylist()
    assert rows == sum(row["messages"] for row in traffic if row["kind"] in ("update", "summary"))


def test_a_fault_that_touched_nothing_is_named(load, tmp_path):
    outcome = run_scenario(load(IDLE), tmp_path)
    assert (outcome.verdict, outcome.idle_faults) == ("inconclusive", ("faults[0]",))


CHANCE = "{kind: outages, fault: partition, each: region-0, up: {kind: exponential, mean: %s}"


@pytest.mark.parametrize(("mean", "hits"), [("1s", [True, True]), ("3s", [False, True])])
def test_chance_may_spare_some_replications_and_not_all(load, tmp_path, mean, hits):
    scenario = load(f"faults=[{CHANCE % mean}, down: 500ms}}]")
    outcome = run_scenario(scenario, tmp_path)
    table = open_results(outcome.folder).arrow("faults").to_pydict()
    assert [number in table["replication"] for number in range(2)] == hits
    assert outcome.idle_faults == ()


def test_chance_that_spares_all_replications_is_named(load, tmp_path):
    outcome = run_scenario(load(f"faults=[{CHANCE % '1h'}, down: 500ms}}]"), tmp_path)
    assert outcome.idle_faults == ("faults[0]",)


@pytest.mark.parametrize("error", [KeyboardInterrupt(), WorkerError("gone")])
def test_a_run_that_is_cut_short_is_the_run_of_what_was_finished(load, tmp_path, end_at, error):
    end_at(2, error)
    outcome = run_scenario(load("replications=5"), tmp_path)
    assert (outcome.verdict, outcome.finished, outcome.wanted) == ("interrupted", 2, 5)
    assert outcome.trouble is (error if isinstance(error, WorkerError) else None)
    manifest = open_results(outcome.folder).manifest
    assert manifest["resolved"]["replications"] == len(manifest["fingerprints"]) == 2


@pytest.mark.parametrize("error", [KeyboardInterrupt, WorkerError])
def test_a_run_that_is_cut_short_at_once_leaves_nothing(load, tmp_path, end_at, error):
    end_at(0, error("gone"))
    with pytest.raises(error):
        run_scenario(load(), tmp_path / "runs")
    assert not (tmp_path / "runs").exists()


def test_a_broken_invariant_names_the_replication_and_its_seed(load, tmp_path, end_at):
    end_at(1, InvariantViolated("counts differ"))
    seed = replications.replication_seed(7, 1)
    with pytest.raises(InvariantViolated, match=rf"counts differ \(replication 1, seed {seed}\)"):
        run_scenario(load(), tmp_path / "runs")
    assert not (tmp_path / "runs").exists()


def test_all_replications_share_the_map_that_the_loader_checked(load):
    wild = load(
        "topology={kind: waxman, sites: 10, size_km: 3000, alpha: 1.0, beta: 0.45}", "seed=5"
    )
    graphs = [
        prepare(wild.plan, replications.replication_seed(7, number)).routes.graph
        for number in range(3)
    ]
    assert graphs[0] == graphs[1] == graphs[2]


def test_progress_goes_forward_to_the_end_of_the_last_replication(load, tmp_path):
    told = []
    run_scenario(load(), tmp_path, progress=lambda *instant: told.append(instant))
    assert told == sorted(told)
    assert told[-1] == (1, 3_000_000_000)


def test_a_table_that_only_one_replication_has_rows_of_is_empty_in_the_others():
    """An alert that is logged in one, say, and not in the other: both can be stored together."""
    logged = {"registry": {"at_ns": np.array([5]), "what": np.array(["Alert"])}}
    first, second = alike([{}, logged])
    assert second == logged
    assert {name: column.tolist() for name, column in first["registry"].items()} == {
        "at_ns": [],
        "what": [],
    }
    assert first["registry"]["what"].dtype == logged["registry"]["what"].dtype
