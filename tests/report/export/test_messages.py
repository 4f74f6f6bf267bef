"""Messages of every kind in one form, and what is said of those that are not there."""

from dataclasses import replace

import numpy as np
import pytest

from sim.errors import ResultsError, SimError
from sim.report.export.messages import missing, sendings
from sim.report.export.window import WHOLE, Window, parse_window
from tests.report.export.exported import stored

S = 1_000_000_000
CALL = "sim run small.yaml --set "


def rows(shown):
    columns = (shown.sender, shown.receiver, shown.kind, shown.detail, shown.sent_ns)
    return list(zip(*(column.tolist() for column in columns), strict=True))


def test_all_messages_are_there_in_the_order_of_sending():
    run = stored()
    shown = sendings(run, WHOLE)
    tables = [run.read(name) for name in ("messages", "mail", "control_messages")]
    assert len(shown) == sum(table.num_rows for table in tables)
    assert (np.diff(shown.sent_ns) >= 0).all()
    assert shown.came.sum() == sum(np.sum(np.array(t["arrived_ns"]) >= 0) for t in tables)


def test_every_end_of_a_message_is_a_node_of_the_tree():
    names = {f"agent-{n}" for n in range(24)} | {f"local-{n}" for n in range(6)}
    names |= {f"regional-{n}" for n in range(2)} | {f"root-0/{n}" for n in range(4)}
    shown = sendings(stored(), WHOLE)
    assert set(shown.sender.tolist()) == names
    assert set(shown.receiver.tolist()) == names - {f"agent-{n}" for n in range(24)}


@pytest.mark.parametrize(
    ("kind", "sender", "receiver"),
    [
        ("report", "agent-5", "local-1"),
        ("report", "regional-1", "root-0/3"),
        ("baseline", "root-0/2", "regional-1"),
        ("baseline", "regional-1", "local-5"),
        ("Prepare", "root-0/1", "root-0/3"),
    ],
)
def test_a_message_goes_from_a_node_to_a_node(kind, sender, receiver):
    ends = {
        (kind, sender, receiver) for sender, receiver, kind, *_ in rows(sendings(stored(), WHOLE))
    }
    assert (kind, sender, receiver) in ends


def test_a_window_has_the_messages_that_are_sent_in_it():
    window = Window(900_000_000, 1 * S)
    inside = [row for row in rows(sendings(stored(), WHOLE)) if 900_000_000 <= row[-1] < S]
    assert rows(sendings(stored(), window)) == inside != []


def test_of_too_many_messages_the_first_are_shown_and_the_others_counted():
    run = stored()
    all_, few = sendings(run, WHOLE), sendings(run, WHOLE, most=10)
    assert rows(few) == rows(all_)[:10]
    assert len(few) + few.left_out == len(all_)
    (note,) = missing(run, WHOLE, few)
    assert note.startswith("10 messages are shown, to 0.0")
    assert f"{len(all_) - 10:,} left out; choose others with --window" in note


def test_a_run_of_before_reports_had_their_parents_is_refused():
    run = stored()
    old = replace(run, read=lambda name: run.read(name).drop_columns(["parent"]))
    with pytest.raises(ResultsError, match="run it again"):
        sendings(old, WHOLE)


def test_nothing_is_said_where_everything_is_there():
    assert missing(stored(), WHOLE, sendings(stored(), WHOLE)) == []


@pytest.mark.parametrize(
    ("window", "call"),
    [
        (WHOLE, "journal.messages=true"),
        (Window(1 * S, 2 * S), "'journal.messages={from: 1s, until: 2s}'"),
        (Window(1 * S), "'journal.messages={from: 1s}'"),
    ],
)
def test_where_no_messages_were_kept_the_call_that_keeps_them_is_named(window, call):
    run = stored(False)
    shown = sendings(run, window)
    assert len(shown) == 0
    (note,) = missing(run, window, shown)
    assert note == f"this run kept no single messages; a run that does: {CALL}{call}"


def test_where_some_messages_were_kept_it_is_said_which():
    run = stored({"from": "1s", "until": "1500ms", "nodes": ["root"]})
    inside, outside = Window(1 * S, 1_200_000_000), Window(0, 2 * S)
    of_root = "of the messages this run kept only those of root"
    assert missing(run, inside, sendings(run, inside)) == [of_root]
    assert missing(run, outside, sendings(run, outside)) == [
        "of the messages this run kept only those sent from 1s to 1500ms",
        of_root,
    ]


@pytest.mark.parametrize(
    ("text", "window"),
    [("20s..21s", Window(20 * S, 21 * S)), ("..21s", Window(0, 21 * S)), ("1s..", Window(1 * S))],
)
def test_a_window_is_read(text, window):
    assert parse_window(text) == window


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("20s", "write it as 20s..21s"),
        ("21s..20s", "its end is not after its beginning"),
        ("20..21", "a duration such as 20ms"),
        ("-1s..2s", "a run begins at 0s"),
        ("34s...35s", "with two dots"),
    ],
)
def test_a_window_that_is_none_is_refused(text, complaint):
    with pytest.raises(SimError, match=complaint):
        parse_window(text)
