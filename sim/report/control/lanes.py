"""Lanes of the control plane: what each replica decided, what became of alerts, who was missed.

A tick is a decision, with a line from its proposal where that took long; gaps are publications that
a replica never put out. Whatever matters differs in marker or hatch, and not in colour alone.
"""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from sim.measure.agreement import has_replicas, judged
from sim.measure.alerts import COMMITTED, EXPIRED, PROVISIONAL, raised
from sim.measure.tables import Tables
from sim.report.control.alert_history import history
from sim.report.control.watch_lanes import draw_watch, watched
from sim.report.lanes import HEIGHT, beside, label_rows, legend
from sim.report.page import LANE_IN, Panel
from sim.report.style import BLUE, GREEN, INK, ORANGE, PALE, VERMILLION
from sim.report.words import seconds
from sim.scenario.plan import Plan

REPLICAS_MAX: Final = 8
ALERTS_MAX: Final = 6
ROWS_LEAST: Final = 3
DECIDED: Final[Any] = {"color": BLUE, "marker": "|", "markersize": 8, "markeredgewidth": 1.4}
DIFFERS: Final[Any] = {
    "color": ORANGE, "marker": "o", "markersize": 5.5, "markerfacecolor": "white",
    "markeredgewidth": 1.4,
}  # fmt: skip
UNDECIDED: Final[Any] = {"color": VERMILLION, "marker": "x", "markersize": 5}
NEW_VIEW: Final[Any] = {"color": INK, "marker": "v", "markersize": 5}
STATES: Final[Any] = {
    PROVISIONAL: {"facecolor": ORANGE, "edgecolor": "white", "hatch": "////", "linewidth": 0},
    COMMITTED: {"facecolor": GREEN, "linewidth": 0},
    EXPIRED: {"facecolor": PALE, "edgecolor": INK, "hatch": "....", "linewidth": 0},
}
"""Looks of the states of an alert that are drawn."""


def control_panels(tables: Tables, plan: Plan) -> list[Panel]:
    """The panels of what reacts message by message; none in a scenario without it."""
    panels: list[Panel] = []
    if has_replicas(plan):
        rows = min(_replicas(plan), REPLICAS_MAX)
        panels.append((_height(rows), lambda axes: _draw_decisions(axes, tables, plan)))
    alerts = raised(tables.alerts)
    if alerts:
        rows = min(len(alerts), ALERTS_MAX)
        panels.append((_height(rows), lambda axes: _draw_alerts(axes, tables, plan)))
    members = watched(tables)
    if members:
        panels.append((_height(len(members)), lambda axes: draw_watch(axes, tables, plan)))
    return panels


def _height(rows: int) -> float:
    return LANE_IN * max(rows, ROWS_LEAST)


def _replicas(plan: Plan) -> int:
    return 1 if plan.replicas is None else plan.replicas.count


def _draw_decisions(axes: Axes, tables: Tables, plan: Plan) -> None:
    shown = min(_replicas(plan), REPLICAS_MAX)
    key = _waits(axes, tables, plan, shown)
    key += [_decisions(axes, tables, plan, shown), *_undecided(axes, tables, plan, shown)]
    key += _new_views(axes, tables, shown)
    label_rows(axes, [f"replica {replica}" for replica in range(shown)])
    assert plan.control.agreement is not None
    more = f" (the first {shown})" if shown < _replicas(plan) else ""
    kind = plan.control.agreement.protocol.kind
    axes.set_title(f"What each replica of the root publishes{more}: {kind}")
    legend(axes, [artist for one in key for artist in one])


def _waits(axes: Axes, tables: Tables, plan: Plan, shown: int) -> list[list[Artist]]:
    """A line from each proposal to its decision; named where it is longer than a period."""
    rows = tables.decisions
    mine = rows["replica"] < shown
    begin_ns, end_ns = rows["proposed_ns"][mine], rows["decided_ns"][mine]
    look: Any = {"color": BLUE, "linewidth": 1.0, "alpha": 0.6}
    axes.hlines(rows["replica"][mine], begin_ns / 1e9, end_ns / 1e9, **look)
    is_long = (end_ns - begin_ns > plan.baseline.publish_ns).any()
    return [[Line2D([], [], label="proposed, not decided yet", **look)]] if is_long else []


def _decisions(axes: Axes, tables: Tables, plan: Plan, shown: int) -> list[Artist]:
    """A tick each; a ring where replicas have published different things under one number."""
    rows, epsilon = tables.decisions, plan.baseline.epsilon
    far = np.unique(rows["version"][rows["apart"] > epsilon])
    differs = np.isin(rows["version"], far)
    words = (("decided", DECIDED, ~differs), (f"differs by > {epsilon:g} sd", DIFFERS, differs))
    key: list[Artist] = []
    for label, look, chosen in words:
        mine = chosen & (rows["replica"] < shown)
        if mine.any():
            _marks(axes, rows["decided_ns"][mine], rows["replica"][mine], look)
            key.append(Line2D([], [], linestyle="", label=label, **look))
    return key


def _undecided(axes: Axes, tables: Tables, plan: Plan, shown: int) -> list[list[Artist]]:
    """A cross where a publication was proposed in vain."""
    rows = judged(tables, plan)
    never = rows["decided_ns"] < 0
    mine = never & (rows["replica"] < shown)
    if not mine.any():
        return []
    _marks(axes, rows["proposed_ns"][mine], rows["replica"][mine], UNDECIDED)
    label = f"never decided ({int(never.sum())})"
    return [[Line2D([], [], linestyle="", label=label, **UNDECIDED)]]


def _new_views(axes: Axes, tables: Tables, shown: int) -> list[list[Artist]]:
    """A mark above the first decision after the view has risen by more than it usually does."""
    rows = tables.decisions
    found = False
    for replica in range(shown):
        mine = np.flatnonzero(rows["replica"] == replica)
        mine = mine[np.argsort(rows["version"][mine], kind="stable")]
        rises = np.diff(rows["view"][mine])
        if len(rises):
            new = mine[1:][rises > np.median(rises)]
            _marks(axes, rows["decided_ns"][new], np.full(len(new), replica - 0.42), NEW_VIEW)
            found |= bool(len(new))
    return (
        [[Line2D([], [], linestyle="", label="after a change of view", **NEW_VIEW)]]
        if found
        else []
    )


def _marks(axes: Axes, at_ns: Any, rows: Any, look: Any) -> None:
    axes.plot(at_ns / 1e9, rows, linestyle="", zorder=4, **look)


def _draw_alerts(axes: Axes, tables: Tables, plan: Plan) -> None:
    """A row an alert, and a word on how long it took."""
    every = raised(tables.alerts)[:ALERTS_MAX]
    end_s = plan.duration_ns / 1e9
    there: dict[str, None] = {}
    for row, alert in enumerate(every):
        spans = history(tables.alerts, alert, plan.duration_ns)
        for state, begin_ns, until_ns in spans:
            if state in STATES:
                there[state] = None
                begin_s, length_s = begin_ns / 1e9, (until_ns - begin_ns) / 1e9
                axes.barh(row, length_s, HEIGHT, begin_s, **STATES[state])
        _note(axes, row, spans, end_s)
    label_rows(axes, [_who(plan, alert) for alert in every])
    left = len(raised(tables.alerts)) - len(every)
    axes.set_title("Critical alerts" + (f" (and {left} more)" if left else ""))
    legend(axes, [Patch(label=state, **look) for state, look in STATES.items() if state in there])


def _note(axes: Axes, row: int, spans: Sequence[tuple[str, int, int]], end_s: float) -> None:
    """How long the commitment took, where the alert was committed."""
    raised_ns = spans[0][1]
    done = [begin_ns for state, begin_ns, _ in spans if state == COMMITTED]
    words = f"+{seconds(done[0] - raised_ns)}" if done else "not committed"
    ends_s = raised_ns / 1e9, (done[0] if done else raised_ns) / 1e9
    beside(axes, row, ends_s, words, end_s, end_s)


def _who(plan: Plan, alert: str) -> str:
    """An alert by who raises it."""
    known = () if plan.control.alerts is None else plan.control.alerts.raised
    return next((f"by {one.by}" for one in known if one.path == alert), alert)
