"""The figure of routing: what was sent, how long it waited, how old and how right the root's view
was.

Panels from top to bottom, on one time axis: messages by class, waits by class, the age of what the
root knows of agents with an anomaly and of all others, and the errors of the mean over who was
heard lately and over what is held of all. Grey bands are faults, orange ones are times in which
somebody lies, blue ones anomalies.
"""

import math
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from sim.errors import ResultsError
from sim.measure.tables import Tables
from sim.report.lanes import legend
from sim.report.lie_lanes import shade_lies
from sim.report.log_axis import log_axis
from sim.report.page import Panel, compose
from sim.report.routing_words import headline, sentence
from sim.report.series import thin
from sim.report.style import BLUE, GREEN, GREY, INK, ORANGE, SKY, VERMILLION, styled
from sim.scenario.plan import Plan
from sim.units import NS_PER_S

PANEL_IN: Final = {"messages": 1.5, "waits": 1.7, "age": 2.2, "error": 1.7}
LOOKS: Final[Any] = {
    "critical": {"color": VERMILLION, "linewidth": 2.0},
    "urgent": {"color": ORANGE, "linewidth": 1.5, "linestyle": (0, (4, 2))},
    "routine": {"color": BLUE, "linewidth": 1.5},
    "heartbeat": {"color": GREY, "linewidth": 1.2, "linestyle": (0, (1, 1))},
    "flood": {"color": INK, "linewidth": 1.5, "linestyle": "-."},
}
ANOMALY: Final[Any] = {"color": SKY, "alpha": 0.13, "linewidth": 0, "zorder": 0}
LEAST_WAIT_S: Final = 1e-4
"""A wait below this is drawn here: a logarithmic axis has no 0."""


def routing_figure(tables: Tables, plan: Plan) -> Figure:
    """The figure of one replication, 10 inches wide. Raises ResultsError without `routing`."""
    if plan.routing is None:
        raise ResultsError(f"{plan.name} has no `routing`, so there is no figure of it")
    with styled():
        header = headline(tables, plan), sentence(tables, plan)
        return compose(_panels(tables, plan), tables, plan, header)


def _panels(tables: Tables, plan: Plan) -> list[Panel]:
    """Height in inches and drawing of each panel, top to bottom."""
    drawings = {
        "messages": _draw_messages,
        "waits": _draw_waits,
        "age": _draw_ages,
        "error": _draw_errors,
    }

    def drawn(name: str) -> Panel:
        def draw(axes: Axes) -> None:
            drawings[name](axes, tables, plan)
            _shade(axes, tables, plan)
            legend(axes)

        return PANEL_IN[name], draw

    return [drawn(name) for name in drawings if name != "waits" or _has_waits(tables)]


def _has_waits(tables: Tables) -> bool:
    """Whether anything ever queued for a time worth drawing."""
    return bool((tables.updates["wait_ns"] > LEAST_WAIT_S * NS_PER_S).any())


def _draw_messages(axes: Axes, tables: Tables, plan: Plan) -> None:
    for rank in _ranks(tables):
        at_s, sent = _by_second(tables, plan, rank, "sent")
        axes.step(at_s, sent, where="post", label=rank, **LOOKS[rank])
    axes.set_ylim(bottom=0)
    axes.set_ylabel("messages/s")
    axes.set_title("What agents send, by class")


def _draw_waits(axes: Axes, tables: Tables, plan: Plan) -> None:
    """Of what arrived in each second; where nothing did there is a gap."""
    for rank in _ranks(tables):
        at_s, wait_ns = _by_second(tables, plan, rank, "wait_ns")
        _, arrived = _by_second(tables, plan, rank, "arrived")
        shown = np.where(arrived > 0, np.maximum(wait_ns / NS_PER_S, LEAST_WAIT_S), np.nan)
        axes.step(at_s, shown, where="post", label=rank, **LOOKS[rank])
    log_axis(axes, "wait (s)")
    axes.set_title("How long an update waited in all queues on its way")


def _draw_ages(axes: Axes, tables: Tables, plan: Plan) -> None:  # noqa: ARG001
    labels = {"critical": "agents with an anomaly", "routine": "all others"}
    for who, label in labels.items():
        _curve(axes, tables, f"age_{who}_ns", 1 / NS_PER_S, {**LOOKS[who], "label": label})
    log_axis(axes, "age (s)")
    axes.set_title("How old is what the root knows of an agent, mean over agents")


def _draw_errors(axes: Axes, tables: Tables, plan: Plan) -> None:
    curves: dict[str, Any] = {
        "error_heard": {"color": VERMILLION, "linewidth": 1.3, "label": "who was heard lately"},
        "error_held": {"color": GREEN, "linewidth": 2.0, "label": "all whom silence covers"},
    }
    for column, look in curves.items():
        _curve(axes, tables, column, 1.0, look)
    delta = None if plan.routing is None else plan.routing.send.options.get("delta")
    if delta is not None:
        axes.axhline(delta, color=INK, linewidth=1.2, linestyle="-.", label=f"delta {delta:g} sd")
    log_axis(axes, "error (sd)")
    axes.set_title("How far off is the mean that the root makes of it")


def _curve(axes: Axes, tables: Tables, column: str, scale: float, look: Any) -> None:
    """A sampled column; NaN where it says nothing, and where a logarithmic axis has no place."""
    values = tables.beliefs[column] * scale
    shown = np.where(values > 0, values, np.nan)
    at_s, worst = thin(tables.beliefs["time_ns"], shown, np.fmax)
    axes.plot(at_s, worst, **look)


def _ranks(tables: Tables) -> list[str]:
    return [rank for rank in LOOKS if (tables.updates["rank"] == rank).any()]


def _by_second(
    tables: Tables, plan: Plan, rank: str, column: str
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """A column of one class in every second of the run; 0 where there is no row."""
    rows, seconds = tables.updates, math.ceil(plan.duration_ns / NS_PER_S)
    mine = rows["rank"] == rank
    values = np.zeros(seconds + 1)
    values[rows["time_ns"][mine] // NS_PER_S] = rows[column][mine]
    values[-1] = values[-2]
    return np.arange(seconds + 1), values


def _shade(axes: Axes, tables: Tables, plan: Plan) -> None:
    """A pale band for each time in which somebody lies, or has an anomaly."""
    shade_lies(axes, tables, plan)
    for anomaly in plan.anomalies:
        until_ns = plan.duration_ns if anomaly.until_ns is None else anomaly.until_ns
        axes.axvspan(anomaly.at_ns / NS_PER_S, until_ns / NS_PER_S, **ANOMALY)
