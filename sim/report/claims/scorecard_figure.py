"""All claims at a glance: a bar each of how its findings came out, and the verdict in a word.

A bar is as long for every claim; its parts are the shares of findings that hold, fail, are
forbidden or open, with their numbers in them. Parts differ by hatch as well as by colour.
"""

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from sim.report.page import HEADER_IN, LINE_IN, WIDTH_IN, draw_header, title_lines
from sim.report.style import BLUE, INK, PALE, PURPLE, VERMILLION, new_figure, styled

ROW_IN: Final = 0.36
FOOT_IN: Final = 0.45
LABEL_CHARACTERS: Final = 64
NARROW: Final = 0.035
"""A part that is narrower than this share of a bar has no room for its number."""
LOOKS: Final[dict[str, Any]] = {
    "holds": {"facecolor": BLUE, "edgecolor": "white"},
    "fails": {"facecolor": VERMILLION, "edgecolor": "white", "hatch": "///"},
    "forbidden": {"facecolor": PURPLE, "edgecolor": "white", "hatch": "..."},
    "open": {"facecolor": PALE, "edgecolor": INK},
}
"""By outcome, in the order in which they stand in a bar."""


@dataclass(frozen=True, slots=True)
class Score:
    """One claim: its name and promise, how many findings came out how, and the verdict."""

    label: str
    counts: Mapping[str, int]
    verdict: str


def scorecard_figure(title: str, sentence: str, scores: Sequence[Score]) -> Figure:
    """The figure, 10 inches wide and a row high for each claim."""
    with styled():
        lines = title_lines(title)
        heights = [HEADER_IN + LINE_IN * len(lines), ROW_IN * len(scores) + FOOT_IN]
        figure = new_figure(WIDTH_IN, sum(heights))
        grid = figure.add_gridspec(2, 1, height_ratios=heights)
        draw_header(figure.add_subplot(grid[0]), lines, sentence)
        _draw(figure.add_subplot(grid[1]), scores)
        return figure


def _draw(axes: Axes, scores: Sequence[Score]) -> None:
    for row, score in enumerate(scores):
        _draw_bar(axes, row, score)
        beside: Any = {"va": "center", "fontsize": 9, "fontweight": "bold"}
        axes.text(1.012, row, score.verdict, **beside)
    labels = [textwrap.fill(score.label, LABEL_CHARACTERS) for score in scores]
    axes.set_yticks(range(len(scores)), labels, fontsize=8.5)
    axes.tick_params(axis="y", length=0)
    axes.set_xlim(0, 1)
    axes.set_ylim(len(scores) - 0.4, -0.6)
    axes.set_xticks([])
    axes.grid(visible=False)
    axes.spines[:].set_visible(False)
    keys = [Patch(label=outcome, **look) for outcome, look in LOOKS.items()]
    below = -0.1 / max(ROW_IN * len(scores), 0.5)
    place: Any = {"loc": "upper left", "bbox_to_anchor": (0, below), "borderaxespad": 0}
    axes.legend(handles=keys, ncols=4, **place)


def _draw_bar(axes: Axes, row: int, score: Score) -> None:
    total, left = sum(score.counts.values()), 0.0
    for outcome, look in LOOKS.items():
        share = score.counts.get(outcome, 0) / total if total else 0.0
        if share:
            axes.barh([row], [share], left=left, height=0.62, linewidth=0.8, **look)
        if share > NARROW:
            _number(axes, left + share / 2, row, score.counts[outcome])
        left += share


def _number(axes: Axes, x: float, y: float, count: int) -> None:
    box: Any = {"boxstyle": "round,pad=0.18", "facecolor": "white", "linewidth": 0}
    axes.text(x, y, str(count), ha="center", va="center", fontsize=8, bbox=box)
