import numpy as np
import pytest

from sim.campaign import parquet


def test_tables_that_differ_in_columns_are_refused():
    with pytest.raises(ValueError, match="differ in columns"):
        parquet.stacked([{"a": np.arange(2)}, {"b": np.arange(2)}])


@pytest.mark.parametrize(
    ("column", "complaint"),
    [(np.zeros((2, 2)), "2 dimensions"), (np.zeros(2, complex), "neither a number")],
)
def test_a_column_that_is_not_a_plain_one_is_refused(column, complaint):
    with pytest.raises(ValueError, match=complaint):
        parquet.stacked([{"a": column}])


def test_values_come_back_exactly(tmp_path):
    columns = {
        "big": np.array([2**62, -(2**62)]),
        "real": np.array([0.1, np.nan]),
        "text": np.array(["a", "ä much longer text"]),
        "flag": np.array([True, False]),
    }
    parquet.write(parquet.stacked([columns]), tmp_path / "t.parquet", {})
    back = parquet.read(tmp_path / "t.parquet")
    for name, column in columns.items():
        np.testing.assert_array_equal(np.array(back[name].to_pylist()), column)


def test_a_file_written_twice_is_the_same_to_the_byte(tmp_path):
    table = parquet.stacked([{"a": np.arange(1000), "b": np.arange(1000).astype(str)}] * 2)
    for name in ("one", "two"):
        parquet.write(table, tmp_path / name, {"seed": "1", "run": "x"})
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
