"""The figure is judged by eye; here it is held to what an eye cannot see or would soon forget."""

import math
from dataclasses import replace

import numpy as np
import pytest

from sim.errors import ResultsError
from sim.measure.breakdown import floor_sd
from sim.measure.tables import NEVER, empty
from sim.report.lies.figure import is_about_lies, liar_shares, lies_figure
from sim.report.style import save
from tests.measure.lied import AGENTS_LIE, GUARDED, LIES, convictions, lied, lied_plan
from tests.measure.synthetic import MEAN, Fault, S
from tests.report.layout import beyond_the_page, overlapping
from tests.report.reading import labels, panel, rows

pytestmark = pytest.mark.slow

PLAN = lied_plan()
CALM = lied_plan(MEAN, (), None, None)


def draw(tables=None, plan=PLAN):
    return lies_figure(tables or lied([Fault(30 * S, 35 * S, (2,))]), plan)


def titles(figure):
    return [axes.get_title(loc="left").partition(":")[0] for axes in figure.axes[1:]]


def texts(axes):
    return [text.get_text() for text in axes.texts if text.get_text()]


def curve(axes, start):
    return next(line for line in axes.get_lines() if str(line.get_label()).startswith(start))


@pytest.fixture(scope="module")
def figure():
    return draw()


def test_the_title_says_who_lied_and_how_far_off_that_was(figure):
    title, below = texts(figure.axes[0])
    assert title.replace("\n", " ") == (
        "liars: 160 agents (little_is_enough) and 2 locals (forge) lie; "
        "what is published is at most 0.3 sd off, a plain mean 2 sd"
    )
    assert below == (
        "The run: 21 alerts (1 false), 2 of 2 lying aggregators convicted within 11 s, "
        "evidence undetermined 33.3 %"
    )


def test_there_is_a_panel_for_each_thing_that_the_scenario_has(figure):
    assert titles(figure) == [
        "How far off",
        "What was attested, and how long lying aggregators got away with it",
        "Evidence at the root",
        "Who lied, and what was done to the network",
    ]


@pytest.mark.parametrize(
    ("plan", "count"),
    [
        (lied_plan(MEAN, attest=None, evidence=None), 2),
        (lied_plan(attest=None), 3),
        (lied_plan(evidence=None), 3),
    ],
)
def test_what_a_scenario_leaves_out_has_no_panel(plan, count):
    assert len(titles(draw(plan=plan))) == count


def test_a_run_about_something_else_has_no_such_figure():
    assert not is_about_lies(CALM)
    with pytest.raises(ResultsError, match="liars has no `adversaries`, no robust"):
        lies_figure(lied(), CALM)


@pytest.mark.parametrize("block", ["attest", "evidence"])
def test_attestation_or_evidence_alone_is_enough(block):
    assert is_about_lies(replace(CALM, **{block: getattr(PLAN, block)}))
    assert is_about_lies(lied_plan(GUARDED, (), None, None))


# Bias


def test_each_curve_shows_its_bias_as_a_magnitude(figure):
    axes = panel(figure, "How far")
    for label, column in (("published", "bias"), ("plain", "bias_plain"), ("rob", "bias_robust")):
        assert curve(axes, label).get_ydata().max() == abs(LIES[column])


def test_curves_begin_where_bias_is_judged(figure):
    assert curve(panel(figure, "How far"), "published").get_xdata()[0] == 5


def test_the_floor_is_that_of_the_agents_that_lie(figure):
    axes = panel(figure, "How far")
    floor = curve(axes, "floor")
    assert np.nanmax(floor.get_ydata()) == pytest.approx(floor_sd(0.2))
    assert "floor: what 20 % of liars\ncan force on any rule: 0.319 sd" in labels(axes)


def test_shares_of_liars_add_up_while_they_overlap():
    tables = lied(adversaries={"tier": [0, 0], "nodes": [160, 80]})
    at_ns, share = liar_shares(tables, PLAN)
    assert at_ns.tolist() == [0, 20 * S, 40 * S, 60 * S]
    assert share.tolist() == [0, 0.3, 0.1, 0]


def test_aggregators_are_no_share_of_agents():
    assert liar_shares(lied(adversaries={"tier": [1, 1]}), PLAN)[1].max() == 0


def test_half_of_liars_and_more_have_no_floor():
    axes = panel(draw(lied(adversaries={"nodes": [500, 2]})), "How far")
    assert not any(label.startswith("floor") for label in labels(axes))


def test_every_alert_has_a_mark(figure):
    marks = curve(panel(figure, "How far"), "integrity alert")
    assert len(marks.get_xdata()) == 21
    assert marks.get_label() == "integrity alert (21)"


def test_biases_that_span_little_are_on_a_plain_axis(figure):
    alike = {name: np.full(60, 0.2) for name in LIES}
    assert panel(draw(lied(integrity=alike)), "How far").get_yscale() == "linear"
    assert panel(figure, "How far").get_yscale() == "log"


def test_a_bias_of_nothing_can_be_drawn():
    nothing = {name: np.where(np.arange(60) < 30, 0.0, 2.0) for name in LIES}
    assert panel(draw(lied(integrity=nothing)), "How far").get_ylim()[0] > 0


def test_a_plain_mean_has_no_estimate():
    plan = lied_plan(MEAN, attest=None, evidence=None)
    figure = draw(lied(integrity={"bias_robust": [math.nan] * 60}), plan)
    assert "robust estimate" not in labels(panel(figure, "How far"))


# Attestation


def test_the_time_to_convict_stands_beside_each_arrow(figure):
    axes = panel(figure, "What was attested")
    assert rows(axes) == ["published baseline", "rounds", "local-3", "local-7"]
    assert texts(axes) == ["+3 s", "+11 s"]


def test_who_is_never_convicted_and_who_is_innocent_is_said():
    table = convictions([(1, 3, 20 * S, NEVER), (2, 1, NEVER, 25 * S), (1, 5, 50 * S, 30 * S)])
    axes = panel(draw(lied(convictions=table)), "What was attested")
    assert rows(axes)[2:] == ["local-3", "regional-1", "local-5"]
    assert texts(axes) == ["not convicted", "innocent", "innocent"]


def test_many_trials_share_the_last_row():
    table = convictions([(1, node, 20 * S, 23 * S) for node in range(9)])
    assert rows(panel(draw(lied(convictions=table)), "What was attested"))[-2:] == [
        "local-5",
        "3 more aggregators",
    ]


def test_a_round_that_had_no_time_left_is_not_marked_as_failed(figure):
    crosses = [line for line in panel(figure, "What was").get_lines() if line.get_marker() == "x"]
    assert [line.get_xdata().tolist() for line in crosses] == [[20.0]]


# Evidence and liars


def test_evidence_that_goes_far_is_on_an_axis_that_shows_both_signs(figure):
    axes = panel(figure, "Evidence")
    assert axes.get_yscale() == "symlog"
    near = {name: np.full(60, 3.0) for name in ("all", "honest", "lower", "upper")}
    assert panel(draw(lied(evidence=near)), "Evidence").get_yscale() == "linear"


def test_infinite_evidence_can_be_drawn():
    wild = np.where(np.arange(60) < 30, 1.0, np.inf)
    figure = draw(lied(evidence={"all": wild, "upper": wild}))
    figure.draw_without_rendering()
    assert panel(figure, "Evidence").get_yscale() == "symlog"


def test_the_lanes_are_the_adversaries_and_then_the_faults(figure):
    assert rows(panel(figure, "Who lied")) == [
        "little_is_enough: 160 agents",
        "forge: 2 locals",
        "partition: region-2",
    ]


def test_an_adversary_without_effect_is_said_to_have_told_no_lie():
    axes = panel(draw(lied(adversaries={"acts": [0, 55]})), "Who lied")
    assert texts(axes) == ["told no lie"]


def test_many_adversaries_share_the_last_lane():
    one = {name: np.repeat(column, 5) for name, column in lied().adversaries.items()}
    figure = draw(lied(adversaries=one), replace(PLAN, adversaries=(AGENTS_LIE,) * 10))
    assert rows(panel(figure, "Who lied"))[-1] == "5 more adversaries"
    assert texts(figure.axes[0])[0].startswith("liars: 10 adversaries lie")


def test_nobody_lies_is_a_title_too():
    honest = replace(lied(integrity={"alert": [False] * 60}), adversaries=empty("adversaries"))
    title, below = texts(draw(honest, lied_plan(adversaries=())).axes[0])
    assert title.startswith("liars: nobody lies; ")
    assert below.startswith("The run: no alert, ")


# The page


def test_no_legend_covers_a_panel(figure):
    figure.draw_without_rendering()
    for axes in figure.axes:
        if axes.get_legend():
            assert axes.get_legend().get_window_extent().x0 >= axes.get_window_extent().x1


def many_trials():
    table = convictions([(1, node, 20 * S, NEVER) for node in range(9)])
    return lied([Fault(30 * S, 35 * S, (2,))], convictions=table)


@pytest.mark.parametrize("tables", [lied, many_trials])
def test_everything_fits_on_the_page_and_no_two_panels_overlap(tables):
    figure = draw(tables())
    assert beyond_the_page(figure) == []
    assert overlapping(figure) == []


def test_the_longest_sentence_fits_on_the_page():
    table = convictions([(1, 3, 20 * S, 24567 * S // 1000), (1, 4, 20 * S, NEVER),
                         (2, 1, NEVER, 25 * S)])  # fmt: skip
    tables = lied(convictions=table, evidence={"verdict": np.arange(60) % 3 - 1})
    figure = draw(tables, replace(PLAN, replications=100))
    figure.draw_without_rendering()
    below = figure.axes[0].texts[1]
    assert "wrong" in below.get_text()
    assert below.get_window_extent().x1 <= figure.bbox.width


def test_two_drawings_of_one_run_are_the_same_bytes(tmp_path):
    first, second = (save(draw(), tmp_path / name, ["svg"]) for name in "ab")
    assert first[0].read_bytes() == second[0].read_bytes()
