"""Curves over a sweep: what becomes of a metric as a parameter changes.

A panel a metric; a line for each value of the other parameters that were swept, with the 95 %
interval of each cell; thin and dashed, without intervals, the same detector run centrally. A figure
that is infinite is an arrow at the upper edge, one that is undefined a gap. Between more than two
values that are no numbers there are no lines, for there is nothing between them.
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
from numpy.typing import NDArray

from sim.errors import ResultsError
from sim.measure.detection import CENTRAL, PREFIX
from sim.measure.metrics import MetricValue
from sim.report.curves import Axis, Curve, Curves
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
from sim.report.table import written
from sim.scenario.catalogue import METRICS

LABELS_MAX: Final = 40
"""So many letters below an axis stand beside each other; more are slanted."""
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
ASIDE: Final = 5.0
"""Points by which neighbouring lines stand apart, so that their intervals can be told apart."""
EDGE: Final = 0.06
"""What is left free at each end of an axis, as a share of what is shown."""
OFF_THE_PAGE: Final = 1e6
"""Length of an interval that has no end, in any unit."""
WIDE: Final = 25.0
"""A numeric axis on which the largest number is more times the smallest is logarithmic."""
ABOUT: Final[Mapping[str, str]] = {metric.name: metric.about for metric in METRICS}
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
    lines = title_lines(f"{name}: {_headline(found, metrics[0])}")
    columns = min(len(metrics), 2)
    rows = math.ceil(len(metrics) / columns)
    heights = [HEADER_IN + LINE_IN * len(lines), *([PANEL_IN] * rows)]
    figure = new_figure(WIDTH_IN, sum(heights) + (BETWEEN_IN + 0.2) * rows)
    grid = figure.add_gridspec(rows + 1, columns, height_ratios=heights)
    draw_header(figure.add_subplot(grid[0, :]), lines, _sentence(found, metrics))
    for place, metric in enumerate(metrics):
        axes = figure.add_subplot(grid[1 + place // columns, place % columns])
        _draw(axes, found, metric, columns)
        if place == columns - 1:
            legend(axes, _key(found, metrics))
            axes.get_legend().set_title(",\n".join(found.others))  # type: ignore[union-attr]
    return figure


def _draw(axes: Axes, found: Curves, metric: str, columns: int) -> None:
    _x_axis(axes, found.axis)
    _draw_central(axes, found, f"{metric}{CENTRAL}")
    for place, (line, (colour, marker)) in enumerate(zip(found.lines, LOOKS, strict=False)):
        aside = (place - (len(found.lines) - 1) / 2) * ASIDE
        look = {"color": colour, "marker": marker}
        _line(axes, found.axis, _values(line, metric), look, aside)
    _y_axis(axes, found, metric)
    title = f"{metric}: {ABOUT[metric]}" if metric in ABOUT else metric
    axes.set_title("\n".join(textwrap.wrap(title, CHARACTERS[columns])), fontsize=9.5)


def _y_axis(axes: Axes, found: Curves, metric: str) -> None:
    """All values, and as much of their intervals as leaves the lines readable."""
    names = (metric, f"{metric}{CENTRAL}")
    values = [cell.values[name] for cell in found.cells for name in names if name in cell.values]
    here, low, high = (_column(values, name) for name in ("value", "low", "high"))
    here, low, high = (column[np.isfinite(column)] for column in (here, low, high))
    if len(here):
        first, last = float(here.min()), float(here.max())
        room = max(last - first, 0.05 * abs(last), 1e-9)
        bottom = max(first - room / 2, min(first, float(low.min(initial=first))))
        top = min(last + room / 2, max(last, float(high.max(initial=last))))
        axes.set_ylim(bottom - EDGE * room, top + EDGE * room)
    unit = "%" if values[0].unit == "share" else values[0].unit
    axes.set_ylabel(f"{metric.removeprefix(PREFIX)} ({unit})")


def _values(line: Curve, metric: str) -> list[MetricValue | None]:
    return [None if cell is None else cell.values.get(metric) for cell in line.cells]


def _line(
    axes: Axes,
    axis: Axis,
    values: Sequence[MetricValue | None],
    look: Mapping[str, Any],
    aside: float,
) -> None:
    """A line with intervals, its points moved sideways by so many typographic points."""
    value, low, high = (_column(values, name) for name in ("value", "low", "high"))
    shown = np.where(np.isinf(value), np.nan, value)
    ends = np.stack([shown - low, high - shown])
    bars = np.nan_to_num(ends, nan=0.0, posinf=OFF_THE_PAGE).clip(min=0.0)
    assert axes.figure is not None
    moved = axes.transData + ScaledTranslation(aside / 72, 0, axes.figure.dpi_scale_trans)
    style: Any = {"capsize": 2.5, "elinewidth": 1.0, "markersize": 5, "linewidth": 1.8}
    if _is_of_kinds(axis):
        style |= {"linestyle": "", "markersize": 8}
    axes.errorbar(axis.places, shown, bars, transform=moved, **{**style, **look})
    for place in np.array(axis.places)[np.isinf(value)]:
        at: Any = {"xycoords": ("data", "axes fraction"), "color": look["color"]}
        axes.annotate("∞", (float(place), 0.94), ha="center", fontsize=13, **at)


def _draw_central(axes: Axes, found: Curves, metric: str) -> None:
    """The central twins, each in the colour of its line; once and black if they are all alike."""
    if not defined(found, [metric]):
        return
    columns = [_column(_values(line, metric), "value") for line in found.lines]
    alike = all(np.array_equal(column, columns[0], equal_nan=True) for column in columns)
    colours = [INK] if alike else [colour for colour, _ in LOOKS]
    for column, colour in zip(columns[: 1 if alike else None], colours, strict=False):
        finite = np.where(np.isinf(column), np.nan, column)
        axes.plot(found.axis.places, finite, color=colour, linewidth=1.0, linestyle=DASHED)


def _column(values: Sequence[MetricValue | None], name: str) -> NDArray[np.float64]:
    """A figure of each value as it is drawn: shares in percent, NaN where there is none."""
    return np.array(
        [
            math.nan if one is None else getattr(one, name) * (100 if one.unit == "share" else 1)
            for one in values
        ],
        np.float64,
    )


def _is_of_kinds(axis: Axis) -> bool:
    """Whether the values are kinds of something, and not two ends of a choice."""
    return not axis.is_numeric and len(axis.texts) > 2


def _x_axis(axes: Axes, axis: Axis) -> None:
    """A mark for each value; numbers that span a lot are spread by their logarithms."""
    positive = [place for place in axis.places if place > 0]
    spans = axis.is_numeric and min(axis.places) >= 0 and positive
    if spans and max(positive) > WIDE * min(positive):
        linear = min(positive)
        axes.set_xscale("symlog", linthresh=linear, linscale=0.5)
    axes.set_xticks(axis.places, axis.texts)
    if _is_of_kinds(axis) and sum(map(len, axis.texts)) > LABELS_MAX:
        axes.tick_params(axis="x", rotation=30)
        for label in axes.get_xticklabels():
            label.set(horizontalalignment="right", rotation_mode="anchor")
    axes.minorticks_off()
    warp = axes.xaxis.get_transform()
    first, last = warp.transform([axis.places[0], axis.places[-1]])
    aside = EDGE * (last - first) or 0.5
    axes.set_xlim(*warp.inverted().transform([first - aside, last + aside]))
    axes.set_xlabel(axis.path)


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
    return key


def _has_twin(found: Curves, metrics: Sequence[str]) -> bool:
    return bool(defined(found, [f"{metric}{CENTRAL}" for metric in metrics]))


def _headline(found: Curves, metric: str) -> str:
    """The metric at both ends of the axis, on the lines that change most and least."""
    if _is_of_kinds(found.axis):
        return _extremes(found, metric)
    first, last = found.axis.texts[0], found.axis.texts[-1]
    changes = [change for line in found.lines if (change := _change(line, metric)) is not None]
    if first == last or not changes:
        return f"{metric} against {found.axis.path}"
    ordered = sorted(changes, key=lambda change: change[0])
    chosen = [ordered[-1][1], ordered[0][1]] if len(ordered) > 1 else [ordered[0][1]]
    return f"from {found.axis.path} {first} to {last}, {metric} {' and '.join(chosen)}"


def _extremes(found: Curves, metric: str) -> str:
    """The lowest and the highest figure of all cells, and whose they are."""
    path = found.axis.path
    cells = [cell for cell in found.cells if metric in cell.values]
    known = [cell for cell in cells if not math.isnan(cell.values[metric].value)]
    ordered = sorted(known, key=lambda cell: cell.values[metric].value)
    ends = [(cell.values[metric], cell.settings[path]) for cell in (ordered[0], ordered[-1])]
    low, high = (written(value.value, value.unit).strip() for value, _ in ends)
    if low == high:
        return f"{metric} is {low} whatever {path}"
    return f"by {path}, {metric} goes from {low} ({ends[0][1]}) to {high} ({ends[1][1]})"


def _change(line: Curve, metric: str) -> tuple[float, str] | None:
    """How far a line goes from one end to the other, and the same in words."""
    begin, end = _values(line, metric)[0], _values(line, metric)[-1]
    if begin is None or end is None or not math.isfinite(begin.value + end.value):
        return None
    which = f" ({line.label})" if line.label else ""
    first, last = (written(one.value, one.unit).strip() for one in (begin, end))
    words = f"stays at {first}" if first == last else f"goes from {first} to {last}"
    return abs(end.value - begin.value), words + which


def _sentence(found: Curves, metrics: Sequence[str]) -> str:
    cells = found.cells
    counts = {value.n for cell in cells for metric in metrics if (value := cell.values.get(metric))}
    ends = dict.fromkeys((min(counts), max(counts)))
    missing = len(found.lines) * len(found.axis.texts) - len(cells)
    parts = [
        f"{len(cells)} cells, mean of {' to '.join(map(str, ends))} replications each "
        "with its 95 % interval"
    ]
    if missing:
        parts.append(f"{missing} further cell{'s have' if missing > 1 else ' has'} no run")
    return "; ".join(parts)
