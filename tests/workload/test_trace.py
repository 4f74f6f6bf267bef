"""Replay of recorded series, and the files they come from."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sim.engine.streams import Streams
from sim.errors import InputError
from sim.workload import Trace, make_behaviour, read_traces
from tests.data import shared_data

NS = 1_000_000_000
SHORT, LONG = np.arange(6.0).reshape(3, 2), 100 + np.arange(10.0).reshape(5, 2)


def stream_at(purpose: str, tick: int) -> np.random.Generator:
    return Streams(5).at(purpose, tick=tick)


def measured(behaviour, agents: int, tick: int, born_ns: float = 0.0) -> np.ndarray:
    out = np.empty((agents, behaviour.features))
    behaviour.fill(tick, np.full(agents, born_ns), 0, out)
    return out


def test_agents_are_dealt_over_the_traces_in_turn():
    assert measured(Trace(4, [SHORT, LONG]), 4, 0)[:, 0].tolist() == [0, 100, 0, 100]


def test_each_report_moves_on_by_a_row():
    assert measured(Trace(2, [SHORT, LONG]), 2, 2)[:, 0].tolist() == [4, 104]


def test_behind_its_last_row_a_trace_begins_again():
    assert measured(Trace(2, [SHORT, LONG]), 2, 3)[:, 0].tolist() == [0, 106]


def test_with_a_cadence_the_instant_decides_and_not_the_report():
    replay = Trace(1, [LONG], cadence_ns=60 * NS)
    rows = [measured(replay, 1, 9, seconds * NS)[0, 0] for seconds in (0, 59.9, 60, 300)]
    assert rows == [100, 100, 102, 100]


def test_random_shifts_reach_every_row_about_equally_often():
    rows = measured(Trace(3000, [SHORT], stream_at=stream_at), 3000, 0)[:, 0]
    counts = np.unique(rows, return_counts=True)[1]
    assert len(counts) == 3
    assert np.all(abs(counts - 1000) <= 4 * np.sqrt(3000 * 2 / 9))


def test_a_shift_stays_with_its_agent():
    replay = Trace(50, [LONG], stream_at=stream_at)
    assert np.array_equal(measured(replay, 50, 0), measured(replay, 50, 5))


@pytest.fixture
def folder(tmp_path):
    np.savez(tmp_path / "b.npz", train=SHORT, test=LONG)
    (tmp_path / "a.csv").write_text("load,disk\n1,2\n3,4\n", encoding="utf-8")
    pq.write_table(pa.table({"load": [5, 6], "disk": [7.5, 8.5]}), tmp_path / "c.parquet")
    return tmp_path


def test_a_folder_gives_its_archives_by_name_and_leaves_the_tables_about_them(folder):
    np.savez(folder / "a.npz", test=LONG + 1)
    traces = read_traces(".", directory=str(folder))
    assert [trace[0, 0] for trace in traces] == [LONG[0, 0] + 1, LONG[0, 0]]


def test_a_folder_without_archives_gives_its_csv_files(folder):
    (folder / "b.npz").unlink()
    assert [trace[0].tolist() for trace in read_traces(str(folder))] == [[1, 2]]


def test_the_array_of_an_archive_is_chosen_by_name(folder):
    assert np.array_equal(read_traces(str(folder / "b.npz"), array="train")[0], SHORT)


def test_all_arrays_that_end_in_the_name_are_traces(tmp_path):
    np.savez(tmp_path / "all.npz", web_test=SHORT, web_label=SHORT, db_test=LONG)
    assert len(read_traces(str(tmp_path / "all.npz"))) == 2


def test_one_dimension_is_one_column(tmp_path):
    np.savez(tmp_path / "one.npz", test=np.arange(4))
    assert read_traces(str(tmp_path / "one.npz"))[0].shape == (4, 1)


@pytest.mark.parametrize("columns", [["disk"], [2]])
def test_columns_are_chosen_by_name_or_by_number_from_one(folder, columns):
    trace = read_traces([str(folder / "a.csv")], columns=columns)[0]
    assert trace.tolist() == [[2], [4]]


def test_a_header_is_optional(tmp_path):
    (tmp_path / "bare.csv").write_text("1,2\n3,4\n", encoding="utf-8")
    assert read_traces(str(tmp_path / "bare.csv"))[0].tolist() == [[1, 2], [3, 4]]


def test_gaps_hold_the_value_before_them(tmp_path):
    (tmp_path / "gaps.csv").write_text("1,2\n,nan\n,5\n", encoding="utf-8")
    trace = read_traces(str(tmp_path / "gaps.csv"), missing="hold")[0]
    assert trace.tolist() == [[1, 2], [1, 2], [1, 5]]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a,b\n1,2\n3,\n", "row 3, column 2 (b): is missing"),
        ("a,b\n1,2\n3,nan\n", "row 3, column 2 (b): is missing"),
        ("1,2\n3,inf\n", "row 2, column 2: inf is not finite"),
        ("a,b\n1,2\n3,x\n", "row 3, column 2: 'x' is not a number"),
        ("a,b\n1,2\n3\n", "row 3 has 1 columns where row 1 has 2"),
        ("a,b\n", "is empty"),
        ("", "is empty"),
    ],
)
def test_a_wrong_csv_is_refused_with_the_place(tmp_path, text, problem):
    (tmp_path / "bad.csv").write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as error:
        read_traces("bad.csv", directory=str(tmp_path))
    assert "bad.csv" in str(error.value)
    assert problem in str(error.value)


def test_a_missing_value_is_placed_in_the_file_also_where_columns_were_chosen(tmp_path):
    (tmp_path / "gaps.csv").write_text("a,b,c\n1,2,3\n4,5,\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"row 3, column 3 \(c\): is missing"):
        read_traces(str(tmp_path / "gaps.csv"), columns=["c", "a"])


def test_a_gap_at_the_start_has_nothing_to_hold(tmp_path):
    (tmp_path / "gaps.csv").write_text("1,\n2,3\n", encoding="utf-8")
    with pytest.raises(InputError, match="row 1, column 2: is missing, and no value before it"):
        read_traces(str(tmp_path / "gaps.csv"), missing="hold")


def test_a_null_in_parquet_is_missing(tmp_path):
    pq.write_table(pa.table({"load": [1.0, None]}), tmp_path / "null.parquet")
    with pytest.raises(InputError, match=r"row 2, column 1 \(load\): is missing"):
        read_traces(str(tmp_path / "null.parquet"))


@pytest.mark.parametrize(
    ("arrays", "problem"),
    [
        ({"train": SHORT}, "has no array 'test', only train"),
        ({"test": np.zeros((2, 2, 2))}, "has the shape (2, 2, 2)"),
        ({"test": np.zeros((0, 3))}, "is empty"),
        ({"test": np.array(["a"])}, "not numbers"),
        ({"test": np.array([[1.0, np.nan]])}, "row 1, column 2: is missing"),
    ],
)
def test_a_wrong_archive_is_refused(tmp_path, arrays, problem):
    np.savez(tmp_path / "bad.npz", **arrays)
    with pytest.raises(InputError) as error:
        read_traces(str(tmp_path / "bad.npz"))
    assert problem in str(error.value)


@pytest.mark.parametrize("name", ["bad.npz", "bad.parquet"])
def test_a_file_that_is_not_what_its_name_says_is_refused(tmp_path, name):
    (tmp_path / name).write_bytes(b"nonsense")
    with pytest.raises(InputError, match=r"bad\.\w+: is not a"):
        read_traces(str(tmp_path / name))


def test_words_in_parquet_are_refused(tmp_path):
    pq.write_table(pa.table({"load": ["high"]}), tmp_path / "bad.parquet")
    with pytest.raises(InputError, match="is not a Parquet file of numbers"):
        read_traces(str(tmp_path / "bad.parquet"))


def test_traces_of_different_width_are_refused(tmp_path):
    (tmp_path / "a.csv").write_text("1,2\n", encoding="utf-8")
    (tmp_path / "b.csv").write_text("1\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"b\.csv: has 1 columns, but .*a\.csv has 2"):
        read_traces(str(tmp_path))


def test_an_unknown_column_is_answered_with_those_there_are(folder):
    with pytest.raises(InputError, match=r"has no column 'cpu' among its 2 \(load, disk\)"):
        read_traces(str(folder / "a.csv"), columns=["cpu"])


@pytest.mark.parametrize(
    ("path", "problem"), [("absent.csv", "no such file"), ("text.txt", "a trace is a")]
)
def test_a_path_that_is_no_trace_is_refused(tmp_path, path, problem):
    (tmp_path / "text.txt").write_text("1", encoding="utf-8")
    with pytest.raises(InputError, match=problem):
        read_traces(path, directory=str(tmp_path))


def test_an_empty_folder_is_refused(tmp_path):
    with pytest.raises(InputError, match="holds no"):
        read_traces(str(tmp_path))


def test_features_that_the_trace_has_not_are_refused(folder):
    options = {"path": ("a.csv",), "shift": "none"}
    common = {"agents": 1, "stream_at": stream_at, "directory": str(folder)}
    assert make_behaviour("trace", options, features=0, **common).features == 2
    with pytest.raises(InputError, match=r"2 columns, but agents\.features is 3"):
        make_behaviour("trace", options, features=3, **common)


@pytest.mark.data
def test_a_recorded_server_is_replayed_row_by_row():
    file = shared_data("smd/machine-1-2.npz")
    replay = Trace(2, read_traces(str(file)), cadence_ns=60 * NS)
    with np.load(file) as archive:
        recorded = archive["test"]
    assert replay.features == 38
    for row in (0, 5_000, len(recorded) - 1):
        assert np.array_equal(measured(replay, 2, 0, row * 60 * NS)[1], recorded[row])


@pytest.mark.data
def test_eight_application_servers_come_out_of_one_archive():
    traces = read_traces(str(shared_data("asd/asd.npz")))
    assert [trace.shape for trace in traces] == [(4320, 19)] * 8
