"""The figure of confidence: how often intervals cover at each publication, how wide and how old.

Panels from top to bottom, on one time axis: what was done to the network; the share of intervals
that cover the truth, tier by tier, around the level that they claim; which assumptions of theirs
are broken; half of an interval; how old what the root knows is by then. The title and the sentence
are about all replications, the curves about one.
"""

import math
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from sim.errors import ResultsError
from sim.measure.confidence import TIERS, TOLERANCE, Standing, rows_of, shares, standings
from sim.measure.tables import Table, Tables
from sim.report.confidence.words import about_confidence
from sim.report.lanes import draw_lanes, label_rows, lanes, legend
from sim.report.page import LANE_IN, Panel, compose
from sim.report.style import BLUE, GREEN, INK, ORANGE, VERMILLION, styled
from sim.report.table import written
from sim.scenario.plan import Plan

PANEL_IN: Final = {"coverage": 2.4, "width": 1.2, "age": 0.9}
LANES_LEAST: Final = 3
HEADROOM: Final = 1.15
LOOKS: Final[Any] = {
    "local": {"color": GREEN, "marker": "^", "linestyle": (0, (1, 1))},
    "regional": {"color": BLUE, "marker": "s", "linestyle": (0, (4, 2))},
    "root": {"color": INK, "marker": "o", "linestyle": "-"},
}
NAIVE: Final[Any] = {"color": VERMILLION, "linewidth": 1.2, "linestyle": (0, (3, 1, 1, 1))}
ROOM: Final = 1.0
"""Per cent above full coverage and below the lowest, on the axis of shares."""
APART: Final = 0.25
"""Of a row of assumptions: how far its tiers are from each other."""


def confidence_figure(tables: Tables, plan: Plan, found: Sequence[Standing] = ()) -> Figure:
    """The figure of one replication, 10 inches wide and as high as its panels need (about 8).

    `found` is how intervals stand in all replications; left out, in this one. Raises ResultsError
    for a run in which nobody stated an interval.
    """
    found = found or list(standings([tables.intervals], plan))
    if not found or not len(tables.intervals["tier"]):
        raise ResultsError(f"{plan.name} states no intervals, so there is no figure of confidence")
    with styled():
        return compose(
            _panels(tables, plan), tables, plan, (headline(found, plan), _below(found, plan))
        )


def headline(found: Sequence[Standing], plan: Plan) -> str:
    """One line: what the tier that covers least is worth, and what broke there."""
    least = min(found, key=lambda one: math.inf if math.isnan(one.coverage) else one.coverage)
    level, share = written(least.level, "share"), written(least.coverage, "share")
    where = least.tier if least.tier == "root" else f"{least.tier}s"
    told = f"{plan.name}: what claims {level} covers {share} at the {where}"
    if not least.is_short:
        return f"{told}, where it covers least"
    return f"{told}; broken: {', '.join(least.broken)}" if least.broken else told


def _below(found: Sequence[Standing], plan: Plan) -> str:
    """What all tiers cover, and whose curves these are."""
    count = max(one.replications for one in found)
    told = next(about_confidence(found, plan))
    return f"{told}; curves: one of them" if count > 1 else told


def _panels(tables: Tables, plan: Plan) -> list[Panel]:
    shown, end_s = lanes(tables, plan), plan.duration_ns / 1e9
    rows = {tier: rows_of(tables.intervals, plan, tier) for tier in TIERS}
    rows = {tier: one for tier, one in rows.items() if len(one["tier"])}
    names = broken_names(tables.intervals)
    panels: list[Panel] = [
        (LANE_IN * max(len(shown), LANES_LEAST), lambda axes: draw_lanes(axes, shown, end_s)),
        (PANEL_IN["coverage"], lambda axes: _draw_coverage(axes, rows, plan)),
    ]
    if names:
        height = LANE_IN * (len(names) + 1)
        panels.append((height, lambda axes: _draw_broken(axes, rows, names)))
    return [
        *panels,
        (PANEL_IN["width"], lambda axes: _draw_widths(axes, rows)),
        (PANEL_IN["age"], lambda axes: _draw_age(axes, rows)),
    ]


def _draw_coverage(axes: Axes, rows: dict[str, Table], plan: Plan) -> None:
    """A point a publication and tier; the band is what is called preserved."""
    assert plan.confidence is not None
    level, tolerance = 100 * plan.confidence.level, 100 * TOLERANCE
    axes.axhline(level, color=ORANGE, linewidth=1.2, label=f"claimed: {level:.4g} %")
    axes.axhspan(
        level - tolerance,
        level + tolerance,
        color=ORANGE,
        alpha=0.2,
        linewidth=0,
        label=f"kept: ± {tolerance:g} %",
    )
    curves = {tier: (one, "covered", LOOKS[tier]) for tier, one in rows.items()}
    if "root" in rows:
        curves["naive, root"] = (rows["root"], "naive", NAIVE)
    lowest = level - tolerance
    for label, (one, column, look) in curves.items():
        percent = 100 * shares(one, column)
        lowest = float(np.min(percent, initial=lowest, where=~np.isnan(percent)))
        axes.plot(_at_s(one), percent, markersize=3.5, label=label, **look)
    bottom = max(0.0, lowest - ROOM)
    axes.set_ylim(bottom, 100 + ROOM)
    axes.set_ylabel("% that cover")
    cut = f" (the axis begins at {bottom:.0f} %)" if bottom else ""
    axes.set_title(f"How often intervals cover the truth, of all nodes and features{cut}")
    legend(axes)


def broken_names(intervals: Table) -> list[str]:
    """Assumptions that were found broken at any look, the most often broken first."""
    told = [name for row in intervals["broken"].tolist() for name in row.split()]
    return sorted(set(told), key=lambda name: (-told.count(name), name))


def _draw_broken(axes: Axes, rows: dict[str, Table], names: Sequence[str]) -> None:
    """A row an assumption; a mark for each tier and look at which it is broken at some node."""
    for place, (tier, one) in enumerate(rows.items()):
        aside = (place - (len(rows) - 1) / 2) * APART
        told = [row.split() for row in one["broken"].tolist()]
        for row, name in enumerate(names):
            at_s = _at_s(one)[[name in each for each in told]]
            look = {**LOOKS[tier], "linestyle": "", "markersize": 3.5}
            axes.plot(at_s, np.full(len(at_s), row + aside), **look)
    label_rows(axes, names)
    axes.set_title("Assumptions that do not hold, at some node of a tier")


def _draw_widths(axes: Axes, rows: dict[str, Table]) -> None:
    """Mean half widths, tier by tier, from 0 on."""
    for tier, one in rows.items():
        axes.plot(_at_s(one), one["half_width"], markersize=3.5, label=tier, **LOOKS[tier])
    _from_zero(axes, np.concatenate([one["half_width"] for one in rows.values()]), "sd")
    axes.set_title("Half of an interval, mean")
    legend(axes)


def _draw_age(axes: Axes, rows: dict[str, Table]) -> None:
    """How old what the root knows is."""
    if "root" in rows:
        age_s = rows["root"]["age_ns"] / 1e9
        axes.plot(_at_s(rows["root"]), age_s, markersize=3.5, **LOOKS["root"])
        _from_zero(axes, age_s, "s")
    axes.set_title("How far what the root knows is behind the newest finished pane, mean")


def _from_zero(axes: Axes, values: NDArray[np.float64], unit: str) -> None:
    highest = float(np.max(values, initial=0.0, where=np.isfinite(values)))
    axes.set_ylim(0, HEADROOM * highest or 1.0)
    axes.set_ylabel(unit)


def _at_s(rows: Table) -> NDArray[np.float64]:
    """When each row was published."""
    return np.asarray(rows["published_ns"] / 1e9)
