"""The breakdown figure of a sweep over a share of liars: how far lies move what is published.

A panel a placement (or another swept parameter), a line a rule, both axes shared: the bias against
the share of liars, with the floor that no rule beats when lies are at their worst. Below each
panel a lane a rule: up to which share it holds, and between which two shares it breaks down.
"""

import math
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.gridspec import GridSpec
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from sim.errors import ResultsError
from sim.measure.breakdown import LIMIT_SD, METRIC, Breakdown, adversary_of, breakdown, floor_sd
from sim.measure.metrics import MetricValue
from sim.report.breakdown_table import bracket
from sim.report.curves import Curve, Curves, SweptCell, curves
from sim.report.curves_figure import LOOKS, check
from sim.report.lanes import HEIGHT, label_rows, legend
from sim.report.log_axis import log_axis
from sim.report.page import (
    BETWEEN_IN,
    HEADER_IN,
    LANE_IN,
    LINE_IN,
    WIDTH_IN,
    draw_header,
    title_lines,
)
from sim.report.style import GREY, INK, new_figure, styled
from sim.units import parse_share

CURVES_IN: Final = 2.9
PANELS_MAX: Final = 4
LABEL_CHARACTERS: Final = 30
LANE_CHARACTERS: Final = 22
LEAST_SD: Final = 1e-3
"""A bias below this is drawn here: a logarithmic axis has no 0."""
FLOOR_FROM: Final = 0.5
"""The floor is drawn from this part of the smallest bias on: it begins at 0."""
EDGE: Final = 2.0
"""Percent that are left free left and right."""
FLOOR: Final[Any] = {"color": INK, "linewidth": 1.3, "linestyle": "-."}
LIMIT: Final[Any] = {"color": GREY, "linewidth": 1.4, "linestyle": ":"}
POINTS: Final[Any] = {"capsize": 2.5, "elinewidth": 1.0, "markersize": 5}


@dataclass(frozen=True, slots=True, eq=False)
class _Line:
    """A rule in a panel: its biases (sd) at the shares (0 to 1), and where it breaks down."""

    label: str
    shares: NDArray[np.float64]
    values: tuple[MetricValue | None, ...]
    found: Breakdown

    def column(self, name: str) -> NDArray[np.float64]:
        """A figure of each value; NaN where there is none."""
        figures = (math.nan if one is None else getattr(one, name) for one in self.values)
        return np.array(list(figures), np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class _Panel:
    """What has a panel of its own."""

    title: str
    lines: tuple[_Line, ...]


def breakdown_figure(name: str, cells: Sequence[SweptCell], x: str | None = None) -> Figure:
    """The figure of a sweep called `name`, 10 inches wide; `x` is the path of the share.

    Raises ResultsError if no share of liars was swept, if the bias is undefined in every cell, and
    for more lines or panels than can be told apart.
    """
    path = _share_path(cells, x)
    panels = _panels(cells, path)
    with styled():
        return _compose(name, panels, path, _sentence(cells))


def _share_path(cells: Sequence[SweptCell], x: str | None) -> str:
    paths = [path for path in cells[0].settings if adversary_of(path) is not None]
    if x is not None and x not in paths:
        raise ResultsError(f"{x!r} is no share of liars that is swept; {_known(paths)}")
    if not paths:
        raise ResultsError(f"no share of liars is swept; {_known(paths)}")
    return paths[0] if x is None else x


def _known(paths: Sequence[str]) -> str:
    return f"there is {', '.join(paths) or 'none such as adversaries[0].share'}"


def _panels(cells: Sequence[SweptCell], path: str) -> list[_Panel]:
    """A panel a placement, or a value of the last of several other parameters."""
    others = curves(cells, path).others
    apart = next((other for other in others if other.endswith(".placement")), None)
    apart = apart or (others[-1] if len(others) > 1 else None)
    if apart is None or len(others) == 1:
        return [_panel("", cells, path)]
    texts = list(dict.fromkeys(cell.settings[apart] for cell in cells))
    if len(texts) > PANELS_MAX:
        raise ResultsError(f"{len(texts)} values of {apart} are too many, at most {PANELS_MAX}")
    return [
        _panel(f"{apart}: {text}", [one for one in cells if one.settings[apart] == text], path)
        for text in texts
    ]


def _panel(title: str, cells: Sequence[SweptCell], path: str) -> _Panel:
    found = curves(cells, path)
    check(found, [METRIC])
    return _Panel(title, tuple(_line(line, found) for line in found.lines))


def _line(line: Curve, found: Curves) -> _Line:
    shares = [parse_share(text) for text in found.axis.texts]
    values = tuple(None if cell is None else cell.values.get(METRIC) for cell in line.cells)
    biases = [math.nan if one is None else one.value for one in values]
    return _Line(short(line.label), np.array(shares), values, breakdown(shares, biases))


def short(setting: str) -> str:
    """A setting as a label.

    >>> short("{kind: robust, estimator: {kind: median}, f: 20%}"), short("mean")
    ('robust, estimator median, f 20%', 'mean')
    """
    for letters, instead in (("{", ""), ("}", ""), ("kind: ", ""), (": ", " ")):
        setting = setting.replace(letters, instead)
    return setting


def _compose(name: str, panels: Sequence[_Panel], path: str, sentence: str) -> Figure:
    lines = title_lines(f"{name}: {_headline(panels)}")
    columns = min(len(panels), 2)
    rows = math.ceil(len(panels) / columns)
    lanes_in = LANE_IN * max(len(panel.lines) for panel in panels)
    heights = [HEADER_IN + LINE_IN * len(lines), *([CURVES_IN, lanes_in] * rows)]
    figure = new_figure(WIDTH_IN, sum(heights) + (2 * BETWEEN_IN + 0.4) * rows)
    grid = figure.add_gridspec(2 * rows + 1, columns, height_ratios=heights)
    draw_header(figure.add_subplot(grid[0, :]), lines, sentence)
    _draw_panels(figure, grid, panels, columns)
    for axes in figure.axes[-2 * columns + 1 :: 2]:
        axes.set_xlabel(f"share that lies (%): {path}")
    return figure


def _draw_panels(figure: Figure, grid: GridSpec, panels: Sequence[_Panel], columns: int) -> None:
    """All curves share their axes, so that panels compare; the legend is right of the first row."""
    first: Axes | None = None
    for place, panel in enumerate(panels):
        row, column = 1 + 2 * (place // columns), place % columns
        above = figure.add_subplot(grid[row, column], sharex=first, sharey=first)
        below = figure.add_subplot(grid[row + 1, column], sharex=above)
        first = first or above
        _draw_curves(above, panel)
        _draw_lanes(below, panel.lines)
        if place == columns - 1:
            legend(above, _key(panels))
        if column:
            above.set_ylabel("")
            above.tick_params(labelleft=False)
            below.tick_params(labelleft=False)


def _draw_curves(axes: Axes, panel: _Panel) -> None:
    top = max(float(line.shares.max()) for line in panel.lines)
    shares = np.linspace(0.002, min(top, 0.499), 200)
    floor = np.array([floor_sd(share) for share in shares])
    axes.plot(100 * shares, np.where(floor < FLOOR_FROM * _least(panel), np.nan, floor), **FLOOR)
    axes.axhline(LIMIT_SD, **LIMIT)
    for place, (line, (colour, marker)) in enumerate(zip(panel.lines, LOOKS, strict=False)):
        # Later lines are thinner, so that an earlier one below them still shows.
        width = 1.8 + 2.0 * (1 - (place + 1) / len(panel.lines))
        _draw_line(axes, line, {"color": colour, "marker": marker, "linewidth": width})
    axes.set_xlim(-EDGE, 100 * top + EDGE)
    axes.tick_params(labelbottom=False)
    log_axis(axes, "largest bias (sd between agents)")
    axes.set_title(panel.title or "How far lies move what is published", fontsize=9.5)


def _least(panel: _Panel) -> float:
    """The smallest bias of a panel, as it is drawn."""
    columns = np.concatenate([line.column("value") for line in panel.lines])
    return max(float(np.nanmin(columns)), LEAST_SD)


def _draw_line(axes: Axes, line: _Line, look: dict[str, Any]) -> None:
    """The curve with its intervals; the first share at which it has broken down is ringed."""
    value, low, high = (line.column(name) for name in ("value", "low", "high"))
    value, at = np.where(np.isinf(value), np.nan, value), 100 * line.shares
    shown = np.maximum(value, LEAST_SD)
    ends = np.stack([shown - np.maximum(low, LEAST_SD), high - shown])
    bars = np.nan_to_num(ends, nan=0.0, posinf=0.0).clip(min=0.0)
    axes.errorbar(at, shown, bars, **{**POINTS, **look})
    for place in at[np.isinf(line.column("value"))]:
        where: Any = {"xycoords": ("data", "axes fraction"), "color": look["color"]}
        axes.annotate("∞", (float(place), 0.94), ha="center", fontsize=13, **where)
    ring: Any = {"markersize": 12, "markerfacecolor": "none"}
    broken = line.shares == line.found.first_bad
    axes.plot(at[broken], shown[broken], "o", color=look["color"], **ring)


def _draw_lanes(axes: Axes, lines: Sequence[_Line]) -> None:
    """Solid: the rule holds. Hatched: it breaks down somewhere in here."""
    for row, (line, (colour, _)) in enumerate(zip(lines, LOOKS, strict=False)):
        found = line.found
        good, bad = 100 * np.nan_to_num([found.last_good, found.first_bad])
        axes.barh(row, good, HEIGHT, color=colour, alpha=0.45)
        if found.is_broken:
            look: Any = {"facecolor": "white", "edgecolor": colour, "hatch": "/////"}
            axes.barh(row, bad - good, HEIGHT, good, linewidth=0, **look)
        _note(axes, row, max(good, bad), bracket(found))
    names = [textwrap.shorten(line.label, LANE_CHARACTERS, placeholder=" …") for line in lines]
    label_rows(axes, names)
    axes.set_title("Where it breaks down", fontsize=9.5)


def _note(axes: Axes, row: int, end: float, words: str) -> None:
    """Right of the bar, or in it where the page ends."""
    is_inside = end > 0.6 * axes.get_xlim()[1]
    look: Any = {"bbox": {"facecolor": "white", "edgecolor": "none", "pad": 0.8, "alpha": 0.85}}
    axes.annotate(
        words,
        (end, row),
        xytext=(-6 if is_inside else 6, 0),
        textcoords="offset points",
        ha="right" if is_inside else "left",
        va="center",
        fontsize=8.5,
        **look,
    )


def _key(panels: Sequence[_Panel]) -> list[Line2D]:
    style: Any = {"markersize": 5, "linewidth": 1.8}
    ring: Any = {"linestyle": "", "marker": "o", "markersize": 10, "markerfacecolor": "none"}
    return [
        *(
            Line2D([], [], color=colour, marker=marker, label=_wrapped(line.label), **style)
            for line, (colour, marker) in zip(panels[0].lines, LOOKS, strict=False)
            if line.label
        ),
        Line2D([], [], label="floor: no rule is better\nwhen lies are at their worst", **FLOOR),
        Line2D([], [], label=f"limit: {LIMIT_SD:g} sd", **LIMIT),
        Line2D([], [], color=INK, label="broken down from here on", **ring),
    ]


def _wrapped(label: str) -> str:
    return "\n".join(textwrap.wrap(label, LABEL_CHARACTERS))


def _headline(panels: Sequence[_Panel]) -> str:
    """What breaks down first and what last, or not at all."""
    ordered = sorted(_findings(panels), key=lambda one: _order(one[0]))
    broken = [one for one in ordered if one[0].is_broken]
    if not broken:
        return f"nothing breaks down: a bias above {LIMIT_SD:g} sd {bracket(ordered[-1][0])}"
    first, last = ordered[0], ordered[-1]
    words = f"{first[1]} breaks down at {bracket(first[0])} of liars"
    if len(ordered) == 1:
        return words
    if not last[0].is_broken:
        return f"{words}, {last[1]} not up to {100 * last[0].up_to:g} %"
    return f"{words}, {last[1]} at {bracket(last[0])}"


def _findings(panels: Sequence[_Panel]) -> Iterator[tuple[Breakdown, str]]:
    for panel in panels:
        where = panel.title.rpartition(": ")[2]
        for line in panel.lines:
            if line.found.is_known:
                which = f"{line.label or 'the rule'}" + (f" ({where})" if where else "")
                yield line.found, which


def _order(found: Breakdown) -> float:
    return found.first_bad if found.is_broken else math.inf


def _sentence(cells: Sequence[SweptCell]) -> str:
    counts = {cell.values[METRIC].n for cell in cells if METRIC in cell.values}
    ends = dict.fromkeys((min(counts, default=0), max(counts, default=0)))
    return (
        f"{len(cells)} cells, mean of {' to '.join(map(str, ends))} replications each with its "
        f"95 % interval; broken down: a bias above {LIMIT_SD:g} sd from this share on"
    )
