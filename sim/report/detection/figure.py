"""The detection figure: what is found, what is wrongly raised, and what the deciding nodes know.

Panels from top to bottom, on one time axis: which regions can reach the root, who is anomalous,
recall at each decision, the false share of alarms, and the share of agents with a score that
counts. Blue is what the deciding nodes did, dashed orange the same detector run centrally. Below,
how well scores tell anomalous agents from normal ones, whatever the alarms made of them.
"""

import math
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.gridspec import SubplotSpec

from sim.detection.scores import Ranking, rank
from sim.errors import ResultsError
from sim.measure.detection import Figures, detection_figures
from sim.measure.tables import Tables
from sim.report.detection.accuracy import (
    SHOWN,
    Decisions,
    Floats,
    decisions,
    share,
    smoothed,
    thinned,
)
from sim.report.detection.lanes import anomaly_lanes, draw_anomalies
from sim.report.detection.words import headline, sentence
from sim.report.groups import noun
from sim.report.lanes import draw_lanes, lanes, legend
from sim.report.page import LANE_IN, Footer, Panel, compose
from sim.report.promises import in_words, promise_of
from sim.report.style import BLUE, INK, ORANGE, PURPLE, VERMILLION, styled
from sim.report.table import written
from sim.report.words import seconds
from sim.scenario.plan import Plan

PANEL_IN: Final = {"recall": 1.9, "false": 1.5, "known": 1.2}
CURVES_IN: Final = 2.5
CURVE_POINTS: Final = 400
FALSE_LEAST: Final = 10.0
"""Percent that an axis of false alarms shows at least."""
SMOOTHING: Final = 15
"""A mean over the alarms is over this part of all decisions."""
HERE: Final[Any] = {"color": BLUE, "linewidth": 1.8}
CENTRAL: Final[Any] = {
    "color": ORANGE,
    "linewidth": 1.4,
    "linestyle": (0, (4, 2)),
}


def detection_figure(tables: Tables, plan: Plan) -> Figure:
    """The figure of one replication, 10 inches wide and as high as its lanes need (about 11).

    Raises ResultsError for a run without detection.
    """
    if plan.detection is None:
        raise ResultsError(f"{plan.name} has no `detection`, so there is no figure of it")
    header = headline(tables, plan), sentence(tables, plan)
    with styled():
        return compose(_panels(tables, plan), tables, plan, header, _footer(tables))


def _panels(tables: Tables, plan: Plan) -> list[Panel]:
    """Height in inches and drawing of each panel, top to bottom."""
    found, figures = decisions(tables.points), detection_figures(tables, plan)
    network, anomalies = lanes(tables, plan), anomaly_lanes(tables, plan)
    duration_s = plan.duration_ns / 1e9
    recall = (PANEL_IN["recall"], lambda axes: _draw_recall(axes, found, figures, duration_s))
    return [
        (_lanes_in(len(network)), lambda axes: draw_lanes(axes, network, duration_s, noun(plan))),
        (_lanes_in(len(anomalies) + 1), lambda axes: draw_anomalies(axes, anomalies, plan)),
        *([recall] if found.anomalous.any() else []),
        (PANEL_IN["false"], lambda axes: _draw_false(axes, found, figures, plan)),
        (PANEL_IN["known"], lambda axes: _draw_known(axes, found, plan)),
    ]


def _lanes_in(count: int) -> float:
    return LANE_IN * max(count, 3 if count > 1 else 2)


def _draw_recall(axes: Axes, found: Decisions, figures: Figures, duration_s: float) -> None:
    shown = thinned(found)
    here, central = 100 * shown.recall(shown.here), 100 * shown.recall(shown.central)
    at_s = shown.time_ns / 1e9
    _pair(axes, at_s, (here, central), figures, "recall", duration_s)
    if (here < central).any():
        look: Any = {"color": VERMILLION, "alpha": 0.15, "linewidth": 0}
        steps_s = np.repeat(np.append(at_s, duration_s), 2)[1:-1]
        low, high = np.repeat(here, 2), np.repeat(central, 2)
        axes.fill_between(steps_s, low, high, low < high, label="lost by distribution", **look)
    _percent_axis(axes, "recall (%)")
    most = round(float(found.anomalous.max()))
    axes.set_title(
        f"Recall: share of the anomalous agents with an alarm (at most {most:,} at once)"
    )
    legend(axes)


def _draw_false(axes: Axes, found: Decisions, figures: Figures, plan: Plan) -> None:
    """What the control promises, of all decisions so far; pale, what the last few were like."""
    assert plan.detection is not None
    promise, end_s = promise_of(plan), plan.duration_ns / 1e9
    at_s, every = found.time_ns / 1e9, 1 + len(found) // SHOWN
    width = max(len(found) // SMOOTHING, 1)
    lately = 100 * smoothed(promise.single(found.here), width)[::every]
    last: Any = {"color": BLUE, "alpha": 0.15, "linewidth": 0, "step": "post"}
    which = f"last {width} decisions" if width > 1 else "each decision"
    axes.fill_between(at_s[::every], lately, label=f"{which}, as deployed", **last)
    here, central = (100 * promise.so_far(side)[::every] for side in (found.here, found.central))
    _pair(axes, at_s[::every], (here, central), figures, promise.figure, end_s)
    alpha = plan.detection.control.options.get("alpha")
    if alpha is not None:
        level: Any = {"color": INK, "linewidth": 1.3, "linestyle": "-."}
        axes.axhline(100 * alpha, label=in_words(plan), **level)
    peak = max(float(np.max([here, central, lately], initial=0.0)), 400 * (alpha or 0), FALSE_LEAST)
    axes.set_ylim(-0.04 * min(peak, 100), 1.05 * min(peak, 100))
    axes.set_ylabel("false (%)")
    axes.set_title(promise.title)
    legend(axes)


def _draw_known(axes: Axes, found: Decisions, plan: Plan) -> None:
    assert plan.detection is not None
    shown, end_s = thinned(found), plan.duration_ns / 1e9
    at_s = shown.time_ns / 1e9
    anomalous: Any = {"color": PURPLE, "linewidth": 1.4, "label": "of the anomalous agents"}
    everybody: Any = {"color": BLUE, "linewidth": 1.8, "label": "of all agents"}
    if shown.anomalous.any():
        _step(axes, at_s, 100 * share(shown.known_anomalous, shown.anomalous), end_s, anomalous)
    _step(axes, at_s, 100 * share(shown.known, shown.agents), end_s, everybody)
    _percent_axis(axes, "agents (%)")
    bound = seconds(plan.staleness.anomaly_ns + plan.detection.every_ns)
    axes.set_title(f"What is known {_where(plan)}: agents with a score sent in the last {bound}")
    legend(axes)


def _where(plan: Plan) -> str:
    assert plan.detection is not None
    deciding = {"local": "where locals decide", "region": "where regions decide"}
    return deciding.get(plan.detection.decide, "at the root")


def _pair(
    axes: Axes,
    at_s: Floats,
    curves: tuple[Floats, Floats],
    figures: Figures,
    name: str,
    end_s: float,
) -> None:
    """As deployed and run centrally, each with its figure over the whole run in the legend."""
    sides = (("run centrally", ".central", CENTRAL), ("as deployed", "", HERE))
    for (words, whose, look), values in zip(sides, reversed(curves), strict=True):
        figure = figures.get(f"detection.{name}{whose}", math.nan)
        mean = "" if math.isnan(figure) else f": {written(figure, 'share').strip()}"
        _step(axes, at_s, values, end_s, {**look, "label": f"{words}{mean}"})


def _step(axes: Axes, at_s: Floats, values: Floats, end_s: float, look: Any) -> None:
    """A curve of decisions, each of which holds until the next, the last to the end of the run."""
    last = values[-1:]  # none without decisions
    until_s = np.append(at_s, end_s)[: len(at_s) + len(last)]
    axes.step(until_s, np.append(values, last), where="post", **look)


def _percent_axis(axes: Axes, label: str) -> None:
    axes.set_ylim(-5, 105)
    axes.set_yticks([0, 25, 50, 75, 100], ["0", "", "50", "", "100"])
    axes.set_ylabel(label)


def _footer(tables: Tables) -> Footer | None:
    """The curves of the scores, where there are anomalous and normal points."""
    points = tables.points
    is_anomalous = points["label"] != 0
    if is_anomalous.all() or not is_anomalous.any():
        return None
    sides = [
        (rank(points["label"], points[score], points["weight"]), look)
        for score, look in (("central_score", CENTRAL), ("score", HERE))
    ]
    return CURVES_IN, lambda figure, place: _draw_curves(figure, place, sides)


def _draw_curves(
    figure: Figure, place: SubplotSpec, sides: Sequence[tuple[Ranking, dict[str, Any]]]
) -> None:
    grid = place.subgridspec(1, 2)
    roc, pr = figure.add_subplot(grid[0]), figure.add_subplot(grid[1])
    for ranking, look in sides:
        false, found, precision = _curves_of(ranking)
        roc.plot(false, found, **look)
        pr.plot(found, precision, **look)
    central, here = (ranking for ranking, _ in sides)
    areas = f"area {here.roc_auc:.3f}, run centrally {central.roc_auc:.3f}"
    _square(roc, f"ROC: {areas}", "normal agents flagged (%)", "recall (%)")
    areas = f"area {here.pr_auc:.3f}, run centrally {central.pr_auc:.3f}"
    _square(pr, f"Precision-recall: {areas}", "recall (%)", "precision (%)")


def _curves_of(ranking: Ranking) -> tuple[Floats, Floats, Floats]:
    """False positive rate, recall and precision in percent, down the ranking; few of its points."""
    steps = np.linspace(0, 1, CURVE_POINTS)
    even = [
        np.searchsorted(running, steps * running[-1])
        for running in (ranking.anomalous, ranking.normal)
    ]
    rows = np.unique(np.concatenate(even))
    anomalous, normal = ranking.anomalous[rows], ranking.normal[rows]
    precision = share(anomalous, anomalous + normal)
    return (
        100 * np.append(0.0, normal / ranking.normal[-1]),
        100 * np.append(0.0, anomalous / ranking.anomalous[-1]),
        100 * np.append(precision[:1], precision),
    )


def _square(axes: Axes, title: str, x_label: str, y_label: str) -> None:
    _percent_axis(axes, y_label)
    axes.set_xlim(-2, 102)
    axes.set_xlabel(x_label)
    axes.set_title(title)
