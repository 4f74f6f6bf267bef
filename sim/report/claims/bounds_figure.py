"""Measured figures against their bounds, one below the other, whatever their units.

Along x is how much of its bound a figure takes: the figure over the bound where the bound is the
most that is allowed, the bound over the figure where it is the least. So the left half is good and
the right half is not, and the ends of the axis hold all that is further out.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.report.page import HEADER_IN, LINE_IN, WIDTH_IN, draw_header, title_lines
from sim.report.style import BLUE, GREY, INK, ORANGE, PALE, PURPLE, VERMILLION, new_figure, styled

ROW_IN: Final = 0.3
FOOT_IN: Final = 0.75
END: Final = 1e3
LOOKS: Final[dict[str, Any]] = {
    "holds": {"marker": "o", "color": BLUE},
    "fails": {"marker": "X", "color": VERMILLION},
    "forbidden": {"marker": "s", "color": PURPLE},
    "open": {"marker": "D", "color": ORANGE, "markerfacecolor": "white"},
}
"""By outcome; told apart by shape as well."""


@dataclass(frozen=True, slots=True)
class Bounded:
    """One figure: what it is, its place and interval over the bound, and how it came out."""

    label: str
    low: float
    taken: float
    high: float
    """Of the bound; NaN: not known. An interval has its ends in any order."""
    outcome: str
    written: str
    """The figure and its bound, as text."""


def bounds_figure(title: str, sentence: str, rows: Sequence[Bounded]) -> Figure:
    """The figure, 10 inches wide and as high as its rows need."""
    with styled():
        lines = title_lines(title)
        tall = max((1 + row.label.count("\n") for row in rows), default=1)
        heights = [HEADER_IN + LINE_IN * len(lines), tall * ROW_IN * len(rows) + FOOT_IN]
        figure = new_figure(WIDTH_IN, sum(heights))
        grid = figure.add_gridspec(2, 1, height_ratios=heights)
        draw_header(figure.add_subplot(grid[0]), lines, sentence)
        _draw(figure.add_subplot(grid[1]), rows)
        return figure


def _draw(axes: Axes, rows: Sequence[Bounded]) -> None:
    axes.set_xscale("log")
    axes.set_xlim(1 / END / 1.6, END * 1.6)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.axvspan(1, END * 1.6, color=PALE, alpha=0.45, linewidth=0)
    axes.axvline(1, color=INK, linewidth=1.3, linestyle="-.")
    for place, row in enumerate(rows):
        _draw_row(axes, place, row)
    axes.set_yticks(range(len(rows)), [row.label for row in rows])
    axes.set_xticks(
        [1 / END, 0.1, 1, 10, END],
        ["1/1000\nor less", "1/10", "bound", "10 x", "1000 x\nor more"],
    )
    axes.grid(visible=False, axis="x", which="minor")
    axes.tick_params(axis="x", which="minor", length=0)
    axes.set_xlabel("how much of its bound the measured figure takes (grey: more than allowed)")
    _keys(axes, {row.outcome for row in rows})


def _draw_row(axes: Axes, place: int, row: Bounded) -> None:
    look = LOOKS[row.outcome]
    ends = [_inside(end) for end in (row.low, row.high)]
    if not any(map(math.isnan, ends)):
        axes.plot(ends, [place, place], color=look["color"], linewidth=2.2, solid_capstyle="butt")
    if not math.isnan(row.taken):
        axes.plot([_inside(row.taken)], [place], linestyle="", markersize=6.5, **look)
    side: Any = {"xytext": (6, 0), "textcoords": "offset points", "va": "center", "fontsize": 8.5}
    colour = GREY if row.outcome == "open" else INK
    axes.annotate(
        row.written, (1.0, place), xycoords=("axes fraction", "data"), color=colour, **side
    )


def _keys(axes: Axes, there: set[str]) -> None:
    for outcome in (one for one in LOOKS if one in there):
        axes.plot([], [], linestyle="", markersize=6.5, label=outcome, **LOOKS[outcome])
    axes.legend(
        loc="upper left",
        bbox_to_anchor=(0.0, -0.55 / max(_height(axes), 0.6)),
        ncols=4,
        borderaxespad=0,
    )


def _height(axes: Axes) -> float:
    low, high = axes.get_ylim()
    return abs(low - high) * ROW_IN


def _inside(taken: float) -> float:
    """A place on the axis; what is further out stands at its end."""
    return taken if math.isnan(taken) else min(max(taken, 1 / END), END)
