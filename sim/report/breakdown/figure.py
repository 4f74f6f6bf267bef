"""The breakdown figure of a sweep over a share of liars: how far lies move what is published.

A panel a placement (or another swept parameter), a line a rule, both axes shared: the bias against
the share of liars, with the floor that no rule beats when lies are at their worst. Below each
panel a lane a rule: up to which share it holds, and between which two shares it breaks down.
"""

import math
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from itertools import cycle
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.gridspec import GridSpec
from matplotlib.lines import Line2D

from sim.measure.breakdown import (
    LIMIT_SD,
    METRIC,
    Breakdown,
    floor_sd,
)
from sim.report.breakdown.panels import Line, Panel, panels, share_path
from sim.report.breakdown.table import bracket
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
from sim.report.sweeps.curves import SweptCell
from sim.report.sweeps.curves_figure import LOOKS

Looks = Mapping[str, tuple[str, str]]
"""Colour and marker by label."""

CURVES_IN: Final = 2.9
TALL: Final = 2000.0
"""A panel of this height has room for marks at 2 and 5 up to this ratio of its ends."""
LABEL_CHARACTERS: Final = 30
LANE_CHARACTERS: Final = 24
LEAST_SD: Final = 1e-3
"""A bias below this is drawn here: a logarithmic axis has no 0."""
ROOM: Final = 2.0
"""By this factor an axis goes beyond what is drawn; intervals may be cut off there."""
JUST_A_HALF: Final = 0.499
"""From a half of liars on there is no floor."""
EDGE: Final = 2.0
"""Percent that are left free left and right."""
FLOOR: Final[Any] = {"color": INK, "linewidth": 1.3, "linestyle": "-."}
LIMIT: Final[Any] = {"color": GREY, "linewidth": 1.4, "linestyle": ":"}
POINTS: Final[Any] = {"capsize": 2.5, "elinewidth": 1.0, "markersize": 5}


def breakdown_figure(name: str, cells: Sequence[SweptCell], x: str | None = None) -> Figure:
    """The figure of a sweep called `name`, 10 inches wide; `x` is the path of the share.

    Raises ResultsError if no share of liars was swept, if the bias is undefined in every cell, and
    for more lines or panels than can be told apart.
    """
    path = share_path(cells, x)
    found = panels(cells, path)
    with styled():
        return _compose(name, found, path, _sentence(cells))


def _compose(name: str, shown: Sequence[Panel], path: str, sentence: str) -> Figure:
    lines = title_lines(f"{name}: {_headline(shown)}")
    columns = min(len(shown), 2)
    rows = math.ceil(len(shown) / columns)
    lanes_in = LANE_IN * max(len(panel.lines) for panel in shown)
    heights = [HEADER_IN + LINE_IN * len(lines), *([CURVES_IN, lanes_in] * rows)]
    figure = new_figure(WIDTH_IN, sum(heights) + (2 * BETWEEN_IN + 0.4) * rows)
    grid = figure.add_gridspec(2 * rows + 1, columns, height_ratios=heights)
    draw_header(figure.add_subplot(grid[0, :]), lines, sentence)
    _draw_panels(figure, grid, shown, columns)
    for axes in figure.axes[-2 * columns + 1 :: 2]:
        axes.set_xlabel(f"share that lies (%): {path}")
    return figure


def _looks(shown: Sequence[Panel]) -> Looks:
    """Colour and marker of each label, the same in all panels, though one may lack a line."""
    labels = dict.fromkeys(line.label for panel in shown for line in panel.lines)
    return dict(zip(labels, cycle(LOOKS), strict=False))


def _draw_panels(figure: Figure, grid: GridSpec, shown: Sequence[Panel], columns: int) -> None:
    """All curves share their axes, so that shown compare; the legend is right of the first row."""
    first: Axes | None = None
    looks = _looks(shown)
    for place, panel in enumerate(shown):
        row, column = 1 + 2 * (place // columns), place % columns
        above = figure.add_subplot(grid[row, column], sharex=first, sharey=first)
        below = figure.add_subplot(grid[row + 1, column], sharex=above)
        first = first or above
        _draw_curves(above, panel, looks, _ends(shown))
        _draw_lanes(below, panel.lines, looks)
        if place == columns - 1:
            legend(above, _key(looks))
        if column:
            above.set_ylabel("")
            above.tick_params(labelleft=False)
            below.tick_params(labelleft=False)


def _ends(shown: Sequence[Panel]) -> tuple[float, float, float]:
    """The least and the largest bias that is drawn, in sd, and the largest share."""
    lines = [line for panel in shown for line in panel.lines]
    biases = np.concatenate([line.column("value") for line in lines])
    known = np.maximum(biases[np.isfinite(biases)], LEAST_SD)
    top = max(float(line.shares.max()) for line in lines)
    floor = floor_sd(min(top, JUST_A_HALF))
    return float(known.min(initial=floor)), float(known.max(initial=floor)), top


def _draw_curves(axes: Axes, panel: Panel, looks: Looks, ends: tuple[float, float, float]) -> None:
    least, most, top = ends
    shares = np.linspace(0.002, min(top, JUST_A_HALF), 200)
    axes.plot(100 * shares, [floor_sd(share) for share in shares], **FLOOR)
    axes.axhline(LIMIT_SD, **LIMIT)
    for place, line in enumerate(panel.lines, start=1):
        colour, marker = looks[line.label]
        # Later lines are thinner, so that an earlier one below them still shows.
        width = 1.8 + 2.0 * (1 - place / len(panel.lines))
        _draw_line(axes, line, {"color": colour, "marker": marker, "linewidth": width})
    axes.set_xlim(-EDGE, 100 * top + EDGE)
    axes.set_ylim(least / ROOM, max(most, LIMIT_SD) * ROOM)
    axes.tick_params(labelbottom=False)
    log_axis(axes, "largest bias (sd between agents)", narrow=TALL)
    axes.set_title(panel.title or "How far lies move what is published", fontsize=9.5)


def _draw_line(axes: Axes, line: Line, look: dict[str, Any]) -> None:
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


def _draw_lanes(axes: Axes, lines: Sequence[Line], looks: Looks) -> None:
    """Solid: the rule holds. Hatched: it breaks down somewhere in here."""
    for row, line in enumerate(lines):
        found, (colour, _) = line.found, looks[line.label]
        good, bad = 100 * np.nan_to_num([found.last_good, found.first_bad])
        axes.barh(row, good, HEIGHT, color=colour, alpha=0.45)
        if found.is_broken:
            look: Any = {"facecolor": "white", "edgecolor": colour, "hatch": "/////"}
            axes.barh(row, bad - good, HEIGHT, good, linewidth=0, **look)
        _note(axes, row, max(good, bad), bracket(found))
    label_rows(axes, [_cut(line.label) for line in lines])
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


def _key(looks: Looks) -> list[Line2D]:
    style: Any = {"markersize": 5, "linewidth": 1.8}
    ring: Any = {"linestyle": "", "marker": "o", "markersize": 10, "markerfacecolor": "none"}
    return [
        *(
            Line2D([], [], color=colour, marker=marker, label=_wrapped(label), **style)
            for label, (colour, marker) in looks.items()
            if label
        ),
        Line2D([], [], label="floor: no rule is better\nwhen lies are at their worst", **FLOOR),
        Line2D([], [], label=f"limit: {LIMIT_SD:g} sd", **LIMIT),
        Line2D([], [], color=INK, label="broken down from here on", **ring),
    ]


def _cut(label: str) -> str:
    """As much of a label as has room left of its lane; the legend has all of it."""
    return label if len(label) <= LANE_CHARACTERS else f"{label[: LANE_CHARACTERS - 1]}…"


def _wrapped(label: str) -> str:
    return "\n".join(textwrap.wrap(label, LABEL_CHARACTERS))


def _headline(shown: Sequence[Panel]) -> str:
    """What breaks down first and what last, or not at all."""
    ordered = sorted(_findings(shown), key=lambda one: _order(one[0]))
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


def _findings(shown: Sequence[Panel]) -> Iterator[tuple[Breakdown, str]]:
    for panel in shown:
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
