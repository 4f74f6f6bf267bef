"""The figure of routing: what went wrong, what was sent, how long it waited, how old and how right
the root's view was.

Panels from top to bottom, on one time axis: lanes of anomalies, liars and faults; messages by
class, waits by class; where anything is lost, losses by class and the longest queue; where agents
die and others would miss their heartbeats, who is down and who is taken for dead; ages and errors.
Grey bands are faults, green lines their ends.
"""

from collections.abc import Callable, Iterator
from typing import Final

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.errors import ResultsError
from sim.measure.tables import Tables
from sim.report.lanes import legend
from sim.report.page import LANE_IN, Panel, compose
from sim.report.routing.curves import (
    draw_ages,
    draw_deaths,
    draw_drops,
    draw_errors,
    draw_messages,
    draw_queue,
    draw_waits,
    has_waits,
)
from sim.report.routing.lanes import draw_ends, draw_trouble, trouble
from sim.report.routing.words import headline, sentence
from sim.report.style import styled
from sim.scenario.plan import Plan

LANES_LEAST: Final = 3
Draw = Callable[[Axes, Tables, Plan], None]


def routing_figure(tables: Tables, plan: Plan) -> Figure:
    """The figure of one replication, 10 inches wide. Raises ResultsError without `routing`."""
    if plan.routing is None:
        raise ResultsError(f"{plan.name} has no `routing`, so there is no figure of it")
    with styled():
        header = headline(tables, plan), sentence(tables, plan)
        return compose(list(_panels(tables, plan)), tables, plan, header)


def _panels(tables: Tables, plan: Plan) -> Iterator[Panel]:
    """Height in inches and drawing of each panel, top to bottom."""
    rows = trouble(tables, plan)
    if rows:
        height = LANE_IN * max(len(rows), LANES_LEAST)
        yield height, lambda axes: draw_trouble(axes, rows, tables, plan)
    for height, draw in _curves(tables, plan):
        yield height, _drawn(draw, tables, plan)


def _curves(tables: Tables, plan: Plan) -> Iterator[tuple[float, Draw]]:
    """The panels that have anything to show."""
    assert plan.routing is not None, "there is a figure only of what there is"
    yield 1.5, draw_messages
    if has_waits(tables):
        yield 1.7, draw_waits
    if tables.updates["dropped"].any():
        yield 1.2, draw_drops
        if plan.routing.rate_bps is not None:
            yield 1.2, draw_queue
    if plan.routing.heartbeat_ns is not None and len(tables.deaths["agent"]):
        yield 1.3, draw_deaths
    yield 2.0, draw_ages
    yield 1.7, draw_errors


def _drawn(draw: Draw, tables: Tables, plan: Plan) -> Callable[[Axes], None]:
    def drawn(axes: Axes) -> None:
        draw(axes, tables, plan)
        draw_ends(axes, tables, plan)
        legend(axes)

    return drawn
