"""Curves over a sweep: what becomes of a metric as a parameter changes.

A panel a metric; a line for each value of the other parameters that were swept, with the 95 %
interval of each cell; thin and dashed, without intervals, the same detector run centrally. A figure
that is infinite is an arrow at the upper edge, one that is undefined a gap. Between more than two
values that are no numbers there are no lines, for there is nothing between them. What intervals
claim to cover is a dotted line.
"""

import math
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.transforms import ScaledTranslation

from sim.errors import ResultsError
from sim.measure.detection import CENTRAL
from sim.measure.metrics import MetricValue
from sim.report.lanes import legend
from sim.report.page import BETWEEN_IN, HEADER_IN, LINE_IN, WIDTH_IN, draw_header, title_lines
from sim.report.style import (
    BLUE,
    GREEN,
    GREY,
    INK,
    ORANGE,
    PURPLE,
    SKY,
    VERMILLION,
    new_figure,
    styled,
)
from sim.report.sweeps.curves import Axis, Curves
from sim.report.sweeps.curves_axes import column_of, draw_x_axis, draw_y_axis, is_slanted
from sim.report.sweeps.curves_words import has_intervals, headline, is_of_kinds, sentence, values_of
from sim.scenario.catalogue import METRICS

LOOKS: Final = (
    (BLUE, "o"),
    (VERMILLION, "s"),
    (GREEN, "^"),
    (ORANGE, "D"),
    (PURPLE, "v"),
    (SKY, "P"),
    (INK, "X"),
    (GREY, "*"),
)
DASHED: Final = (0, (4, 2))
PANEL_IN: Final = 2.9
SLANTED_IN: Final = 0.7
"""What labels take that are slanted."""
ASIDE: Final = 5.0
"""Points by which neighbouring lines stand apart, so that their intervals can be told apart."""
OFF_THE_PAGE: Final = 1e6
"""Length of an interval that has no end, in any unit."""
ABOUT: Final[Mapping[str, str]] = {metric.name: metric.about for metric in METRICS}
LEVEL: Final = "confidence.level"
"""What intervals claim, a metric of every run that has any."""
CLAIMS: Final = "confidence.coverage."
"""Beginning of the metrics that it is the level of."""
DOTTED: Final[Any] = {"color": INK, "linewidth": 1.1, "linestyle": ":"}
CHARACTERS: Final = {1: 105, 2: 50}
"""Of a panel's title, by the number of panels beside each other."""


def curves_figure(name: str, found: Curves, metrics: Sequence[str]) -> Figure:
    """The figure of a sweep called `name`, 10 inches wide, two panels beside each other.

    Raises ResultsError for more lines than can be told apart, and for a metric without a figure.
    """
    check(found, metrics)
    with styled():
        return _compose(name, found, metrics)


def check(found: Curves, metrics: Sequence[str]) -> None:
    """Raises ResultsError for more lines than can be told apart, and for an undefined metric."""
    if len(found.lines) > len(LOOKS):
        raise ResultsError(
            f"{len(found.lines)} lines cannot be told apart, only {len(LOOKS)}: "
            f"sweep fewer values of {', '.join(found.others)}, or choose another x"
        )
    for metric in metrics:
        if not defined(found, [metric]):
            raise ResultsError(f"{metric} is undefined in every cell of this sweep")


def defined(found: Curves, metrics: Sequence[str]) -> list[str]:
    """Those of the metrics that have a figure in some cell."""
    return [
        metric
        for metric in metrics
        if any(
            metric in cell.values and not math.isnan(cell.values[metric].value)
            for cell in found.cells
        )
    ]


def _compose(name: str, found: Curves, metrics: Sequence[str]) -> Figure:
    lines = title_lines(f"{name}: {headline(found, metrics[0])}")
    columns = min(len(metrics), 2)
    rows = math.ceil(len(metrics) / columns)
    heights = [HEADER_IN + LINE_IN * len(lines), *([PANEL_IN] * rows)]
    below = BETWEEN_IN + 0.2 + (SLANTED_IN if is_slanted(found.axis) else 0.0)
    figure = new_figure(WIDTH_IN, sum(heights) + below * rows)
    grid = figure.add_gridspec(rows + 1, columns, height_ratios=heights)
    draw_header(figure.add_subplot(grid[0, :]), lines, sentence(found, metrics))
    for place, metric in enumerate(metrics):
        axes = figure.add_subplot(grid[1 + place // columns, place % columns])
        _draw(axes, found, metric, columns)
        if place == columns - 1:
            legend(axes, _key(found, metrics))
            axes.get_legend().set_title(",\n".join(found.others))  # type: ignore[union-attr]
    return figure


def _draw(axes: Axes, found: Curves, metric: str, columns: int) -> None:
    apart = has_intervals(found, metric) or is_of_kinds(found.axis)
    step = ASIDE if apart else 0.0
    outermost = step * (len(found.lines) - 1) / 2
    draw_x_axis(axes, found, metric, outermost, columns)
    _draw_central(axes, found, f"{metric}{CENTRAL}")
    for place, (line, (colour, marker)) in enumerate(zip(found.lines, LOOKS, strict=False)):
        look = {"color": colour, "marker": marker}
        _line(axes, found.axis, values_of(line, metric), look, place * step - outermost)
    claimed = _claimed(found, metric)
    for level in claimed:
        axes.axhline(level, **DOTTED)
    draw_y_axis(axes, found, metric, claimed)
    name_panel(axes, metric, columns)


def name_panel(axes: Axes, metric: str, columns: int) -> None:
    """The title of a panel, of `columns` beside each other: a metric, and what it is."""
    title = f"{metric}: {ABOUT[metric]}" if metric in ABOUT else metric
    axes.set_title("\n".join(textwrap.wrap(title, CHARACTERS[columns])), fontsize=9.5)


def _claimed(found: Curves, metric: str) -> list[float]:
    """The levels of the intervals that a metric is the coverage of, in percent."""
    if not metric.startswith(CLAIMS):
        return []
    levels = [cell.values[LEVEL].value for cell in found.cells if LEVEL in cell.values]
    return [100 * level for level in dict.fromkeys(levels)]


def _line(
    axes: Axes,
    axis: Axis,
    values: Sequence[MetricValue | None],
    look: Mapping[str, Any],
    aside: float,
) -> None:
    """A line with intervals, its points moved sideways by so many typographic points."""
    value, low, high = (column_of(values, name) for name in ("value", "low", "high"))
    shown = np.where(np.isinf(value), np.nan, value)
    ends = np.stack([shown - low, high - shown])
    bars = np.nan_to_num(ends, nan=0.0, posinf=OFF_THE_PAGE).clip(min=0.0)
    assert axes.figure is not None
    moved = axes.transData + ScaledTranslation(aside / 72, 0, axes.figure.dpi_scale_trans)
    style: Any = {"capsize": 2.5, "elinewidth": 1.0, "markersize": 5, "linewidth": 1.8}
    if is_of_kinds(axis):
        style |= {"linestyle": "", "markersize": 8}
    axes.errorbar(axis.places, shown, bars, transform=moved, **{**style, **look})
    for place in np.array(axis.places)[np.isinf(value)]:
        at: Any = {"xycoords": ("data", "axes fraction"), "color": look["color"]}
        axes.annotate("∞", (float(place), 0.94), ha="center", fontsize=13, **at)


def _draw_central(axes: Axes, found: Curves, metric: str) -> None:
    """The central twins, each in the colour of its line; once and black if they are all alike."""
    if not defined(found, [metric]):
        return
    columns = [column_of(values_of(line, metric), "value") for line in found.lines]
    alike = all(np.array_equal(column, columns[0], equal_nan=True) for column in columns)
    colours = [INK] if alike else [colour for colour, _ in LOOKS]
    for column, colour in zip(columns[: 1 if alike else None], colours, strict=False):
        finite = np.where(np.isinf(column), np.nan, column)
        axes.plot(found.axis.places, finite, color=colour, linewidth=1.0, linestyle=DASHED)


def _key(found: Curves, metrics: Sequence[str]) -> list[Line2D]:
    style: Any = {"markersize": 5, "linewidth": 1.8}
    key = [
        Line2D([], [], color=colour, marker=marker, label=line.label, **style)
        for line, (colour, marker) in zip(found.lines, LOOKS, strict=False)
        if line.label
    ]
    if _has_twin(found, metrics):
        dashed: Any = {"color": INK, "linewidth": 1.0, "linestyle": DASHED}
        key.append(Line2D([], [], label="run centrally", **dashed))
    if any(_claimed(found, metric) for metric in metrics):
        key.append(Line2D([], [], label="claimed", **DOTTED))
    return key


def _has_twin(found: Curves, metrics: Sequence[str]) -> bool:
    return bool(defined(found, [f"{metric}{CENTRAL}" for metric in metrics]))
