"""Which messages are drawn, and what is said of the others."""

from dataclasses import replace

import pytest

from sim.errors import ResultsError
from sim.report.export.window import Window
from sim.report.html.facts import Run
from sim.report.html.messages import diagram, listed, looks
from tests.measure.synthetic import MS
from tests.report.export.exported import stored


def run(messages=True, window=None, **changes):
    return Run("run", {"path": "small.yaml"}, replace(stored(messages), **changes), [], window)


def test_the_lanes_go_from_the_root_to_the_agents_and_have_the_cut_region_in_them():
    found = diagram(run(), 500)
    tiers = [name.partition("-")[0] for name in found.lanes]
    assert tiers == sorted(tiers, key=["root", "regional", "local", "agent"].index)
    assert "regional-0" in found.lanes
    assert len(found.lanes) <= 21


def test_agents_are_those_below_the_local_that_is_drawn_first():
    lanes = diagram(run(), 500).lanes
    assert [name for name in lanes if name.startswith("agent")] == [f"agent-{n}" for n in range(4)]


def test_no_more_messages_than_there_is_room_for_and_those_nearest_the_heal():
    many, few = diagram(run(), 10_000), diagram(run(), 40)
    assert len(few.messages) == 40
    farthest = max(abs(one.sent_ns - 1400 * MS) for one in few.messages)
    nearer = [one for one in many.messages if abs(one.sent_ns - 1400 * MS) < farthest]
    assert len(nearer) <= 40
    assert "more of those that were kept were sent from 0 s to 2 s" in few.notes[0]


def test_a_window_has_only_what_was_sent_in_it():
    found = diagram(run(window=Window(1000 * MS, 1200 * MS)), 500)
    assert found.messages
    assert {one.sent_ns // (200 * MS) for one in found.messages} == {5}


def test_what_the_cut_swallowed_is_drawn_as_lost():
    found = diagram(run(window=Window(900 * MS, 1300 * MS)), 500)
    lost = [one for one in found.messages if one.arrived_ns < 0]
    assert any(one.sender == "regional-0" for one in lost)
    assert "lost" in [row[-1] for row in listed(lost)]


def test_all_three_kinds_of_messages_are_there():
    kinds = {one.kind for one in diagram(run(), 10_000).messages}
    assert {"report", "baseline"} < kinds


def test_the_data_are_columns_of_the_same_messages():
    found = diagram(run(), 100)
    data = found.as_data()
    assert {len(data[name]) for name in ("from", "to", "kind", "sent", "arrived")} == {100}
    first = found.messages[0]
    assert data["lanes"][data["from"][0]] == first.sender
    assert data["kinds"][data["kind"][0]] == first.kind


def test_a_run_that_kept_none_says_how_to_keep_them():
    found = diagram(run(False), 100)
    assert not found.messages
    assert "sim run small.yaml --set 'journal.messages={from: 0s, until: 2s}'" in found.notes[0]


def test_a_run_that_kept_a_window_elsewhere_shows_that():
    found = diagram(run({"from": "100ms", "until": "200ms"}), 100)
    assert {one.sent_ns // (100 * MS) for one in found.messages} == {1}


def test_a_kind_looks_the_same_whatever_else_is_there_and_no_two_are_alike():
    assert looks(["baseline", "report"]) == [1, 0]
    many = [f"kind-{number}" for number in range(14)]
    assert sorted(looks([*many, "report", "baseline"])) == list(range(16))
    assert looks(["sync", "report"])[0] == looks(["report", "baseline", "sync"])[2] > 1


def test_what_was_not_kept_is_not_counted_and_the_middle_is_that_of_what_was_kept():
    found = diagram(run({"from": "100ms", "until": "200ms"}, window=Window()), 10)
    assert "were kept were sent from 0.1 s to 0.2 s" in found.notes[0]
    assert found.focus_ns == 150 * MS
    assert "kept only those sent from 100ms to 200ms" in found.notes[1]


def test_the_first_look_at_a_window_is_at_the_heal_that_is_in_it():
    assert diagram(run(window=Window(1300 * MS, 1700 * MS)), 10).focus_ns == 1400 * MS


def test_messages_that_another_version_stored_are_refused_by_name():
    made = stored()
    old = replace(made, read=lambda name: made.read(name).drop_columns(["sent_ns"]))
    with pytest.raises(ResultsError, match="sent_ns"):
        diagram(Run("run", {}, old, []), 100)
