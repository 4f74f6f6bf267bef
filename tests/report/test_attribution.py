"""What each cause did, as a table and as a figure."""

import math
from dataclasses import dataclass

import pytest

from sim.measure.attribution import CLEAN, causes
from sim.report.attribution.figure import attribution_figure
from sim.report.attribution.table import ADDED, ALONE, as_markdown, as_text, sentences


@dataclass(frozen=True)
class Named:
    path: str
    kind: str
    remark: str = ""


CUT, HOLD = Named("faults[0]", "partition"), Named("faults[1]", "hold", "touched nothing")
BOTH, CUT_ONLY, HOLD_ONLY = (
    frozenset(paths) for paths in ({CUT.path, HOLD.path}, {CUT.path}, {HOLD.path})
)
PATHS = (CUT.path, HOLD.path)


def of(metric, unit, clean, cut):
    """Only the cut has an effect."""
    figures = {BOTH: cut, CUT_ONLY: cut, HOLD_ONLY: clean, CLEAN: clean}
    return causes(metric, unit, PATHS, figures)


AGE = of("staleness.root.mean", "s", [0.2, 0.2], [1.2, 1.4])
COVERAGE = of("coverage.mean", "share", [1.0, 1.0], [0.9, 0.9])
LOSS = of("traffic.lost", "share", [0.01, 0.02], [0.01, 0.02])
ENTRIES = (CUT, HOLD)


def test_a_row_says_what_a_cause_adds_what_it_does_alone_and_its_share():
    _, row = (
        line.split("  ") for line in as_text([COVERAGE], ENTRIES).splitlines() if "[0]" in line
    )
    cells = [cell.strip() for cell in row if cell.strip()]
    assert cells == ["faults[0] partition", *["-10 points", "exactly"] * 3]


def test_a_block_is_headed_by_the_metric_as_it_is_and_without_any_cause():
    assert "staleness.root.mean: 1.3 s, without any of them 200 ms\n" in as_text([AGE], ENTRIES)


def test_no_effect_at_all_is_a_plain_nought():
    (row,) = (line for line in as_text([AGE], ENTRIES).splitlines() if "hold  " in line)
    assert row.split() == ["faults[1]", "hold", "0", "0", "0"]


def test_the_columns_of_shapley_are_left_out_where_nobody_knows_it():
    three = ("faults[0]", "faults[1]", "faults[2]", "faults[3]")
    every = frozenset(three)
    some = [every, *(every - {one} for one in three), *(frozenset({one}) for one in three), CLEAN]
    found = causes("staleness.root.mean", "s", three, {who: [float(len(who))] for who in some})
    entries = [Named(path, "crash") for path in three]
    assert "Shapley" not in as_text([found], entries)
    assert "Shapley" in as_text([AGE], ENTRIES)


def test_who_had_no_effect_is_named_below_the_table():
    assert sentences([AGE], ENTRIES) == ["faults[1] hold: touched nothing"]


def test_what_is_left_over_is_explained_where_there_is_any():
    same = {BOTH: [1.0, 1.0], CUT_ONLY: [1.0, 1.0], HOLD_ONLY: [1.0, 1.0], CLEAN: [0.0, 0.0]}
    (told,) = sentences([causes("staleness.root.mean", "s", PATHS, same)], (CUT, CUT))
    assert told.startswith("interaction: ")


def test_one_replication_says_that_it_has_no_intervals():
    once = of("staleness.root.mean", "s", [0.2], [1.2])
    assert "one replication has no intervals" in as_text([once], ENTRIES)


def test_markdown_is_one_table_with_the_metric_in_front():
    lines = as_markdown([AGE, COVERAGE], ENTRIES).splitlines()
    assert lines[3] == "- coverage.mean: faults[0] partition -10 points"
    assert lines[5].startswith("| metric | cause | adds to the rest |")
    assert {line.count("|") for line in lines[5:15]} == {lines[5].count("|")}
    head = "staleness.root.mean: 1.3 s, without any of them 200 ms"
    assert lines[7].startswith(f"| {head} | faults[0] partition | +1.1 s |")


def test_bars_are_as_long_as_effects_with_whiskers_over_their_intervals():
    (axes,) = attribution_figure("both", [AGE], ENTRIES).axes
    handles, labels = axes.get_legend_handles_labels()
    drawn = dict(zip(labels, handles, strict=True))
    for label in (ADDED, ALONE):
        assert [bar.get_width() for bar in drawn[label]] == pytest.approx([1.1, 0, 0])
    share = AGE.shares[0].added
    (segments,) = {tuple(line.get_segments()[0][:, 0]) for line in axes.collections}
    assert segments == pytest.approx((share.low, share.high))


def test_a_metric_on_which_nobody_had_an_effect_has_no_panel():
    figure = attribution_figure("both", [AGE, LOSS, COVERAGE], ENTRIES)
    titles = [axes.get_title(loc="left") for axes in figure.axes]
    assert [title.split(":")[0] for title in titles] == ["staleness.root.mean", "coverage.mean"]


def test_an_effect_without_bound_is_told_and_has_no_bar():
    never = of("agreement.latency.p95", "s", [0.2, 0.2], [math.inf, math.inf])
    assert "without bound" in as_text([never], ENTRIES)
    (axes,) = attribution_figure("both", [never], ENTRIES).axes
    assert all(math.isfinite(bar.get_width()) for bar in axes.patches)


def test_one_cause_is_answered_once_and_leaves_nothing_over():
    alone = causes("staleness.root.mean", "s", PATHS[:1], {CUT_ONLY: [1.0, 1.2], CLEAN: [0.5, 0.6]})
    lines = as_text([alone], (CUT,)).splitlines()
    assert lines[1].split() == ["cause", "caused", "95", "%", "interval"]
    assert [line.split()[0] for line in lines[2:]] == ["faults[0]"]
    (axes,) = attribution_figure("one", [alone], (CUT,)).axes
    assert [bar.get_width() for bar in axes.patches] == pytest.approx([0.55])


RECOVERY = causes(
    "recovery.time.max",
    "s",
    PATHS,
    {BOTH: [6.0, 6.0], CUT_ONLY: [6.0, 6.0], HOLD_ONLY: [2.0, 2.1], CLEAN: [0.0, 0.0]},
    {BOTH: ["a", "b"], CUT_ONLY: ["c", "d"], HOLD_ONLY: ["", ""], CLEAN: ["", ""]},
)
"""With the cut nothing ever recovered; whether the hold made that worse nobody knows."""


def test_what_had_not_ended_is_told_as_a_bound_and_never_as_no_effect():
    lines = as_text([RECOVERY], ENTRIES).splitlines()
    assert "recovery.time.max: at least 6 s, without any of them 0 s" in lines
    cut, hold = (next(line for line in lines if line.startswith(name)) for name in PATHS)
    assert cut.count("at least +") == 3
    assert "not known" in hold
    assert any(line.startswith("at least, at most, not known: ") for line in lines)


def test_a_bound_is_marked_in_the_figure_and_has_no_whisker():
    (axes,) = attribution_figure("both", [RECOVERY], ENTRIES).axes
    assert [text.get_text() for text in axes.texts] == ["≥", "?", "?", "≥", "?"]
    assert "at least +6 s" in axes.get_title(loc="left")


def test_who_is_to_blame_stands_on_top_the_most_first():
    """By Shapley's share; the hold alone is clear, and what it adds to the cut is not known."""
    lines = as_text([COVERAGE, RECOVERY], ENTRIES).splitlines()
    assert lines[0] == "who is to blame, most first:"
    assert lines[1].split("  ")[-1] == "faults[0] partition -10 points"
    told = [part.strip() for part in lines[2].removeprefix("  recovery.time.max").split(";")]
    assert told[0].startswith("faults[0] partition at least +")
    assert told[1] == "faults[1] hold +2.05 s (alone)"


def test_an_interval_of_which_both_ends_read_alike_says_how_wide_it_is():
    narrow = of("staleness.root.mean", "s", [0.0, 0.0], [1.2, 1.20001])
    assert "± 63.5 us" in as_text([narrow], ENTRIES)  # t of 12.7, and 7.07 us over the root of 2


def test_metrics_that_nobody_touched_are_told_in_one_line():
    text = as_text([LOSS, AGE, LOSS], ENTRIES)
    assert "nobody had any effect on traffic.lost, traffic.lost" in text
    assert "traffic.lost:" not in text
    assert "cause" not in as_text([LOSS], ENTRIES)
