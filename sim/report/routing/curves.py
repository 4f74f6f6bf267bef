"""The panels of the figure of routing below its lanes: a function each.

Counts and waits are of whole seconds, beliefs of the root are sampled. Logarithmic axes have no
place for 0: what is none there is a gap, except that waits are drawn at least at LEAST_WAIT_S.
"""

import math
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from sim.measure.routing import ROUTING_FIGURES
from sim.measure.tables import Tables
from sim.report.log_axis import log_axis
from sim.report.series import thin
from sim.report.style import BLUE, GREEN, GREY, INK, ORANGE, VERMILLION
from sim.report.table import written
from sim.scenario.plan import Plan
from sim.units import NS_PER_S

LOOKS: Final[Any] = {
    "critical": {"color": VERMILLION, "linewidth": 2.0},
    "urgent": {"color": ORANGE, "linewidth": 1.5, "linestyle": (0, (4, 2))},
    "routine": {"color": BLUE, "linewidth": 1.5},
    "heartbeat": {"color": GREY, "linewidth": 1.2, "linestyle": (0, (1, 1))},
    "flood": {"color": INK, "linewidth": 1.5, "linestyle": "-."},
}
LEAST_WAIT_S: Final = 1e-4
"""A wait below this is drawn here: a logarithmic axis has no 0."""
BURST: Final = 3.0
"""A first second so many times as high as any other is cut off, and its height written."""


def has_waits(tables: Tables) -> bool:
    """Whether anything ever queued for a time worth drawing."""
    return bool((tables.updates["wait_ns"] > LEAST_WAIT_S * NS_PER_S).any())


def draw_messages(axes: Axes, tables: Tables, plan: Plan) -> None:
    """What agents send in each second, by class; at its first look everybody speaks."""
    first, later = 0.0, 0.0
    for rank in _ranks(tables):
        at_s, sent = _by_second(tables, plan, rank, "sent")
        axes.step(at_s, sent, where="post", label=rank, **LOOKS[rank])
        first, later = max(first, sent[0]), max(later, *sent[1:])
    axes.set_ylim(bottom=0)
    if 0 < BURST * later < first:
        axes.set_ylim(top=1.25 * later)
        look: Any = {"xycoords": ("data", "axes fraction"), "va": "top", "fontsize": 9}
        axes.annotate(f"  {first:,.0f} in the first second", (1.0, 0.97), color=INK, **look)
    axes.set_ylabel("messages/s")
    axes.set_title("What agents send, by class")


def draw_waits(axes: Axes, tables: Tables, plan: Plan) -> None:
    """Of what arrived in each second; where nothing did there is a gap."""
    for rank in _ranks(tables):
        at_s, wait_ns = _by_second(tables, plan, rank, "wait_ns")
        _, arrived = _by_second(tables, plan, rank, "arrived")
        shown = np.where(arrived > 0, np.maximum(wait_ns / NS_PER_S, LEAST_WAIT_S), np.nan)
        axes.step(at_s, shown, where="post", label=rank, **LOOKS[rank])
    log_axis(axes, "wait (s)")
    axes.set_title("How long an update waited in all queues on its way")


def draw_drops(axes: Axes, tables: Tables, plan: Plan) -> None:
    """What is lost in each second, wherever that is, by class."""
    lost = tables.updates["rank"][tables.updates["dropped"] > 0]
    for rank in (one for one in _ranks(tables) if (lost == one).any()):
        at_s, dropped = _by_second(tables, plan, rank, "dropped")
        axes.step(at_s, dropped, where="post", label=rank, **LOOKS[rank])
    axes.set_ylim(bottom=0)
    axes.set_ylabel("lost/s")
    axes.set_title("What is lost in queues, at machines and on the way, by class")


def draw_queue(axes: Axes, tables: Tables, plan: Plan) -> None:
    """The longest queue of all routers, and what a router has room for if that is near."""
    assert plan.routing is not None, "there is a queue only where there is routing"
    capacity, rows = plan.routing.capacity, tables.beliefs
    at_s, longest = thin(rows["time_ns"], rows["fullest"], np.fmax)
    axes.plot(at_s, longest, color=BLUE, linewidth=1.5, label="longest queue")
    if longest.max(initial=0) > capacity / 4:
        axes.axhline(capacity, color=INK, linewidth=1.2, linestyle="-.", label="capacity")
    axes.set_ylim(bottom=0)
    axes.set_ylabel("updates")
    axes.set_title(f"What waits at the fullest router, which has room for {capacity:,}")


def draw_deaths(axes: Axes, tables: Tables, plan: Plan) -> None:
    """From when on everybody may have been heard; before that nobody is known to be there."""
    rows, agents = tables.beliefs, plan.agents.count
    later = rows["time_ns"] >= plan.staleness.baseline_ns
    at_s = rows["time_ns"][later] / NS_PER_S
    down, believed = agents - rows["present"][later], agents - rows["held"][later]
    grey: Any = {"color": GREY, "alpha": 0.55, "linewidth": 0}
    axes.fill_between(at_s, down, step="post", label="down", **grey)
    red: Any = {"color": VERMILLION, "linewidth": 1.8}
    axes.step(at_s, believed, where="post", label="taken for dead", **red)
    axes.set_ylim(bottom=0)
    axes.set_ylabel("agents")
    held = written(ROUTING_FIGURES["routing.held"](tables, plan), "share")
    axes.set_title(f"Who is down, and who is taken for dead (held: {held} of those up)")


def draw_ages(axes: Axes, tables: Tables, plan: Plan) -> None:  # noqa: ARG001
    """Of agents with an anomaly, and of all others."""
    labels = {"critical": "agents with an anomaly", "routine": "all others"}
    for who, label in labels.items():
        if np.isnan(tables.beliefs[f"age_{who}_ns"]).all():
            continue
        _curve(axes, tables, f"age_{who}_ns", 1 / NS_PER_S, {**LOOKS[who], "label": label})
    log_axis(axes, "age (s)")
    axes.set_title("How old is what the root knows of an agent, mean over those that are up")


def draw_errors(axes: Axes, tables: Tables, plan: Plan) -> None:
    """Of the mean over who was heard lately, and over what is held of all."""
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
