"""Lanes: what was done, and what came of it, on one axis."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sim.measure.spans import union
from sim.report.html.states import states_of
from sim.report.html.timeline import bands, closed, heals_s, legend, rows, ticks
from sim.report.html.view import headline
from sim.scenario.plan import FaultPlan, Muted
from tests.measure.synthetic import MS, Fault, S
from tests.report.html.made import CUT, made

GAP_NS = 60 * S // 200


def lane(run, label):
    return next(row for row in rows(run, states_of(run, 600), 200) if row.label == label)


def test_the_bar_of_a_fault_stands_where_it_was_in_force():
    (bar,) = lane(made(CUT), "partition: region-2").bars
    assert (bar.left, bar.width) == (33.33, 25.0)
    assert bar.words == "fault 20 s to 35 s"


def test_what_was_muted_has_a_lane_without_a_bar_and_is_in_the_title():
    muted = Muted(faults=(FaultPlan("crash", 0, S, {}, "faults[1]"),))
    row = lane(made(CUT, muted=muted), "crash: faults[1]")
    assert (row.bars, row.note) == ((), "muted: did nothing")
    assert headline(made(CUT, muted=muted)).endswith("(with faults[1] muted)")


def test_a_region_says_how_long_it_was_not_fresh_and_in_which_states():
    row = lane(made(CUT), "region-2")
    assert [bar.key for bar in row.bars] == ["stale", "cut"]
    assert row.note == "15.1 s not fresh"
    assert lane(made(CUT), "region-0").note == "always fresh"


def test_the_legend_names_what_occurs_and_nothing_else():
    run = made(CUT)
    assert [key for key, _ in legend(rows(run, states_of(run, 600), 200))] == [
        "fault",
        "stale",
        "cut",
    ]


def test_a_band_for_each_cut_and_a_line_for_its_heal():
    run = made(CUT, Fault(40 * S, 45 * S, (), kind="degrade", cuts=False))
    assert [(one.begin_s, one.end_s, one.key) for one in bands(run.tables, run.plan, 200)] == [
        (20.0, 35.0, "cut"),
        (40.0, 45.0, "fault"),
    ]
    assert heals_s(run.tables, run.plan) == [35.0]


def test_a_link_that_flaps_all_the_time_is_few_bars():
    flaps = [Fault(k * 100 * MS, k * 100 * MS + 10 * MS, ()) for k in range(600)]
    run = made(*flaps)
    assert sum(len(row.bars) for row in rows(run, None, 200)) < 50
    assert len(bands(run.tables, run.plan, 200)) == 1


@given(st.lists(st.tuples(st.integers(0, 59 * S), st.integers(1, S)), max_size=12))
def test_closing_gaps_keeps_every_span_and_adds_only_what_nobody_could_see(pairs):
    starts = np.array([at for at, _ in pairs], np.int64)
    spans = union(starts, starts + np.array([length for _, length in pairs], np.int64))
    few = closed(spans, GAP_NS)
    for begin, end in spans:
        assert ((few[:, 0] <= begin) & (end <= few[:, 1])).any()
    assert (few[1:, 0] - few[:-1, 1] > GAP_NS).all()
    added = np.diff(few).sum() - np.diff(spans).sum()
    assert added <= GAP_NS * max(len(spans) - len(few), 0)


def test_ticks_are_round_and_few():
    assert [words for _, words in ticks(45)] == ["0 s", "20 s", "40 s"]
    assert [words for _, words in ticks(452_110)] == ["0 h", "50 h", "100 h"]
    assert [words for _, words in ticks(3)] == ["0 s", "1 s", "2 s", "3 s"]
