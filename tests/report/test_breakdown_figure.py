"""The figure is judged by eye; here it is held to what an eye cannot see or would soon forget."""

import math
from dataclasses import replace

import numpy as np
import pytest

from sim.errors import ResultsError
from sim.measure.breakdown import floor_sd
from sim.report.breakdown.figure import breakdown_figure
from sim.report.style import save
from sim.report.sweeps.curves import SweptCell
from tests.report.layout import beyond_the_page
from tests.report.liars import NESTED, RULES, SHARE, as_swept, breaking
from tests.report.reading import labels
from tests.report.swept import LOSS, falling, swept

pytestmark = pytest.mark.slow


def draw(**grid):
    return breakdown_figure("liars", as_swept(breaking(**grid)))


def changed(cells, share, **figures):
    """The same cells with another bias at one share."""
    return [
        SweptCell(one.settings, {"bias.max": replace(one.values["bias.max"], **figures)})
        if one.settings[SHARE] == share
        else one
        for one in cells
    ]


def texts(axes):
    return [text.get_text() for text in axes.texts]


def dashdotted(axes):
    return next(line for line in axes.get_lines() if line.get_linestyle() == "-.")


@pytest.fixture(scope="module")
def figure():
    return draw()


def test_the_title_tells_what_breaks_down_first_and_what_last(figure):
    title, below = texts(figure.axes[0])
    assert title.replace("\n", " ") == (
        "liars: robust, estimator trimmed_mean, f 33%, over nested (worst) breaks down at 0 to 5 % "
        "of liars, guarded_mean, f 20% (worst) at 33 to 45 %"
    )
    assert below.startswith("36 cells, mean of 5 replications each")


def test_each_placement_has_a_panel_and_lanes_below_it(figure):
    titles = [axes.get_title(loc="left") for axes in figure.axes[1:]]
    assert titles == [
        "adversaries[0].placement: random",
        "Where it breaks down",
        "adversaries[0].placement: worst",
        "Where it breaks down",
    ]


def test_panels_share_both_axes(figure):
    random, worst = figure.axes[1], figure.axes[3]
    assert random.get_ylim() == worst.get_ylim()
    assert random.get_xlim() == figure.axes[2].get_xlim() == worst.get_xlim()


def test_the_lanes_say_where_each_rule_breaks_down(figure):
    assert texts(figure.axes[2]) == ["5 to 10 %", "33 to 45 %", "33 to 45 %"]
    assert texts(figure.axes[4]) == ["5 to 10 %", "33 to 45 %", "0 to 5 %"]


def test_the_first_share_that_is_too_much_is_ringed(figure):
    rings = [line for line in figure.axes[3].get_lines() if line.get_markersize() == 12]
    assert [line.get_xdata().tolist() for line in rings] == [[10.0], [45.0], [5.0]]


def test_the_floor_is_that_of_the_median(figure):
    line = dashdotted(figure.axes[1])
    at, floor = line.get_xdata(), line.get_ydata()
    assert np.nanmax(floor) == pytest.approx(floor_sd(0.45))
    assert floor[100] == pytest.approx(floor_sd(at[100] / 100))


def test_the_axes_have_their_units(figure):
    assert figure.axes[1].get_yscale() == "log"
    assert figure.axes[1].get_ylabel() == "largest bias (sd between agents)"
    assert figure.axes[4].get_xlabel() == "share that lies (%): adversaries[0].share"


def test_the_legend_names_rules_floor_limit_and_ring(figure):
    legend = [axes for axes in figure.axes if axes.get_legend()]
    assert len(legend) == 1
    assert labels(legend[0])[:2] == ["mean", "guarded_mean, f 20%"]
    assert labels(legend[0])[-2:] == ["limit: 1 sd", "broken down from here on"]


def test_a_sweep_of_rules_alone_has_one_panel():
    figure = draw(placements=("random",))
    assert [axes.get_title(loc="left") for axes in figure.axes[1:]] == [
        "How far lies move what is published",
        "Where it breaks down",
    ]


def test_a_sweep_of_nothing_else_is_one_line():
    title = texts(draw(rules=("mean",), placements=("random",)).axes[0])[0]
    assert title == "liars: the rule breaks down at 5 to 10 % of liars"


def test_none_is_an_answer():
    figure = draw(rules=(*RULES,)[1:2], placements=("random",), shares=("0%", "10%", "33%"))
    assert texts(figure.axes[0])[0].endswith(
        "nothing breaks down: a bias above 1 sd none up to 33 %"
    )
    assert texts(figure.axes[2]) == ["none up to 33 %"]


def test_an_infinite_bias_is_marked():
    cells = changed(
        as_swept(breaking(rules=("mean",), placements=("worst",))), "45%", value=math.inf
    )
    assert texts(breakdown_figure("liars", cells).axes[1]) == ["∞"]


def test_a_bias_of_nothing_can_be_drawn_on_a_logarithmic_axis():
    cells = as_swept(breaking(rules=(NESTED,), placements=("worst",)))
    cells = changed(cells, "0%", value=0.0)
    curve = breakdown_figure("liars", cells).axes[1].containers[0].lines[0]
    assert curve.get_ydata()[0] == 1e-3


def test_an_interval_that_knows_nothing_does_not_flatten_the_lines():
    cells = as_swept(breaking(rules=("mean",), placements=("worst",)))
    wide = breakdown_figure("liars", changed(cells, "20%", low=-9.0, high=900.0))
    assert wide.axes[1].get_ylim() == breakdown_figure("liars", cells).axes[1].get_ylim()


def test_a_missing_cell_is_a_gap():
    cells = as_swept(breaking(rules=(NESTED, "mean"), placements=("worst",)))
    figure = breakdown_figure("liars", cells[:3] + cells[4:])
    curve = figure.axes[1].containers[0].lines[0]
    assert np.isnan(curve.get_ydata()).tolist() == [False, False, False, True, False, False]


@pytest.mark.parametrize("grid", [{}, {"placements": ("random",)}, {"placements": ("a", "b", "c")}])
def test_everything_fits_on_the_page(grid, monkeypatch):
    monkeypatch.setattr("tests.report.liars.bias", lambda *_: 0.5)
    figure = draw(**grid)
    assert beyond_the_page(figure) == []


def test_a_sweep_of_no_share_of_liars_is_refused():
    cells = swept(LOSS, falling, ["bias.max"], "sd")
    with pytest.raises(ResultsError, match="no share of liars is swept"):
        breakdown_figure("loss", cells)
    with pytest.raises(ResultsError, match=r"'topology\.loss' is no share of liars"):
        breakdown_figure("loss", cells, "topology.loss")


def test_a_sweep_without_a_bias_is_refused():
    cells = [SweptCell(one.settings, {}) for one in as_swept(breaking())]
    with pytest.raises(ResultsError, match=r"bias\.max is undefined in every cell"):
        breakdown_figure("liars", cells)


def test_more_panels_than_can_be_told_apart_are_refused(monkeypatch):
    monkeypatch.setattr("tests.report.liars.bias", lambda *_: 0.5)
    with pytest.raises(ResultsError, match=r"5 values of adversaries\[0\]\.placement are too many"):
        draw(placements=tuple("abcde"))


def test_two_drawings_of_one_sweep_are_the_same_bytes(tmp_path):
    first, second = (save(draw(), tmp_path / name, ["svg"]) for name in "ab")
    assert first[0].read_bytes() == second[0].read_bytes()


def test_a_panel_without_any_bias_is_left_out():
    cells = as_swept(breaking())
    half = [
        SweptCell(one.settings, {}) if "worst" in one.settings.values() else one for one in cells
    ]
    titles = [axes.get_title(loc="left") for axes in breakdown_figure("liars", half).axes[1:]]
    assert titles == ["adversaries[0].placement: random", "Where it breaks down"]


def test_a_rule_has_one_colour_even_if_a_panel_lacks_another():
    cells = [
        one
        for one in as_swept(breaking())
        if tuple(one.settings.values())[:2] != ("mean", "random")
    ]
    figure = breakdown_figure("liars", cells)
    colours = [[line[0].get_color() for line in figure.axes[one].containers] for one in (1, 3)]
    assert colours[1] == colours[0][1:]
    assert labels(figure.axes[3])[0] == "mean"


def test_a_long_label_is_cut_beside_its_lane_and_whole_in_the_legend(figure):
    lanes = [tick.get_text() for tick in figure.axes[2].get_yticklabels()]
    assert lanes == ["mean", "guarded_mean, f 20%", "robust, estimator trimm…"]
    assert labels(figure.axes[3])[2] == "robust, estimator\ntrimmed_mean, f 33%, over\nnested"
