import errno
import json
import math
import os

import numpy as np
import pytest

from sim.campaign import store
from sim.campaign.results import open_results
from sim.campaign.store import canonical_json, check_place, plain, run_id, store_run
from sim.errors import ResultsError


def test_a_run_is_a_folder_with_manifest_metrics_and_a_file_for_each_table(run, tmp_path):
    folder = store_run(run, tmp_path)
    assert folder.parent == tmp_path / "partition-recovery"
    assert sorted(path.name for path in folder.iterdir()) == [
        "faults.parquet",
        "manifest.json",
        "metrics.json",
        "samples.parquet",
        "traffic.parquet",
    ]


def test_the_manifest_says_what_was_run_by_what_and_how_it_ended(run, tmp_path):
    manifest = json.loads((store_run(run, tmp_path) / "manifest.json").read_text("utf-8"))
    expected = {
        "name": run.name,
        "path": run.path,
        "scenario": run.scenario,
        "resolved": run.resolved,
        "seed": 7,
        "started": run.started,
        "wall_s": 1.25,
        "fingerprints": run.fingerprints,
        "verdict": run.verdict,
        "replay": run.replay,
    }
    assert {key: manifest[key] for key in expected} == expected
    assert manifest["packages"]["numpy"]
    assert set(manifest["files"]) == {
        "faults.parquet",
        "metrics.json",
        "samples.parquet",
        "traffic.parquet",
    }


def test_the_run_id_follows_scenario_seed_and_version_and_nothing_else():
    base = run_id({"a": 1, "b": 2}, 7, "0.1")
    assert base == run_id({"b": 2, "a": 1}, 7, "0.1")
    assert base.endswith("-s7")
    assert len(base) == len("01234567-s7")
    others = {run_id({"a": 1}, 7, "0.1"), run_id({"a": 1, "b": 2}, 7, "0.2")}
    assert base not in others


def test_the_same_run_written_twice_is_the_same_to_the_byte(run, tmp_path):
    first, second = store_run(run, tmp_path / "a"), store_run(run, tmp_path / "b")
    for path in first.iterdir():
        assert path.read_bytes() == (second / path.name).read_bytes()


def test_latest_points_at_the_run_that_was_written_last(make_run, tmp_path):
    store_run(make_run(seed=1), tmp_path)
    second = store_run(make_run(seed=2), tmp_path)
    latest = tmp_path / "partition-recovery" / "latest"
    assert latest.resolve() == second
    assert os.readlink(latest) == second.name  # relative: the whole folder can be moved


def test_writing_a_run_again_replaces_it_whole(make_run, run, tmp_path):
    first = store_run(make_run(wall_s=1.0), tmp_path)
    (first / "notes.txt").write_text("left behind by hand")
    second = store_run(make_run(wall_s=2.0), tmp_path)
    assert first == second
    assert open_results(second).manifest["wall_s"] == 2.0
    assert not (second / "notes.txt").exists()


def test_figures_of_the_very_same_run_stay(run, tmp_path):
    (store_run(run, tmp_path) / "recovery.png").write_bytes(b"drawn")
    assert (store_run(run, tmp_path) / "recovery.png").read_bytes() == b"drawn"


def test_figures_of_a_run_that_came_out_differently_go(make_run, run, tmp_path):
    (store_run(run, tmp_path) / "recovery.png").write_bytes(b"drawn")
    other = make_run(fingerprints=[{"fingerprint": "another", "parts": {}}])
    assert not (store_run(other, tmp_path) / "recovery.png").exists()


def test_only_runs_and_latest_are_left_after_writing(make_run, tmp_path):
    folders = {store_run(make_run(seed=seed), tmp_path).name for seed in (1, 1, 2)}
    home = tmp_path / "partition-recovery"
    assert {path.name for path in home.iterdir()} == folders | {"latest"}


def disk_full(*_arguments, **_options):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


WRITES = [
    (store.parquet.pq, "write_table"),
    (store, "_write_json"),
    (store.tempfile, "mkdtemp"),
    (store.Path, "rename"),
]


@pytest.mark.parametrize(("module", "name"), WRITES, ids=[name for _, name in WRITES])
def test_a_full_disk_is_reported_and_leaves_nothing_behind(
    module, name, run, tmp_path, monkeypatch, everything_under
):
    monkeypatch.setattr(module, name, disk_full)
    with pytest.raises(ResultsError, match="No space left on device"):
        store_run(run, tmp_path / "results" / "runs")
    assert everything_under(tmp_path) == []


@pytest.mark.parametrize(("module", "name"), WRITES, ids=[name for _, name in WRITES])
def test_a_failed_write_keeps_the_run_that_was_there(
    module, name, make_run, tmp_path, monkeypatch, everything_under
):
    folder = store_run(make_run(wall_s=1.0), tmp_path)
    before = everything_under(tmp_path)
    monkeypatch.setattr(module, name, disk_full)
    with pytest.raises(ResultsError):
        store_run(make_run(wall_s=2.0), tmp_path)
    monkeypatch.undo()
    assert everything_under(tmp_path) == before
    assert open_results(folder).manifest["wall_s"] == 1.0


def test_a_run_that_cannot_take_its_place_lets_the_old_one_back(make_run, tmp_path, monkeypatch):
    folder = store_run(make_run(wall_s=1.0), tmp_path)
    rename = store.Path.rename

    def fail_for_the_draft(path, target):
        if path.name.startswith(".") and path.name != target.name:
            disk_full()
        return rename(path, target)

    monkeypatch.setattr(store.Path, "rename", fail_for_the_draft)
    with pytest.raises(ResultsError):
        store_run(make_run(wall_s=2.0), tmp_path)
    assert open_results(folder).manifest["wall_s"] == 1.0


def test_a_link_that_cannot_be_moved_is_reported_and_leaves_the_finished_run(
    run, tmp_path, monkeypatch
):
    monkeypatch.setattr(store.Path, "replace", disk_full)
    with pytest.raises(ResultsError, match="No space left"):
        store_run(run, tmp_path)
    (folder,) = (tmp_path / run.name).iterdir()
    assert open_results(folder).manifest["name"] == run.name


def test_an_interrupted_write_leaves_nothing_behind(run, tmp_path, monkeypatch, everything_under):
    def interrupt(*_arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(store, "_write_json", interrupt)
    with pytest.raises(KeyboardInterrupt):
        store_run(run, tmp_path)
    assert everything_under(tmp_path) == []


def test_a_file_where_the_folder_should_be_is_reported(run, tmp_path):
    (tmp_path / "partition-recovery").write_text("in the way")
    with pytest.raises(ResultsError, match="cannot write the results"):
        store_run(run, tmp_path)


def test_a_place_that_was_checked_is_as_it_was(tmp_path, everything_under):
    check_place("small", tmp_path / "results" / "runs")
    assert everything_under(tmp_path) == []


def test_checking_a_place_leaves_the_runs_in_it(run, tmp_path, everything_under):
    store_run(run, tmp_path)
    before = everything_under(tmp_path)
    check_place(run.name, tmp_path)
    assert everything_under(tmp_path) == before


@pytest.mark.parametrize("taken", ["results", "results/runs/small"])
def test_a_place_that_is_taken_by_a_file_is_found_out(tmp_path, taken, everything_under):
    (tmp_path / taken).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / taken).write_text("in the way")
    before = everything_under(tmp_path)
    with pytest.raises(ResultsError, match="cannot write the results"):
        check_place("small", tmp_path / "results" / "runs")
    assert everything_under(tmp_path) == before


def test_a_place_without_room_is_found_out(tmp_path, monkeypatch, everything_under):
    monkeypatch.setattr(store.tempfile, "mkdtemp", disk_full)
    with pytest.raises(ResultsError, match="No space left on device"):
        check_place("small", tmp_path / "results" / "runs")
    assert everything_under(tmp_path) == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_permission_is_reported(run, tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(ResultsError, match="Permission denied"):
        store_run(run, tmp_path)


@pytest.mark.parametrize("name", ["../escape", "a/b", "", ".hidden"])
def test_a_name_that_is_no_folder_name_is_refused(name, make_run, tmp_path):
    with pytest.raises(ResultsError, match="cannot be the name"):
        store_run(make_run(name=name), tmp_path)


def test_replications_with_different_tables_are_our_bug(make_run, run, tmp_path):
    fewer = {name: table for name, table in run.replications[1].items() if name != "faults"}
    with pytest.raises(ValueError, match="differ in tables"):
        store_run(make_run(replications=[run.replications[0], fewer]), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_run_without_tables_can_be_stored(make_run, tmp_path):
    assert open_results(store_run(make_run(replications=[]), tmp_path)).names() == []


def test_numbers_that_json_does_not_know_are_written_as_null_and_words():
    assert plain([math.nan, math.inf, -math.inf, 1.5]) == [None, "inf", "-inf", 1.5]


def test_canonical_json_does_not_depend_on_order_or_kind_of_number():
    assert canonical_json({"b": np.int64(1), "a": (1,)}) == b'{"a":[1],"b":1}'
