import numpy as np
import pytest

from sim.measure.tables import COLUMNS, Tables, empty, table
from tests.measure.synthetic import make_tables


@pytest.mark.parametrize("name", COLUMNS)
def test_an_empty_table_has_all_columns_and_no_rows(name):
    columns = empty(name)
    assert list(columns) == list(COLUMNS[name])
    assert all(column.shape == (0,) for column in columns.values())


def test_tables_survive_the_way_through_plain_lists():
    tables = make_tables(regions=2, duration_ns=10**9)
    lists = {name: {c: v.tolist() for c, v in tables[name].items()} for name in tables}
    again = Tables.of(lists)
    for name in tables:
        for column, values in tables[name].items():
            np.testing.assert_array_equal(values, again[name][column], strict=True)


def test_a_missing_column_is_refused_by_name():
    columns = empty("traffic")
    del columns["bytes"]
    with pytest.raises(ValueError, match="traffic: columns bytes are missing"):
        table("traffic", columns)


def test_columns_of_different_length_are_refused():
    with pytest.raises(ValueError, match=r"heard: columns must be .* of equal length"):
        table("heard", {**empty("heard"), "known_ns": [1, 2]})


def test_a_missing_table_is_refused_by_name():
    others = {name: empty(name) for name in COLUMNS if name != "heard"}
    with pytest.raises(ValueError, match="tables heard are missing"):
        Tables.of(others)


def test_tables_that_nobody_measures_are_left_out():
    everything = {name: empty(name) for name in COLUMNS}
    assert list(Tables.of({**everything, "messages": {"sent_ns": [1]}})) == list(COLUMNS)
    assert list(table("traffic", {**empty("traffic"), "price": []})) == list(COLUMNS["traffic"])


def test_only_tables_can_be_looked_up():
    with pytest.raises(KeyError):
        make_tables(regions=1, duration_ns=10**9)["of"]
