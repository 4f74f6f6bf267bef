import json
import math
import sys

import numpy as np
import pyarrow as pa
import pytest

from sim.campaign.results import open_results
from sim.campaign.store import checksum, store_run
from sim.errors import ResultsError
from sim.measure.metrics import MetricValue


@pytest.fixture
def folder(run, tmp_path):
    return store_run(run, tmp_path)


def test_a_stored_run_gives_back_its_rows_with_the_replication_in_front(folder):
    samples = open_results(folder).arrow("samples")
    assert samples.column_names == ["replication", "time_ns", "mean_age_ns", "count"]
    assert samples["replication"].to_pylist() == [0, 0, 0, 1, 1, 1, 1]
    assert samples["time_ns"].to_pylist() == [second * 10**9 for second in (0, 1, 2, 0, 1, 2, 3)]


def test_times_and_counts_are_int64_and_text_is_dictionary_encoded(folder):
    results = open_results(folder)
    samples, faults = results.arrow("samples").schema, results.arrow("faults").schema
    assert samples.field("time_ns").type == samples.field("count").type == pa.int64()
    assert pa.types.is_dictionary(faults.field("kind").type)
    assert faults.field("cuts").type == pa.bool_()


def test_the_footer_says_where_the_rows_come_from(folder):
    metadata = open_results(folder).arrow("samples").schema.metadata
    assert metadata[b"scenario"] == b"partition-recovery"
    assert metadata[b"run"].decode() == folder.name
    assert metadata[b"seed"] == b"7"


def test_an_empty_table_keeps_its_columns(folder):
    traffic = open_results(folder).arrow("traffic")
    assert traffic.num_rows == 0
    assert traffic.column_names == ["replication", "tier", "messages"]


def test_a_table_is_a_data_frame_where_pandas_is_installed(folder):
    pandas = pytest.importorskip("pandas")
    frame = open_results(folder).table("faults")
    assert isinstance(frame, pandas.DataFrame)
    assert frame["kind"].tolist() == ["partition"] * 4


def test_a_table_is_an_arrow_table_where_pandas_is_not_installed(folder, monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    table = open_results(folder).table("faults")
    assert isinstance(table, pa.Table)
    assert table["kind"].to_pylist() == ["partition"] * 4


def test_metrics_come_back_with_their_missing_and_open_ends(folder):
    (metric,) = open_results(folder).metrics()
    assert math.isnan(metric.low)
    assert metric == MetricValue("recovery.time.p95", 1.5, "s", 2, metric.low, math.inf, 1)


def test_a_series_is_one_column_of_one_replication_over_time(folder):
    time_ns, values = open_results(folder).series("mean_age_ns", replication=1)
    assert time_ns.tolist() == [0, 10**9, 2 * 10**9, 3 * 10**9]
    assert np.allclose(values, np.linspace(0, 1, 4) + 1)


def test_names_are_those_of_the_tables(folder):
    assert open_results(folder).names() == ["faults", "samples", "traffic"]


def test_the_folder_of_a_name_opens_its_latest_run(folder):
    assert open_results(folder.parent).path == folder


def test_an_unknown_table_or_column_is_refused_by_name(folder):
    results = open_results(folder)
    with pytest.raises(ResultsError, match=r"no table 'sample'.*faults, samples, traffic"):
        results.table("sample")
    with pytest.raises(ResultsError, match="no column 'age'"):
        results.series("age")


@pytest.mark.parametrize("name", ["samples.parquet", "metrics.json", "faults.parquet"])
def test_a_missing_file_is_noticed_and_named(folder, name):
    (folder / name).unlink()
    with pytest.raises(ResultsError, match=f"{name} is missing"):
        open_results(folder)


@pytest.mark.parametrize("name", ["samples.parquet", "metrics.json"])
def test_a_single_flipped_bit_is_noticed_and_named(folder, name):
    content = bytearray((folder / name).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / name).write_bytes(content)
    with pytest.raises(ResultsError, match=f"{name} is damaged"):
        open_results(folder)


def test_a_manifest_that_was_edited_by_hand_is_noticed(folder):
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    manifest["verdict"] = {"outcome": "perfect"}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(ResultsError, match=r"manifest\.json is damaged"):
        open_results(folder)


def test_a_run_of_another_format_is_refused(folder):
    manifest = json.loads((folder / "manifest.json").read_text("utf-8")) | {"format": 99}
    manifest["checksum"] = checksum(manifest)
    (folder / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(ResultsError, match="has format 99"):
        open_results(folder)


@pytest.mark.parametrize("text", ["", "{", "[]", "\x00"])
def test_a_manifest_that_is_none_is_noticed(folder, text):
    (folder / "manifest.json").write_text(text)
    with pytest.raises(ResultsError, match=r"manifest\.json is damaged"):
        open_results(folder)


def test_a_run_without_a_manifest_is_not_a_finished_one(folder):
    (folder / "manifest.json").unlink()
    with pytest.raises(ResultsError, match=r"manifest\.json is missing"):
        open_results(folder)


def test_a_path_that_is_no_folder_is_refused(tmp_path):
    with pytest.raises(ResultsError, match="is not a folder"):
        open_results(tmp_path / "nothing")
