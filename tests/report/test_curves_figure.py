"""The figure is judged by eye; here it is held to what an eye cannot see or would soon forget."""

import math
from dataclasses import replace

import numpy as np
import pytest

from sim.errors import ResultsError
from sim.report.style import save
from sim.report.sweeps.curves import SweptCell, curves
from sim.report.sweeps.curves_figure import curves_figure, defined
from tests.report.layout import beyond_the_page
from tests.report.reading import labels
from tests.report.swept import LOSS, falling, swept, value

pytestmark = pytest.mark.slow

RECALL = "detection.recall"


def draw(cells, metrics=(RECALL,), x=None):
    return curves_figure("loss", curves(cells, x), metrics)


def texts(axes):
    return [text.get_text() for text in axes.texts]


def with_central(cells, figure_of):
    name = f"{RECALL}.central"
    return [
        SweptCell(one.settings, {**one.values, name: value(name, figure_of(one))}) for one in cells
    ]


def dashed(axes):
    return [line.get_ydata().tolist() for line in axes.get_lines() if line.is_dashed()]


@pytest.fixture(scope="module")
def figure():
    return draw(swept(LOSS, falling))


def test_the_title_tells_the_lines_that_change_most_and_least(figure):
    title, below = texts(figure.axes[0])
    assert title.replace("\n", " ") == (
        "loss: from topology.loss 0% to 50%, detection.recall goes from 90 % to 40 % (root) "
        "and stays at 90 % (local)"
    )
    assert below == (
        "6 cells, mean of 5 replications each with its 95 % interval; "
        "lines stand a little apart, so that intervals show"
    )


def once(cells):
    """The same of one replication: without intervals."""
    alone = {"low": math.nan, "high": math.nan, "n": 1}
    return [
        SweptCell(one.settings, {name: replace(v, **alone) for name, v in one.values.items()})
        for one in cells
    ]


def test_one_replication_has_no_mean_and_no_interval_and_stands_where_it_is():
    figure = draw(once(swept(LOSS, falling)))
    assert texts(figure.axes[0])[1] == "6 cells, one replication each, so there are no intervals"
    axes = figure.axes[1]
    (first, *_) = [line for line in axes.get_lines() if line.get_marker() == "o"]
    place = first.get_transform().transform((10.0, 80.0))
    assert place == pytest.approx(axes.transData.transform((10.0, 80.0)))


def test_two_lines_that_go_somewhere_share_their_verb():
    up = draw(swept(LOSS, lambda loss, who: len(loss) / 10 + (who == "root") / 50))
    title = texts(up.axes[0])[0].replace("\n", " ")
    assert title.count("goes from") == 1
    assert " and from " in title


GROWTH = {"agents.count": ["100", "1000", "10000"], "tree.levels": ["1", "2"]}


def growing(name, unit):
    cells = swept(GROWTH, lambda n, levels: 58.0 * int(n) ** int(levels), [name], unit)
    return draw(once(cells), [name])


def test_what_something_costs_is_a_straight_line_on_two_logarithmic_axes():
    figure = growing("dependence.bytes", "B")
    axes = figure.axes[1]
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "log")
    low, high = axes.get_ylim()
    assert low < 5800
    assert high > 58e8
    assert (axes.get_ylabel(), axes.yaxis.get_major_formatter()(1e6)) == (
        "dependence.bytes",
        "1 MB",
    )
    assert "from 5.8 kB to 580 kB (1)" in texts(figure.axes[0])[0].replace("\n", " ")


def test_a_count_has_commas_and_neither_a_unit_nor_a_factor():
    axes = growing("dependence.operations", "1").axes[1]
    formatted = axes.yaxis.get_major_formatter()(1e6)
    assert (axes.get_ylabel(), formatted) == ("dependence.operations", "1,000,000")


def test_a_figure_that_is_no_cost_keeps_its_linear_axis():
    assert growing("dependence.error", "1").axes[1].get_yscale() == "linear"


def test_eight_lines_that_stand_apart_are_within_the_frame():
    grid = {"topology.loss": ["0%", "50%"], "detection.decide": list("abcdefgh")}
    metrics = [RECALL, "detection.fdr"]
    figure = draw(swept(grid, lambda *_: 0.5, metrics), metrics)
    figure.draw_without_rendering()
    axes = figure.axes[1]
    points = [line for line in axes.get_lines() if line.get_marker() in "osD^vPX*"]
    ends = [line.get_transform().transform(line.get_xydata())[:, 0] for line in points]
    box = axes.get_window_extent()
    assert box.x0 < np.min(ends) < np.max(ends) < box.x1


def test_lists_are_kinds_and_stand_there_without_brackets():
    (axes,) = draw(swept({"confidence.widen": ["[]", "[age]"]}, lambda text: 0.9)).axes[1:]
    assert [tick.get_text() for tick in axes.get_xticklabels()] == ["none", "age"]
    assert axes.get_lines()[0].get_linestyle() == "None"


def test_what_intervals_claim_is_drawn_beside_what_they_cover():
    name = "confidence.coverage.root"
    cells = [
        SweptCell(one.settings, {**one.values, "confidence.level": value("confidence.level", 0.95)})
        for one in swept({"topology.loss": ["0%", "10%"]}, lambda _: 0.8, [name, RECALL])
    ]
    figure = draw(cells, [name, RECALL])
    covered, recall = (
        [line.get_ydata()[0] for line in axes.get_lines() if line.get_linestyle() == ":"]
        for axes in figure.axes[1:]
    )
    assert (covered, recall) == ([pytest.approx(95)], [])
    assert labels(figure.axes[2]) == ["claimed"]


def test_errors_of_several_kinds_are_said_not_to_be_one_measure():
    name = "dependence.error"
    grid = {"baseline.dependence.kind": ["blocks", "covariance", "projection"]}
    said = "dependence.error is measured in another way for each kind"
    assert texts(draw(swept(grid, len, [name], "1"), [name]).axes[0])[1].endswith(said)
    assert said not in texts(draw(swept(LOSS, falling, [name]), [name]).axes[0])[1]


def test_cells_without_a_run_are_counted():
    cells = swept(LOSS, falling)
    assert texts(draw(cells[:-1]).axes[0])[1].endswith("; 1 further cell has no run")


def test_each_line_shows_its_values_in_percent(figure):
    shown = [line.get_ydata().tolist() for line in figure.axes[1].get_lines()]
    assert pytest.approx([90, 80, 40]) in shown
    assert pytest.approx([90, 90, 90]) in shown


def test_intervals_end_where_they_end(figure):
    bars = figure.axes[1].containers[1].lines[2][0].get_segments()
    assert np.array(bars)[:, :, 1] == pytest.approx(np.array([[88, 92], [78, 82], [38, 42]]))


def test_every_value_that_was_swept_has_a_mark(figure):
    marks = [tick.get_text() for tick in figure.axes[1].get_xticklabels()]
    assert (marks, figure.axes[1].get_xlabel()) == (["0%", "10%", "50%"], "topology.loss")


def test_numbers_that_span_a_lot_are_spread_by_their_logarithms(figure):
    wide = draw(swept({"topology.loss": ["0%", "1%", "30%"]}, falling))
    assert (figure.axes[1].get_xscale(), wide.axes[1].get_xscale()) == ("linear", "symlog")


@pytest.mark.parametrize("texts", [["0%", "10%", "50%"], ["0%", "1%", "50%"], ["5%"]])
def test_no_point_stands_at_the_edge(texts):
    axes = draw(swept({"topology.loss": texts}, falling)).axes[1]
    low, high = axes.get_xlim()
    places = [float(text.removesuffix("%")) for text in texts]
    assert low < min(places)
    assert max(places) < high


def test_the_legend_names_the_other_parameter_and_its_values(figure):
    axes = figure.axes[1]
    assert axes.get_legend().get_title().get_text() == "detection.decide"
    assert labels(axes) == ["local", "root"]


def test_the_central_twin_is_a_dashed_line_for_each_line():
    cells = with_central(swept(LOSS, falling), lambda one: falling(*one.settings.values()))
    axes = draw(cells).axes[1]
    assert labels(axes)[-1] == "run centrally"
    assert dashed(axes) == [pytest.approx([90, 90, 90]), pytest.approx([90, 80, 40])]


def test_central_twins_that_are_all_alike_are_drawn_once():
    axes = draw(with_central(swept(LOSS, falling), lambda _: 0.95)).axes[1]
    assert dashed(axes) == [pytest.approx([95, 95, 95])]


def test_an_infinite_figure_is_marked_and_an_undefined_one_is_a_gap():
    name = "detection.delay.median"
    figures = {"0%": 1.0, "10%": math.nan, "50%": math.inf}
    cells = swept({"topology.loss": list(figures)}, figures.get, [name], "s")
    axes = draw(cells, [name]).axes[1]
    assert [(note.get_text(), note.xy[0]) for note in axes.texts] == [("∞", 50.0)]
    assert np.isnan(axes.get_lines()[0].get_ydata()).tolist() == [False, True, True]
    assert axes.get_ylabel() == "delay.median (s)"


def test_an_interval_that_knows_nothing_does_not_flatten_the_lines():
    cells = [
        SweptCell(one.settings, {RECALL: replace(one.values[RECALL], low=-50.0, high=50.0)})
        for one in swept(LOSS, falling)
    ]
    low, high = draw(cells).axes[1].get_ylim()
    assert -10 < low < 40
    assert 90 < high < 150


def test_three_metrics_are_three_panels_and_share_one_legend():
    names = [RECALL, "detection.fdr", "detection.f1"]
    figure = draw(swept(LOSS, falling, names), names)
    panels = figure.axes[1:]
    found = [axes.get_title(loc="left").partition(":")[0] for axes in panels]
    assert found == names
    assert [axes.get_legend() is not None for axes in panels] == [False, True, False]


@pytest.mark.parametrize("grid", [LOSS, {"topology.loss": ["1%"]}, {"detection.scope": ["own"]}])
def test_everything_fits_on_the_page(grid):
    figure = draw(swept(grid, lambda *_: 0.5, [RECALL, "detection.fdr"]), [RECALL, "detection.fdr"])
    assert beyond_the_page(figure) == []


def test_a_single_cell_says_what_it_is_of():
    title = texts(draw(swept({"topology.loss": ["1%"]}, falling)).axes[0])[0]
    assert title == "loss: detection.recall against topology.loss"


def test_a_metric_without_a_figure_is_refused():
    cells = swept(LOSS, falling)
    assert defined(curves(cells), [RECALL, "detection.f1"]) == [RECALL]
    with pytest.raises(ResultsError, match=r"detection\.f1 is undefined in every cell"):
        draw(cells, [RECALL, "detection.f1"])


def test_more_lines_than_can_be_told_apart_are_refused():
    grid = {"x": ["1", "2"], "detection.scope": [f"s{number}" for number in range(9)]}
    with pytest.raises(ResultsError, match=r"9 lines cannot be told apart, only 8"):
        draw(swept(grid, lambda *_: 0.5))


def test_two_drawings_of_one_sweep_are_the_same_bytes(tmp_path):
    first, second = (save(draw(swept(LOSS, falling)), tmp_path / name, ["svg"]) for name in "ab")
    assert first[0].read_bytes() == second[0].read_bytes()


KINDS = {"agreement.protocol": ["versions", "bracha", "consistent_broadcast", "imbs_raynal"]}


def of_kinds():
    return draw(swept(KINDS, lambda kind: len(kind) / 100))


def test_there_is_no_line_between_kinds():
    (points, *_) = of_kinds().axes[1].get_lines()
    assert points.get_linestyle() == "None"


def test_long_names_below_an_axis_are_slanted_so_that_they_do_not_overlap():
    ticks = of_kinds().axes[1].get_xticklabels()
    assert {tick.get_rotation() for tick in ticks} == {30.0}


def test_of_kinds_the_headline_names_the_lowest_and_the_highest():
    (first, *_) = texts(of_kinds().axes[0])
    words = " ".join(first.split())
    assert "goes from 6 % (bracha) to 20 % (consistent_broadcast)" in words
