"""CSV is read back with the standard library."""

import csv
import math
from dataclasses import replace

import pytest
from pyarrow import csv as arrow_csv

from sim.errors import ResultsError
from sim.measure.metrics import measure
from sim.report.export.sheets import write_csv
from sim.report.export.window import WHOLE, Window
from sim.scenario.plan import Threshold
from tests.report.export.exported import stored


def rows(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_there_is_a_file_for_each_table_with_the_rows_of_all_replications(tmp_path):
    run = stored(False, count=2)
    write_csv(run, WHOLE, tmp_path / "csv")
    files = sorted(path.name for path in (tmp_path / "csv").iterdir())
    assert files == sorted(f"{name}.csv" for name in (*run.names, "metrics"))
    for name in run.names:
        table = run.read(name)
        found = rows(tmp_path / "csv" / f"{name}.csv")
        assert [row["replication"] for row in found] == list(map(str, table["replication"]))
        assert len(found) == table.num_rows


def test_numbers_and_text_are_as_they_are_stored(tmp_path):
    run = stored(False, count=2)
    write_csv(run, WHOLE, tmp_path / "csv")
    ages = [int(row["oldest_age_ns"]) for row in rows(tmp_path / "csv" / "samples.csv")]
    assert ages == run.read("samples")["oldest_age_ns"].to_pylist()
    errors = [float(row["error_mean"]) for row in rows(tmp_path / "csv" / "baselines.csv")]
    assert errors == run.read("baselines")["error_mean"].to_pylist()
    kinds = [row["kind"] for row in rows(tmp_path / "csv" / "faults.csv")]
    assert kinds == ["partition", "partition"]


def test_of_one_replication_there_are_its_rows_alone(tmp_path):
    write_csv(stored(False, count=2, replication=1), WHOLE, tmp_path / "csv")
    found = rows(tmp_path / "csv" / "samples.csv")
    assert {row["replication"] for row in found} == {"1"}


def test_metrics_have_their_figures_bounds_and_verdicts_and_no_text_for_a_missing_number(tmp_path):
    run = stored(False, count=2)
    asked = (Threshold("coverage.mean", 2.0, None, 0), Threshold("coverage.mean", None, 1.0, 0))
    run = replace(run, plan=replace(run.plan, thresholds=asked))
    write_csv(run, WHOLE, tmp_path / "csv")
    found = rows(tmp_path / "csv" / "metrics.csv")
    told = [row for row in found if row["metric"] == "coverage.mean"]
    (value,) = (one for one in run.metrics if one.name == "coverage.mean")
    assert [(row["bound"], row["verdict"]) for row in told] == [
        ("≥ 200 %", "fail"),
        ("≤ 100 %", "pass"),
    ]
    assert [(float(row["value"]), row["unit"], row["n"]) for row in told] == [
        (value.value, "share", "2")
    ] * 2
    gaps = [row["metric"] for row in found if row["value"] == ""]
    assert gaps == [one.name for one in run.metrics if math.isnan(one.value)] != []
    (longest,) = (row for row in found if row["metric"] == "recovery.time.max")
    assert (longest["value"], longest["low"], longest["censored"]) == ("inf", "0.6", "2")


def test_metrics_of_one_replication_are_its_own(tmp_path):
    run = stored(False, count=2, replication=1)
    write_csv(run, WHOLE, tmp_path / "csv")
    found = {row["metric"]: row for row in rows(tmp_path / "csv" / "metrics.csv")}
    (own,) = (one for one in measure([run.tables], run.plan) if one.name == "coverage.mean")
    assert float(found["coverage.mean"]["value"]) == own.value
    assert (found["coverage.mean"]["n"], found["coverage.mean"]["low"]) == ("1", "")


def test_a_window_is_for_single_messages_alone(tmp_path):
    run = stored()
    write_csv(run, Window(900_000_000, 1_000_000_000), tmp_path / "csv")
    for name in ("messages", "mail", "control_messages"):
        sent = [int(row["sent_ns"]) for row in rows(tmp_path / "csv" / f"{name}.csv")]
        assert all(900_000_000 <= one < 1_000_000_000 for one in sent), name
    assert len(rows(tmp_path / "csv" / "messages.csv")) > 0
    assert len(rows(tmp_path / "csv" / "samples.csv")) == run.read("samples").num_rows


@pytest.mark.parametrize("name", ["thesis.tex", "thesis.csv"])
def test_an_earlier_export_is_replaced_and_nothing_else(tmp_path, name):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / name).write_text("years of work")
    with pytest.raises(ResultsError, match=f"has other things in it, such as {name}"):
        write_csv(stored(False), WHOLE, tmp_path / "mine")
    assert (tmp_path / "mine" / name).read_text() == "years of work"
    write_csv(stored(), WHOLE, tmp_path / "csv")
    write_csv(stored(False), WHOLE, tmp_path / "csv")
    assert not (tmp_path / "csv" / "messages.csv").exists()


def test_an_export_that_fails_leaves_what_was_there(tmp_path, monkeypatch):
    write_csv(stored(False), WHOLE, tmp_path / "csv")

    def fail(*_arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(arrow_csv, "write_csv", fail)
    with pytest.raises(ResultsError, match="cannot be written: No space left on device"):
        write_csv(stored(), WHOLE, tmp_path / "csv")
    assert [path.name for path in tmp_path.iterdir()] == ["csv"]
    assert (tmp_path / "csv" / "samples.csv").exists()
