from typing import NamedTuple

import numpy as np
import pytest

from sim.engine import journal as journal_module
from sim.engine.journal import MESSAGE_RECORDS, Delivered, FaultEnded, Journal, NodeChanged, Sent


class Measured(NamedTuple):
    node: str
    value: float
    is_late: bool
    count: int


def test_rows_become_typed_columns_in_the_order_they_were_written():
    journal = Journal()
    journal.append(5, Measured("b", 0.5, True, 2**40))
    journal.append(4, Measured("a", 1.0, False, -1))
    table = journal.table("measured")
    assert {name: column.dtype.kind for name, column in table.items()} == {
        "at_ns": "i",
        "node": "U",
        "value": "f",
        "is_late": "b",
        "count": "i",
    }
    assert {name: column.tolist() for name, column in table.items()} == {
        "at_ns": [5, 4],
        "node": ["b", "a"],
        "value": [0.5, 1.0],
        "is_late": [True, False],
        "count": [2**40, -1],
    }


def test_a_builtin_table_has_its_columns_while_it_is_empty():
    table = Journal().table("fault_ended")
    assert list(table) == ["at_ns", *FaultEnded._fields]
    assert all(len(column) == 0 for column in table.values())
    assert table["at_ns"].dtype == np.int64


def test_chunks_do_not_show(monkeypatch):
    monkeypatch.setattr(journal_module, "_CHUNK", 3)
    journal = Journal()
    for number in range(10):
        journal.append(number, NodeChanged(f"node-{number % 4}", "crashed"))
    table = journal.table("node_changed")
    assert table["at_ns"].tolist() == list(range(10))
    assert table["node"].tolist() == [f"node-{number % 4}" for number in range(10)]


def test_reading_a_table_does_not_stop_it_from_growing():
    journal = Journal()
    journal.append(1, NodeChanged("a", "crashed"))
    before = journal.table("node_changed")
    journal.append(2, NodeChanged("a", "restarted"))
    assert before["at_ns"].tolist() == [1]
    assert journal.table("node_changed")["at_ns"].tolist() == [1, 2]


def test_what_is_left_out_leaves_an_empty_table():
    journal = Journal(without=MESSAGE_RECORDS)
    journal.append(1, Sent("a", "b", "Update"))
    journal.append(1, NodeChanged("a", "crashed"))
    assert journal.table("sent")["at_ns"].tolist() == []
    assert journal.table("node_changed")["at_ns"].tolist() == [1]


def test_a_table_that_nobody_wrote_is_refused_with_the_names_there_are():
    with pytest.raises(KeyError, match=r"no table 'nothing'.*delivered, discarded"):
        Journal().table("nothing")


def test_names_are_sorted_and_grow_with_new_kinds_of_records():
    journal = Journal()
    journal.append(1, Measured("a", 1.0, False, 1))
    assert "measured" in journal.names()
    assert journal.names() == sorted(journal.names())


def test_two_kinds_of_records_cannot_share_a_name():
    class Sent(NamedTuple):
        other: str

    with pytest.raises(AssertionError, match="two kinds of record"):
        Journal().append(1, Sent("x"))


def test_a_column_without_a_plain_type_is_our_bug():
    class Vague(NamedTuple):
        anything: object

    with pytest.raises(AssertionError):
        Journal().append(1, Vague(None))


def test_text_is_kept_whole_however_long():
    journal = Journal()
    for name in ("a", "a much longer name than the first", "ä"):
        journal.append(1, Delivered(name, "b", "Update", 0))
    assert journal.table("delivered")["sender"].tolist()[1:] == [
        "a much longer name than the first",
        "ä",
    ]


def test_rows_that_somebody_else_keeps_are_put_in_by_time():
    journal = Journal(without=[Delivered])
    theirs = {
        "at_ns": np.array([2, 5]),
        "node": np.array(["x", "y"]),
        "state": np.array(["u", "v"]),
    }
    journal.provide(NodeChanged, lambda: theirs)
    journal.append(2, NodeChanged("a", "crashed"))
    table = journal.table("node_changed")
    assert table["at_ns"].tolist() == [2, 2, 5]
    assert table["node"].tolist() == ["a", "x", "y"]
    assert [journal.keeps(record) for record in (NodeChanged, Delivered)] == [True, False]
