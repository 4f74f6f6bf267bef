"""How figures grow over a sweep: both axes logarithmic, so that a power law is a straight line.

A panel a metric; a line for each combination of what else was swept, with the exponent of the law
that fits it best in the key. What saturates or breaks is no power law: its line bends, and its
exponent has a large standard error.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter

from sim.errors import ResultsError
from sim.report.growth.table import POINTS_MIN, exponent
from sim.report.lanes import legend
from sim.report.page import BETWEEN_IN, HEADER_IN, LINE_IN, WIDTH_IN, draw_header, title_lines
from sim.report.style import GREY, new_figure, styled
from sim.report.sweeps.curves import Axis, Curve, Curves
from sim.report.sweeps.curves_figure import LOOKS, check, name_panel
from sim.stats.growth import Growth, fitted_exponent
from sim.units import format_size

PANEL_IN: Final = 2.6
BESIDE: Final = 3
"""So many lines leave room for their key among them; that of more stands beside the panel."""
LIMITS: Final[Mapping[str, float]] = {"capacity.offered.root": 1.0, "capacity.offered.max": 1.0}
"""What is drawn as a dotted line: above it a node cannot keep up."""
DOTTED: Final[Any] = {"color": GREY, "linewidth": 1.0, "linestyle": ":"}


def growth_figure(name: str, found: Curves, metrics: Sequence[str]) -> Figure:
    """The figure of a sweep called `name`, 10 inches wide, two panels beside each other.

    Raises ResultsError for an axis that is not of numbers above 0, for more lines than can be told
    apart, and for a metric without a figure.
    """
    if not found.axis.is_numeric or min(found.axis.places) <= 0:
        raise ResultsError(f"{found.axis.path} is no number above 0: nothing grows with it")
    check(found, metrics)
    with styled():
        return _compose(name, found, metrics)


def _compose(name: str, found: Curves, metrics: Sequence[str]) -> Figure:
    lines = title_lines(f"{name}: {_headline(found, metrics[0])}")
    columns = min(len(metrics), 1 if len(found.lines) > BESIDE else 2)
    rows = math.ceil(len(metrics) / columns)
    heights = [HEADER_IN + LINE_IN * len(lines), *([PANEL_IN] * rows)]
    figure = new_figure(WIDTH_IN, sum(heights) + BETWEEN_IN * rows)
    grid = figure.add_gridspec(rows + 1, columns, height_ratios=heights)
    draw_header(figure.add_subplot(grid[0, :]), lines, _SENTENCE)
    for place, metric in enumerate(metrics):
        axes = figure.add_subplot(grid[1 + place // columns, place % columns])
        _draw(axes, found, metric)
        name_panel(axes, metric, columns)
    return figure


_SENTENCE: Final = (
    "both axes logarithmic; behind each line the exponent of growth (0: none, 1: in proportion), "
    "fitted, ± its standard error"
)


def _draw(axes: Axes, found: Curves, metric: str) -> None:
    for line, (colour, marker) in zip(found.lines, LOOKS, strict=False):
        n, y = points(found.axis, line, metric)
        label = ": ".join(part for part in (line.label, exponent(_fit(n, y))) if part)
        axes.plot(n, y, color=colour, marker=marker, markersize=5, label=label)
    axes.set_xscale("log")
    axes.set_yscale("log")
    if metric in LIMITS:
        axes.axhline(LIMITS[metric], **DOTTED)
    _ticks(axes, found, metric)
    what = ", ".join(found.others)
    if len(found.lines) > BESIDE:
        legend(axes)
        axes.get_legend().set_title(what)  # type: ignore[union-attr]
    else:
        axes.legend(title=what or None, loc="best", fontsize=8.5)


def _ticks(axes: Axes, found: Curves, metric: str) -> None:
    unit = next(cell.values[metric].unit for cell in found.cells if metric in cell.values)
    axes.set_xticks(found.axis.places, [_thousands(text) for text in found.axis.texts])
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.yaxis.set_major_locator(LogLocator(numticks=6))
    axes.yaxis.set_minor_formatter(NullFormatter())
    write = format_size if unit == "B" else "{:,.12g}".format
    axes.yaxis.set_major_formatter(lambda value, _: write(value))
    axes.set_xlabel(found.axis.path)
    axes.set_ylabel("" if unit in ("1", "B") else f"({unit})")


def points(axis: Axis, line: Curve, metric: str) -> tuple[list[float], list[float]]:
    """Sizes and figures of a line that have a logarithm."""
    pairs = [
        (place, cell.values[metric].value)
        for place, cell in zip(axis.places, line.cells, strict=True)
        if cell is not None and metric in cell.values
    ]
    known = [(n, y) for n, y in pairs if math.isfinite(y) and y > 0]
    return [n for n, _ in known], [y for _, y in known]


def _fit(n: Sequence[float], y: Sequence[float]) -> Growth | None:
    return fitted_exponent(n, y) if len(np.unique(n)) >= POINTS_MIN else None


def _headline(found: Curves, metric: str) -> str:
    """The exponents of the first metric; of many lines the lowest and the highest."""
    fits = [(_fit(*points(found.axis, line, metric)), line.label) for line in found.lines]
    told = [(fit.exponent, label) for fit, label in fits if fit is not None]
    if len(told) > BESIDE:
        told = sorted(told)[:: len(told) - 1]
    # A number alone says nothing; of several settings each label names its own.
    swept = f"{found.others[0].rpartition('.')[2]} " if len(found.others) == 1 else ""
    words = dict.fromkeys(f"{power:.3f}" + (f" ({swept}{of})" if of else "") for power, of in told)
    grows = f"{metric} grows with {found.axis.path}"
    return f"{grows} to the power of {' and '.join(words)}" if told else grows


def _thousands(text: str) -> str:
    """10000 as 10,000, to be read at a glance."""
    return f"{int(text):,}" if text.isdigit() else text
