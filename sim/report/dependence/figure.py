"""The figure of what baselines say beyond means and deviations: dependence, quantiles, or both.

Panels from top to bottom, a point for each publication that was read: how far it is from what a
central observer finds (log), the mean correlation where a method says it, what share of the values
of the window is in it, and what a round takes. What is published before the baseline bound has
passed is of short windows and not judged: it is left of the dotted line. Grey bands are faults.
"""

import math
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.errors import ResultsError
from sim.measure.dependence import judged
from sim.measure.tables import Tables
from sim.report.dependence.words import MEASURES
from sim.report.lanes import legend
from sim.report.log_axis import log_axis
from sim.report.page import Panel, compose
from sim.report.style import BLUE, INK, ORANGE, VERMILLION, styled
from sim.report.table import written
from sim.scenario.plan import Plan
from sim.units import NS_PER_S, format_size

PANEL_IN: Final = 1.5
LEAST: Final = 1e-16
"""A smaller error is drawn here, a little below the precision of a float."""
Line = tuple[str, str, str, Any]
"""Table, column, label, and how it looks."""
_OF_ONE: Final[Any] = {"color": BLUE, "marker": "o"}
_OF_TWO: Final[Any] = {"color": VERMILLION, "marker": "s"}
_OF_THREE: Final[Any] = {"color": ORANGE, "marker": "^"}


def dependence_figure(tables: Tables, plan: Plan) -> Figure:
    """The figure of one replication, 10 inches wide.

    Raises ResultsError without `baseline.dependence` and `baseline.quantiles`.
    """
    if plan.dependence is None and plan.quantiles is None:
        missing = "neither `baseline.dependence` nor `baseline.quantiles`"
        raise ResultsError(f"{plan.name} has {missing}, so there is no figure of them")
    with styled():
        header = _headline(tables, plan), _sentence(tables, plan)
        return compose(list(_panels(tables, plan)), tables, plan, header)


def _panels(tables: Tables, plan: Plan) -> Iterator[Panel]:
    """Those that have a point."""
    kind = "" if plan.dependence is None else plan.dependence.method.kind
    wanted = (
        (_draw_error, f"Error of {kind}: {MEASURES.get(kind)}", [_dependence("error", "error")]),
        (_draw_mean, "Mean correlation that the root reads", [_dependence("mean", "mean")]),
        (_draw_error, "Error of quantiles, the worst of all, in ranks and in value", _OF_QUANTILES),
        (_draw_coverage, "Values of the window that are in it", _both("coverage")),
        (_draw_bytes, "Bytes of a round, all messages together", _both("bytes")),
    )
    for draw, title, lines in wanted:
        known = [line for line in lines if _has(tables, line)]
        if known:
            yield PANEL_IN, partial(_panel, draw, title, known, tables, plan)


def _dependence(column: str, label: str) -> Line:
    return "dependence", column, label, _OF_ONE


def _both(column: str) -> list[Line]:
    quantiles: Line = ("quantiles", column, "quantiles", _OF_TWO)
    return [_dependence(column, "dependence"), quantiles]


_OF_QUANTILES: Final[list[Line]] = [
    ("quantiles", "error_rank", "of a rank", _OF_TWO),
    ("quantiles", "error_value", "of a value, relative", _OF_THREE),
]


def _has(tables: Tables, line: Line) -> bool:
    table, column, _, _ = line
    return bool(np.isfinite(tables[table][column].astype(np.float64)).any())


def _panel(
    draw: Any, title: str, lines: Sequence[Line], tables: Tables, plan: Plan, axes: Axes
) -> None:
    for table, column, label, look in lines:
        rows = tables[table]
        values = rows[column].astype(np.float64)
        shown = np.maximum(values, LEAST) if draw is _draw_error else values
        axes.plot(rows["published_ns"] / NS_PER_S, shown, markersize=4, label=label, **look)
    bound_s = plan.staleness.baseline_ns / NS_PER_S
    axes.axvline(bound_s, color=INK, linewidth=0.9, linestyle=":", label="judged from here on")
    draw(axes)
    axes.set_title(title)
    legend(axes)


def _draw_error(axes: Axes) -> None:
    log_axis(axes, "error")


def _draw_mean(axes: Axes) -> None:
    axes.set_ylabel("correlation")


def _draw_coverage(axes: Axes) -> None:
    axes.yaxis.set_major_formatter(lambda share, _: f"{100 * share:.4g}")
    axes.set_ylim(0, 1.05)
    axes.set_ylabel("%")


def _draw_bytes(axes: Axes) -> None:
    axes.set_ylim(bottom=0)
    axes.yaxis.set_major_formatter(lambda size, _: format_size(size))


def _headline(tables: Tables, plan: Plan) -> str:
    """The median error of what is read, one after the other."""
    told = []
    if plan.dependence is not None:
        error = _median(tables, plan, "dependence", "error")
        told.append(f"{plan.dependence.method.kind} is read with an error of {error}")
    if plan.quantiles is not None:
        error = _median(tables, plan, "quantiles", "error_rank")
        told.append(f"{plan.quantiles.sketch.kind} with an error of {error} in ranks")
    return f"{plan.name}: {', '.join(told)}"


def _median(tables: Tables, plan: Plan, table: str, column: str) -> str:
    found = judged(tables, plan, table, column)
    return written(float(np.median(found)) if len(found) else math.nan, "1").strip()


def _sentence(tables: Tables, plan: Plan) -> str:
    """What was read, and what a round takes."""
    parts = []
    asked = {"dependence": plan.dependence, "quantiles": plan.quantiles}
    for table in [name for name, block in asked.items() if block is not None]:
        coverage, size = (judged(tables, plan, table, name) for name in ("coverage", "bytes"))
        if len(size):
            least = written(float(coverage.min()), "share")
            parts.append(
                f"{table}: at least {least} of the values at {len(size)} publications, "
                f"{format_size(float(size.mean()))} a round"
            )
        else:
            parts.append(f"{table}: no publication was late enough to be judged")
    return "; ".join(parts)
