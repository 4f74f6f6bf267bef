"""Growth over a sweep: straight lines on logarithmic axes, and what their slopes are."""

import math

import pytest

from sim.errors import ResultsError
from sim.measure.metrics import MetricValue
from sim.report.growth.figure import growth_figure, points
from sim.report.sweeps.curves import SweptCell, curves

SIZES = ("1000", "10000", "100000")


def cell(settings, **figures):
    unit = {"traffic_messages": "1/s", "capacity_state_max": "B"}
    values = [
        MetricValue(name.replace("_", ".", 1).replace("_", "."), y, unit.get(name, "1"), 1, y, y, 0)
        for name, y in figures.items()
    ]
    return SweptCell(settings, {value.name: value for value in values})


def swept(path="agents.count", texts=SIZES):
    """Messages grow linearly in both shapes; state grows only in one of them."""
    return curves(
        [
            cell(
                {path: text, "tree.levels": levels},
                traffic_messages=1.022 * int(text),
                capacity_state_max=6e3 if levels == "auto" else 120.0 * int(text),
            )
            for text in texts
            for levels in ("auto", "1")
        ]
    )


def labels(axes):
    return axes.get_legend_handles_labels()[1]


def test_each_line_says_its_exponent():
    figure = growth_figure("grown", swept(), ["traffic.messages", "capacity.state.max"])
    _, messages, state = figure.axes
    assert labels(messages) == ["auto: 1.000 ± 0.000", "1: 1.000 ± 0.000"]
    assert labels(state) == ["auto: 0.000 ± 0.000", "1: 1.000 ± 0.000"]


def test_both_axes_are_logarithmic_and_in_the_units_of_people():
    figure = growth_figure("grown", swept(), ["capacity.state.max"])
    axes = figure.axes[1]
    assert axes.get_title(loc="left").startswith("capacity.state.max: ")
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "log")
    assert [text.get_text() for text in axes.get_xticklabels()] == ["1,000", "10,000", "100,000"]
    assert axes.yaxis.get_major_formatter()(10**6) == "1 MB"


def test_the_title_says_how_the_first_metric_grows():
    figure = growth_figure("grown", swept(), ["capacity.state.max"])
    title = figure.axes[0].texts[0].get_text().replace("\n", " ")
    assert title == (
        "grown: capacity.state.max grows with agents.count to the power of 0.000 (levels auto) "
        "and 1.000 (levels 1)"
    )


def test_two_sizes_have_no_exponent():
    figure = growth_figure("grown", swept(texts=SIZES[:2]), ["traffic.messages"])
    assert labels(figure.axes[1]) == ["auto: –", "1: –"]


def test_what_is_0_or_undefined_is_left_out_of_a_line():
    found = curves(
        [
            cell({"agents.count": text}, traffic_messages=y)
            for text, y in zip(SIZES, (0.0, math.nan, 7.0), strict=True)
        ]
    )
    assert points(found.axis, found.lines[0], "traffic.messages") == ([100_000], [7.0])


@pytest.mark.parametrize("texts", [("0", "1", "2"), ("1", "2", "-3")])
def test_nothing_grows_with_what_is_not_above_0(texts):
    with pytest.raises(ResultsError, match="no number above 0"):
        growth_figure("grown", swept(texts=texts), ["traffic.messages"])


def test_nothing_grows_with_kinds():
    found = curves([cell({"detector": kind}, traffic_messages=1.0) for kind in ("a", "b")])
    with pytest.raises(ResultsError, match="detector is no number above 0"):
        growth_figure("grown", found, ["traffic.messages"])


def test_the_key_of_many_lines_hides_none_of_them_and_the_title_names_the_two_ends():
    kinds = {"a": 1.0, "b": 1.5, "c": 2.0, "d": 1.2}
    cells = [
        cell({"agents.count": n, "kind": kind}, capacity_state_max=5.0 * int(n) ** power)
        for n in SIZES
        for kind, power in kinds.items()
    ]
    figure = growth_figure("grown", curves(cells), ["capacity.state.max"])
    figure.draw_without_rendering()
    axes = figure.axes[1]
    assert axes.get_legend().get_window_extent().x0 >= axes.get_window_extent().x1
    title = figure.axes[0].texts[0].get_text().replace("\n", " ")
    assert title.endswith("to the power of 1.000 (kind a) and 2.000 (kind c)")
    assert axes.get_ylabel() == ""


def test_large_counts_have_commas():
    axes = growth_figure("grown", swept(), ["traffic.messages"]).axes[1]
    assert axes.yaxis.get_major_formatter()(10**8) == "100,000,000"
