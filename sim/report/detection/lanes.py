"""Lanes of a figure about detection: who is anomalous when, and from when on somebody decides."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.patches import Patch
from numpy.typing import NDArray

from sim.measure.spans import Spans, union
from sim.measure.tables import Tables
from sim.report.lanes import HEIGHT, label_rows, legend
from sim.report.style import INK, PALE, PURPLE, SKY
from sim.scenario.plan import AnomalyPlan, Plan
from sim.units import format_count, format_duration

LANES_MAX: Final = 6
TRACE: Final = -1
"""`anomaly` of the segments that a trace has labelled itself."""
ANOMALOUS: Final[Any] = {
    "facecolor": PURPLE,
    "edgecolor": "white",
    "hatch": "....",
    "linewidth": 0,
}
CALIBRATING: Final = "#bdbdbd"
LETTER: Final = 0.0135
"""Width of a letter on the time axis, as a share of it."""
UNSCORED: Final[Any] = {"facecolor": "white", "edgecolor": PURPLE, "linewidth": 0.8}


@dataclass(frozen=True, slots=True, eq=False)
class AnomalyLane:
    """One anomaly: what it is, how many agents have it, and when any of them does."""

    label: str
    spans: Spans
    is_scored: bool = True
    """Whether any decision could find it."""


def anomaly_lanes(tables: Tables, plan: Plan) -> list[AnomalyLane]:
    """A lane an anomaly of the scenario, one for those of a trace; the last is for all the rest."""
    found = [_lane(tables, plan, one.number, one) for one in plan.anomalies]
    traced = tables.segments["anomaly"] == TRACE
    if traced.any():
        found.append(
            AnomalyLane(f"in the trace: {_agents(tables, traced)}", _spans(tables, traced))
        )
    if len(found) <= LANES_MAX:
        return found
    rest = np.concatenate([lane.spans for lane in found[LANES_MAX - 1 :]])
    label = f"{len(found) - LANES_MAX + 1} more anomalies"
    return [*found[: LANES_MAX - 1], AnomalyLane(label, union(rest[:, 0], rest[:, 1]))]


def _lane(tables: Tables, plan: Plan, number: int, anomaly: AnomalyPlan) -> AnomalyLane:
    """What the run recorded of an anomaly; if that is nothing, what the scenario says of it."""
    mine = tables.segments["anomaly"] == number
    if mine.any():
        return AnomalyLane(f"{anomaly.kind}: {_agents(tables, mine)}", _spans(tables, mine))
    until_ns = plan.duration_ns if anomaly.until_ns is None else anomaly.until_ns
    return AnomalyLane(anomaly.kind, np.array([[anomaly.at_ns, until_ns]]), is_scored=False)


def _spans(tables: Tables, chosen: NDArray[np.bool_]) -> Spans:
    rows = tables.segments
    return union(rows["begin_ns"][chosen], rows["end_ns"][chosen])


def _agents(tables: Tables, chosen: NDArray[np.bool_]) -> str:
    """How many agents some segments are of: about so many, where only a sample was kept."""
    agents, first = np.unique(tables.points["agent"], return_index=True)
    weights = tables.points["weight"][first][np.isin(agents, tables.segments["agent"][chosen])]
    count = round(float(weights.sum()))
    about = "about " if (weights != 1).any() else ""
    return about + format_count(count, "agent")


def draw_anomalies(axes: Axes, shown: Sequence[AnomalyLane], plan: Plan) -> None:
    """A row a lane, and one for the detection itself: learning, calibrating, deciding."""
    for row, lane in enumerate(shown):
        begin_s, length_s = lane.spans[:, 0] / 1e9, np.diff(lane.spans, axis=1)[:, 0] / 1e9
        look = ANOMALOUS if lane.is_scored else UNSCORED
        axes.barh(np.full(len(begin_s), row), length_s, HEIGHT, begin_s, **look)
    phases = _phases(plan)
    for phase in phases:
        _draw_phase(axes, len(shown), phase)
    label_rows(axes, [*(lane.label for lane in shown), "detection"])
    axes.set_title("What is wrong with agents, and from when on somebody looks for it")
    unnamed = [phase for phase in phases if not phase.is_named]
    legend(axes, [*_key(shown), *(Patch(color=one.colour, label=one.words) for one in unnamed)])


@dataclass(frozen=True, slots=True)
class _Phase:
    """What a detection does from when to when; named in its bar where there is room for that."""

    words: str
    begin_s: float
    end_s: float
    colour: str
    is_named: bool


def _phases(plan: Plan) -> list[_Phase]:
    assert plan.detection is not None
    end_ns = plan.duration_ns
    learnt_ns = min(plan.detection.learn_ns, end_ns)
    ready_ns = min(plan.detection.learn_ns + plan.detection.calibrate_ns, end_ns)
    every = format_duration(plan.detection.every_ns)
    found = [
        ("learns", 0, learnt_ns, PALE),
        ("calibrates", learnt_ns, ready_ns, CALIBRATING),
        (f"decides every {every}", ready_ns, end_ns, SKY),
    ]
    return [
        _Phase(words, begin / 1e9, end / 1e9, colour, end - begin > end_ns * LETTER * len(words))
        for words, begin, end, colour in found
        if end > begin
    ]


def _draw_phase(axes: Axes, row: int, phase: _Phase) -> None:
    axes.barh(row, phase.end_s - phase.begin_s, HEIGHT, phase.begin_s, color=phase.colour)
    if phase.is_named:
        middle = ((phase.begin_s + phase.end_s) / 2, row)
        axes.annotate(phase.words, middle, ha="center", va="center", fontsize=8.5, color=INK)


def _key(shown: Sequence[AnomalyLane]) -> list[Artist]:
    """What the bars mean, as far as there are any."""
    key: list[Artist] = []
    if any(lane.is_scored for lane in shown):
        key.append(Patch(label="some agent is anomalous", **ANOMALOUS))
    if not all(lane.is_scored for lane in shown):
        key.append(Patch(label="met no decision: not scored", **UNSCORED))
    if not shown:
        key.append(Patch(facecolor="none", label="nobody is anomalous"))
    return key
