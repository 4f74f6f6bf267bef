"""The figure of attribution: for each metric, what each fault and liar caused, with intervals.

A panel a metric, a row a cause. The full bar is what the cause adds to all the others, the hatched
one what it does alone; whiskers are paired 95 % intervals. The dashed line is what all of them did
together, and the last row what is left over of it. Told apart by hatch as well as by colour. A bar
that ends in ≥ or ≤ is known on that side only; ? stands where nothing is known.
"""

import math
from collections.abc import Sequence
from typing import Any, Final

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from sim.measure.attribution import Causes, Effect
from sim.report.attribution.table import (
    ADDED,
    ALONE,
    CAUSED,
    LEFT_OVER,
    TOGETHER,
)
from sim.report.attribution.words import Cause, name, size
from sim.report.checks.contrast_table import signed
from sim.report.style import BLUE, GREY, INK, ORANGE, new_figure, styled

WIDTH_IN: Final = 10.0
COLUMNS: Final = 2
ROW_IN: Final = 0.42
HEAD_IN: Final = 0.85
BAR: Final = 0.36
LOOKS: Final[dict[str, Any]] = {
    CAUSED: {"facecolor": BLUE, "edgecolor": BLUE},
    ADDED: {"facecolor": BLUE, "edgecolor": BLUE},
    ALONE: {"facecolor": "white", "edgecolor": ORANGE, "hatch": "////"},
}
SIDES: Final = {"at least": "≥", "at most": "≤", "unknown": "?"}
SIDE: Final[Any] = {"xytext": (4, 0), "textcoords": "offset points", "va": "center", "color": INK}
WHISKER: Final[Any] = {"color": INK, "linewidth": 1.0, "capsize": 2.5, "fmt": "none"}


def attribution_figure(title: str, found: Sequence[Causes], entries: Sequence[Cause]) -> Figure:
    """The figure, 10 inches wide; metrics on which nobody had any effect are left out.

    If that is all of them the first is drawn, empty.
    """
    told = [one for one in found if one.is_touched] or list(found[:1])
    lines = -(-len(told) // COLUMNS)
    columns = min(len(told), COLUMNS)
    height = lines * (HEAD_IN + ROW_IN * len(_names(entries))) + HEAD_IN
    with styled():
        figure = new_figure(WIDTH_IN, height)
        figure.suptitle(title, x=0.01, ha="left", fontsize=12, fontweight="bold")
        grid = figure.subplots(lines, columns, squeeze=False)
        panels = [axes for line in grid for axes in line]
        for axes, one in zip(panels, told, strict=False):
            _panel(axes, one, entries, is_first=axes in [line[0] for line in grid])
        for axes in panels[len(told) :]:
            axes.set_axis_off()
        handles, labels = panels[0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower left", ncols=len(labels))
    return figure


def _panel(axes: Axes, one: Causes, entries: Sequence[Cause], *, is_first: bool) -> None:
    names = _names(entries)
    rows = len(names)
    if len(entries) == 1:
        _bars(axes, CAUSED, [0], [one.shares[0].added])
    else:
        for label, shift in ((ADDED, -BAR / 2), (ALONE, BAR / 2)):
            _bars(axes, label, [row + shift for row in range(rows)], _effects(one, label))
        if math.isfinite(one.whole.value):
            look: Any = {"color": GREY, "linestyle": (0, (4, 2)), "linewidth": 1.4}
            axes.axvline(one.whole.value, label=TOGETHER, **look)
    axes.axvline(0, color=INK, linewidth=0.8)
    axes.set_yticks(range(rows), names if is_first else [""] * rows)
    axes.set_ylim(rows - 0.5, -0.5)
    axes.grid(axis="y", visible=False)
    axes.xaxis.set_major_locator(MaxNLocator(4))
    axes.xaxis.set_major_formatter(lambda value, _: _tick(value, one.unit))
    together = "together " if len(entries) > 1 else ""
    axes.set_title(f"{one.metric}: {together}{size(one.whole, one.unit)}")


def _names(entries: Sequence[Cause]) -> list[str]:
    """Of the rows; where there is one cause nothing can be left over."""
    return [*map(name, entries), *([LEFT_OVER] if len(entries) > 1 else [])]


def _effects(one: Causes, label: str) -> list[Effect]:
    if label == ADDED:
        return [*(share.added for share in one.shares), one.beyond_added]
    return [*(share.alone for share in one.shares), one.beyond_alone]


def _bars(axes: Axes, label: str, at: Sequence[float], effects: Sequence[Effect]) -> None:
    """Bars of what is known; what is unknown or without bound has none, and is marked."""
    for place, one in zip(at, effects, strict=True):
        if one.bound in SIDES:
            end = one.value if math.isfinite(one.value) else 0.0
            axes.annotate(SIDES[one.bound], (end, place), **SIDE)
    drawn = [
        (place, effect)
        for place, effect in zip(at, effects, strict=True)
        if math.isfinite(effect.value)
    ]
    places = [place for place, _ in drawn]
    axes.barh(places, [one.value for _, one in drawn], BAR, label=label, **LOOKS[label])
    sure = [(place, one) for place, one in drawn if one.high > one.low]
    if sure:
        reach = [(one.high - one.low) / 2 for _, one in sure]
        middle = [one.value for _, one in sure]
        axes.errorbar(middle, [place for place, _ in sure], xerr=reach, **WHISKER)


def _tick(value: float, unit: str) -> str:
    return signed(value, unit) if value else "0"
