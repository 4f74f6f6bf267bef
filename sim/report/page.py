"""The page of a figure about one replication: a title, a sentence, and panels on one time axis.

Through every panel go a band for each fault (darker for a cut) and a line for each heal, so that
whatever a curve does can be held against what was done to the network at that moment.
"""

import textwrap
from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.gridspec import SubplotSpec
from matplotlib.transforms import blended_transform_factory

from sim.measure.recovery import cuts
from sim.measure.tables import NEVER, Tables
from sim.report.style import GREEN, PALE, new_figure
from sim.scenario.plan import Plan

WIDTH_IN: Final = 10.0
LANE_IN: Final = 0.24
BETWEEN_IN: Final = 0.38
HEADER_IN: Final = 0.26
LINE_IN: Final = 0.22
TITLE_CHARACTERS: Final = 90
SENTENCE_CHARACTERS: Final = 143
"""A longer sentence is written smaller."""
NO_BREAK: Final = "\N{NO-BREAK SPACE}"

Panel = tuple[float, Callable[[Axes], None]]
"""Height in inches, and what draws it."""
Footer = tuple[float, Callable[[Figure, SubplotSpec], None]]
"""The same for what stands below the time axis and has axes of its own."""


def compose(
    panels: Sequence[Panel],
    tables: Tables,
    plan: Plan,
    header: tuple[str, str],
    footer: Footer | None = None,
) -> Figure:
    """The figure: `header` (title, sentence), the panels from top to bottom, the footer."""
    lines = title_lines(header[0])
    heights = [HEADER_IN + LINE_IN * len(lines), *(height for height, _ in panels)]
    heights += [] if footer is None else [footer[0]]
    rows = len(heights) - 1
    figure = new_figure(WIDTH_IN, sum(heights) + BETWEEN_IN * rows + 0.4)
    grid = figure.add_gridspec(len(heights), 1, height_ratios=heights)
    draw_header(figure.add_subplot(grid[0]), lines, header[1])
    first: Axes | None = None
    for place, (_, draw) in enumerate(panels, start=1):
        axes = figure.add_subplot(grid[place], sharex=first)
        first = first or axes
        draw(axes)
        _time_marks(axes, tables, plan)
        axes.tick_params(labelbottom=place == len(panels))
    figure.axes[-1].set_xlim(0, plan.duration_ns / 1e9)
    figure.axes[-1].set_xlabel("simulated time (s)")
    figure.align_ylabels([axes for axes in figure.axes if axes.get_ylabel()])
    if footer is not None:
        footer[1](figure, grid[len(heights) - 1])
    return figure


def title_lines(text: str) -> list[str]:
    """A title in as few lines as the page allows, of about the same length; no % on its own.

    >>> title_lines("What claims 95 % covers " + "94.9 % " * 11)[0][-6:]
    '94.9 %'
    """
    text = text.replace(" %", NO_BREAK + "%")
    count = len(textwrap.wrap(text, TITLE_CHARACTERS))
    even = len(text) // count + 8
    lines = textwrap.wrap(text, min(even, TITLE_CHARACTERS))
    return [line.replace(NO_BREAK, " ") for line in lines]


def draw_header(axes: Axes, lines: Sequence[str], below: str) -> None:
    """Title and summary, from the left edge of the figure on."""
    axes.set_axis_off()
    assert axes.figure is not None
    place = blended_transform_factory(axes.figure.transFigure, axes.transAxes)
    start: Any = {"xy": (0.012, 1.0), "xycoords": place, "textcoords": "offset points"}
    look: Any = {"va": "top", "in_layout": False, "annotation_clip": False}
    axes.annotate("\n".join(lines), xytext=(0, 0), fontsize=12.5, weight="bold", **start, **look)
    drop = -(72 * LINE_IN * len(lines) + 3)
    size = 9.5 * min(1.0, SENTENCE_CHARACTERS / max(len(below), 1))
    axes.annotate(below, xytext=(0, drop), color="#555555", fontsize=size, **start, **look)


def _time_marks(axes: Axes, tables: Tables, plan: Plan) -> None:
    """A band for each fault (darker for a cut) and a line for each heal."""
    faults = tables.faults
    until_ns = np.where(faults["until_ns"] == NEVER, plan.duration_ns, faults["until_ns"])
    for at_ns, end_ns, is_cut in zip(faults["at_ns"], until_ns, faults["cuts"], strict=True):
        shade = 0.4 if is_cut else 0.15
        axes.axvspan(at_ns / 1e9, end_ns / 1e9, color=PALE, alpha=shade, linewidth=0, zorder=0)
    for cut in cuts(tables, plan.duration_ns):
        if cut.heal_ns is not None:
            axes.axvline(cut.heal_ns / 1e9, color=GREEN, linewidth=1.6, zorder=1.5)
