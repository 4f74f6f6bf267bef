"""The figure of capacity: how busy the nodes of each tier were, and what they had to hold.

Panels from top to bottom, on one time axis: offered load of the busiest node of each tier (log;
above 1 it can never catch up) with its utilisation dashed, messages at that node, how old the
newest values are that the root has, and bytes of state in each tier's fullest node. Grey bands are
faults.
"""

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from sim.errors import ResultsError
from sim.measure.capacity import CAPACITY_FIGURES, of_tier
from sim.measure.tables import Tables
from sim.report.lanes import legend
from sim.report.log_axis import log_axis
from sim.report.page import Panel, compose
from sim.report.series import thin
from sim.report.style import BLUE, GREEN, GREY, INK, ORANGE, PURPLE, SKY, VERMILLION, styled
from sim.scenario.plan import Plan
from sim.units import NS_PER_S, format_duration, format_size

PANEL_IN: Final = 1.75
COLOURS: Final = (BLUE, GREEN, ORANGE, PURPLE, SKY, INK)
"""Of the tiers from the agents up; the root is always VERMILLION."""
LEAST_LOAD: Final = 1e-5
"""A load below this is drawn here: a logarithmic axis has no 0."""
DASHED: Final = (0, (3, 2))


def capacity_figure(tables: Tables, plan: Plan) -> Figure:
    """The figure of one replication, 10 inches wide. Raises ResultsError without `capacity`."""
    if plan.capacity is None:
        raise ResultsError(f"{plan.name} has no `capacity`, so there is no figure of it")
    with styled():
        header = _headline(tables, plan), _sentence(tables, plan)
        return compose(_panels(tables, plan), tables, plan, header)


def _panels(tables: Tables, plan: Plan) -> list[Panel]:
    def drawn(draw: Any) -> Panel:
        def panel(axes: Axes) -> None:
            draw(axes, tables, plan)
            legend(axes)

        return PANEL_IN, panel

    return [drawn(one) for one in (_draw_load, _draw_backlog, _draw_age, _draw_state)]


def _draw_load(axes: Axes, tables: Tables, plan: Plan) -> None:
    for name, colour, load in _tiers(tables, plan, first=1):
        at_s, offered = _curve(load, "offered_max")
        look: Any = {"color": colour, "linewidth": 1.7}
        axes.plot(at_s, np.maximum(offered, LEAST_LOAD), label=name, **look)
        at_s, busy = _curve(load, "utilisation_max")
        dashed: Any = {"color": colour, "linewidth": 1.1, "linestyle": DASHED}
        axes.plot(at_s, np.maximum(busy, LEAST_LOAD), **dashed)
    axes.plot([], [], color=GREY, linewidth=1.1, linestyle=DASHED, label="utilisation")
    axes.axhline(1, color=INK, linewidth=0.9, linestyle=":", label="all of its time")
    low, high = axes.get_ylim()
    axes.set_ylim(max(low, LEAST_LOAD) / 2, 2 * high)
    log_axis(axes, "load")
    axes.set_title("What the busiest node of each tier is asked to take in, in seconds a second")


def _draw_backlog(axes: Axes, tables: Tables, plan: Plan) -> None:
    for name, colour, load in _tiers(tables, plan, first=1):
        at_s, backlog = _curve(load, "backlog_max")
        axes.plot(at_s, backlog, color=colour, label=name)
    axes.set_yscale("symlog", linthresh=1)
    axes.set_ylim(bottom=0)
    axes.set_ylabel("messages")
    axes.set_title("Messages at the busiest node, in its queue or being taken in")


def _draw_age(axes: Axes, tables: Tables, plan: Plan) -> None:
    samples = tables.samples
    for column, label, width in (("oldest", "oldest", 1.7), ("mean", "mean", 1.0)):
        at_s, age_ns = thin(samples["time_ns"], samples[f"{column}_age_ns"], np.maximum)
        axes.plot(at_s, age_ns / NS_PER_S, color=VERMILLION, linewidth=width, label=label)
    bound_s = plan.staleness.baseline_ns / NS_PER_S
    axes.axhline(bound_s, color=INK, linewidth=1.1, linestyle="-.", label="baseline bound")
    log_axis(axes, "age (s)")
    axes.set_title("How old is what the root knows of an agent")


def _draw_state(axes: Axes, tables: Tables, plan: Plan) -> None:
    for name, colour, load in _tiers(tables, plan):
        at_s, state = _curve(load, "state_max")
        axes.plot(at_s, state, color=colour, label=name)
    assert plan.capacity is not None
    for (_, colour, _), limit in zip(_tiers(tables, plan), plan.capacity.memory_bytes, strict=True):
        if limit is not None:
            axes.axhline(limit, color=colour, linewidth=1.0, linestyle=DASHED)
    if any(plan.capacity.memory_bytes):
        axes.plot([], [], color=GREY, linewidth=1.0, linestyle=DASHED, label="memory")
    axes.set_yscale("log")
    axes.yaxis.set_major_formatter(lambda size, _: format_size(size))
    axes.set_ylabel("state")
    axes.set_title("State, history and queue of the fullest node of each tier")


def _tiers(tables: Tables, plan: Plan, first: int = 0) -> Iterator[tuple[str, str, Any]]:
    """Name, colour and load of each tier from `first` up."""
    top = len(plan.tiers) - 1
    for tier in range(first, top + 1):
        colour = VERMILLION if tier == top else COLOURS[tier % len(COLOURS)]
        yield plan.tiers[tier].name, colour, of_tier(tables, tier)


def _curve(load: Any, column: str) -> tuple[NDArray[np.float64], NDArray[Any]]:
    return thin(load["time_ns"], load[column], np.maximum)


def _headline(tables: Tables, plan: Plan) -> str:
    """Who is busiest, and whether that is too much."""
    load = CAPACITY_FIGURES["capacity.offered.max"](tables, plan)
    name = _extreme(tables, "offered", "offered")
    if load > 1:
        return f"{plan.name}: {name} is asked for {load:.3g} times what it can do"
    if not load > 0:
        return f"{plan.name}: messages take nobody any time"
    return f"{plan.name}: everybody keeps up, {name} has most to do, a load of {load:.3g}"


def _extreme(tables: Tables, what: str, column: str) -> str:
    """The node where it is largest."""
    rows = np.flatnonzero(tables.extremes["what"] == what)
    return str(tables.extremes["node"][rows[tables.extremes[column][rows].argmax()]])


def _sentence(tables: Tables, plan: Plan) -> str:
    """What waits and what is held, at the worst."""
    figures = {
        name: CAPACITY_FIGURES[f"capacity.{name}"](tables, plan)
        for name in ("backlog.max", "wait.max", "state.max", "state.total")
    }
    return (
        f"{plan.agents.count:,} agents: at most {figures['backlog.max']:,.0f} messages at a node, "
        f"a mean wait of {format_duration(figures['wait.max'] * NS_PER_S)} at "
        f"{_extreme(tables, 'wait', 'wait_ns')}; "
        f"{format_size(figures['state.max'])} in the fullest node, "
        f"{format_size(figures['state.total'])} in all"
    )
