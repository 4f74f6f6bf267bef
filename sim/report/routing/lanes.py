"""The top of the figure of routing: what was wrong with agents, who lied, what was done to them.

A lane an anomaly, an adversary and a fault. Below, only grey bands (faults) and green lines (their
ends) go through the panels, so colours there are those of curves alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from sim.measure.spans import union
from sim.measure.tables import NEVER, Tables
from sim.report.detection.lanes import ANOMALOUS
from sim.report.lanes import FAULT, HEAL, HEIGHT, Lane, beside, label_rows, legend
from sim.report.lies.lanes import LIES, liar_lanes
from sim.report.style import GREEN, INK
from sim.scenario.plan import AnomalyPlan, Plan

ANOMALIES_MAX: Final = 6
FAULTY: Final[Any] = {"facecolor": FAULT, "linewidth": 0}
ENDS: Final[Any] = {"color": GREEN, "linewidth": 1.6}


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """A lane, what it is about in the legend, and how its bars look."""

    lane: Lane
    about: str
    look: Any


def trouble(tables: Tables, plan: Plan) -> list[Row]:
    """The lanes from top to bottom; none where nothing goes wrong."""
    others = liar_lanes(tables, plan)
    return [
        *(Row(lane, "anomaly", ANOMALOUS) for lane in _anomalies(tables, plan)),
        *(Row(lane, "lies", LIES) for lane in others if lane.is_region),
        *(Row(lane, "fault in force", FAULTY) for lane in others if not lane.is_region),
    ]


def _anomalies(tables: Tables, plan: Plan) -> list[Lane]:
    """Those of the scenario; where it has none, those that a trace has labelled."""
    found = [_anomaly(one, plan) for one in plan.anomalies]
    rows = tables.criticals
    if not found and len(rows["begin_ns"]):
        until_ns = np.where(rows["end_ns"] == NEVER, plan.duration_ns, rows["end_ns"])
        found.append(Lane("in the trace", union(rows["begin_ns"], until_ns), False))
    if len(found) <= ANOMALIES_MAX:
        return found
    rest = np.concatenate([lane.spans for lane in found[ANOMALIES_MAX - 1 :]])
    label = f"{len(found) - ANOMALIES_MAX + 1} more anomalies"
    return [*found[: ANOMALIES_MAX - 1], Lane(label, union(rest[:, 0], rest[:, 1]), False)]


def _anomaly(one: AnomalyPlan, plan: Plan) -> Lane:
    until_ns = plan.duration_ns if one.until_ns is None else one.until_ns
    who = ", ".join(f"{name} of agents" if name.endswith("%") else name for name in one.agents[:2])
    more = f" and {len(one.agents) - 2} more" if len(one.agents) > 2 else ""
    return Lane(f"{one.kind}: {who}{more}", np.array([[one.at_ns, until_ns]]), False)


def draw_trouble(axes: Axes, rows: Sequence[Row], tables: Tables, plan: Plan) -> None:
    """A row a lane; its note stands beside its last bar."""
    duration_s = plan.duration_ns / 1e9
    for place, row in enumerate(rows):
        begin_s, end_s = row.lane.spans[:, 0] / 1e9, row.lane.spans[:, 1] / 1e9
        axes.barh(np.full(len(begin_s), place), end_s - begin_s, HEIGHT, begin_s, **row.look)
        if row.lane.note:
            colour = GREEN if row.lane.note == HEAL else INK
            ends_s = (float(begin_s[-1]), float(end_s[-1]))
            beside(axes, place, ends_s, row.lane.note, duration_s, duration_s, colour)
    label_rows(axes, [row.lane.label for row in rows])
    draw_ends(axes, tables, plan)
    axes.set_title("What goes wrong")
    looks = {row.about: row.look for row in rows}
    key: list[Artist] = [Patch(label=about, **look) for about, look in looks.items()]
    if fault_ends_s(tables, plan):
        key.append(Line2D([], [], label="a fault ends", **ENDS))
    legend(axes, key)


def draw_ends(axes: Axes, tables: Tables, plan: Plan) -> None:
    """A green line for each end of a fault, through a panel."""
    for end_s in fault_ends_s(tables, plan):
        axes.axvline(end_s, zorder=1.5, **ENDS)


def fault_ends_s(tables: Tables, plan: Plan) -> list[float]:
    """When faults end before the run does, whether they cut somebody off or not."""
    until_ns = tables.faults["until_ns"]
    within = (until_ns != NEVER) & (until_ns < plan.duration_ns)
    return sorted(set((until_ns[within] / 1e9).tolist()))
