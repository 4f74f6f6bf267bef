"""The figure of confidence: how often intervals cover at each publication, how wide and how old.

Panels from top to bottom, on one time axis: what was done to the network; the share of intervals
that cover the truth, tier by tier, around the level that they claim; half of an interval of the
root; how old what it knows is by then.
"""

from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from sim.errors import ResultsError
from sim.measure.confidence import TIERS, TOLERANCE, rows_of, standings
from sim.measure.tables import Tables
from sim.report.confidence_words import about_confidence
from sim.report.lanes import draw_lanes, lanes, legend
from sim.report.page import LANE_IN, Panel, compose
from sim.report.style import BLUE, GREEN, INK, ORANGE, PALE, VERMILLION, styled
from sim.report.table import written
from sim.scenario.plan import Plan

PANEL_IN: Final = {"coverage": 2.4, "width": 1.2, "age": 0.9}
TITLES: Final = {
    "half_width": "Half of an interval of the root",
    "age_ns": "How far what the root knows is behind the newest finished pane, mean",
}
LANES_LEAST: Final = 3
HEADROOM: Final = 1.15
LOOKS: Final[Any] = {
    "local": {"color": GREEN, "marker": "^", "linestyle": (0, (1, 1))},
    "regional": {"color": BLUE, "marker": "s", "linestyle": (0, (4, 2))},
    "root": {"color": INK, "marker": "o", "linestyle": "-"},
}
NAIVE: Final[Any] = {"color": VERMILLION, "linewidth": 1.2, "linestyle": (0, (3, 1, 1, 1))}
ROOM: Final = 0.01
"""Above full coverage and below the lowest, on the axis of shares."""


def confidence_figure(tables: Tables, plan: Plan) -> Figure:
    """The figure of one replication, 10 inches wide and as high as its panels need (about 7).

    Raises ResultsError for a run in which nobody stated an interval.
    """
    if not list(standings(tables, plan)):
        raise ResultsError(f"{plan.name} states no intervals, so there is no figure of confidence")
    with styled():
        told = list(about_confidence(tables, plan))
        return compose(_panels(tables, plan), tables, plan, (headline(tables, plan), told[0]))


def headline(tables: Tables, plan: Plan) -> str:
    """One line: what the tier that covers least is worth, and what broke there."""
    least = min(standings(tables, plan), key=lambda one: one.coverage)
    level, found = written(least.level, "share"), written(least.coverage, "share")
    if not least.is_short:
        return f"{plan.name}: what claims {level} covers {found} or more at every tier"
    broken = f"; broken: {', '.join(least.broken)}" if least.broken else ""
    return f"{plan.name}: what claims {level} covers {found} at the {least.tier}{broken}"


def _panels(tables: Tables, plan: Plan) -> list[Panel]:
    shown, end_s = lanes(tables, plan), plan.duration_ns / 1e9
    return [
        (LANE_IN * max(len(shown), LANES_LEAST), lambda axes: draw_lanes(axes, shown, end_s)),
        (PANEL_IN["coverage"], lambda axes: _draw_coverage(axes, tables, plan)),
        (PANEL_IN["width"], lambda axes: _draw_root(axes, tables, plan, "half_width", "sd", 1.0)),
        (PANEL_IN["age"], lambda axes: _draw_root(axes, tables, plan, "age_ns", "s", 1e9)),
    ]


def _draw_coverage(axes: Axes, tables: Tables, plan: Plan) -> None:
    """A point a publication and tier; the band is what is called preserved."""
    assert plan.confidence is not None
    level = plan.confidence.level
    axes.axhspan(level - TOLERANCE, level + TOLERANCE, color=PALE, alpha=0.6, linewidth=0)
    axes.axhline(level, color=ORANGE, linewidth=1.2, label=f"claimed: {written(level, 'share')}")
    lowest = level
    for tier in TIERS:
        rows = rows_of(tables, plan, tier)
        if len(rows["tier"]):
            share = rows["covered"] / rows["intervals"]
            lowest = min(lowest, float(share.min()))
            axes.plot(_at_s(rows), share, markersize=3.5, label=tier, **LOOKS[tier])
    root = rows_of(tables, plan, "root")
    axes.plot(_at_s(root), root["naive"] / root["intervals"], label="naive, root", **NAIVE)
    naive = float((root["naive"] / root["intervals"]).min()) if len(root["tier"]) else lowest
    axes.set_ylim(max(0.0, min(lowest, naive) - ROOM), 1 + ROOM)
    axes.set_ylabel("share that cover")
    axes.set_title("How often intervals cover the truth, of all nodes and features")
    legend(axes)


def _draw_root(axes: Axes, tables: Tables, plan: Plan, column: str, unit: str, per: float) -> None:
    """A column of the root, from 0 on."""
    rows = rows_of(tables, plan, "root")
    values = rows[column] / per
    axes.plot(_at_s(rows), values, color=INK, marker="o", markersize=3.5)
    highest = float(np.max(values, initial=0.0, where=np.isfinite(values)))
    axes.set_ylim(0, HEADROOM * highest or 1.0)
    axes.set_ylabel(unit)
    axes.set_title(TITLES[column])


def _at_s(rows: dict[str, NDArray[Any]]) -> NDArray[np.float64]:
    """When each row was published."""
    return rows["published_ns"] / 1e9
