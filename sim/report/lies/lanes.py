"""Lanes of the figure of lies: who lied when, what was attested, and who was convicted.

Orange is always somebody who lies. An arrow goes from the first lie of an aggregator to its
conviction, and to the end of the run where that never came.
"""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from sim.measure.deeds import deeds
from sim.measure.integrity import judged_rounds
from sim.measure.spans import Spans, union
from sim.measure.tables import ATTESTED, DISPUTED, NEVER, UNATTESTED, Tables
from sim.report.lanes import (
    CUT_OFF,
    FAULT,
    HEIGHT,
    OPEN,
    Lane,
    beside,
    label_rows,
    lanes,
    legend,
)
from sim.report.lies.deeds import who
from sim.report.series import when
from sim.report.style import GREEN, INK, ORANGE, PALE, VERMILLION
from sim.report.words import seconds
from sim.scenario.plan import Plan

LIARS_MAX: Final = 6
TRIALS_MAX: Final = 6
LIES: Final[Any] = {"facecolor": ORANGE, "edgecolor": "white", "hatch": "\\\\\\\\", "linewidth": 0}
SOMEBODY_LIES: Final[Any] = {"color": ORANGE, "alpha": 0.13, "linewidth": 0, "zorder": 0}
STATUS: Final[Any] = {
    ATTESTED: ("attested", {"color": OPEN}),
    UNATTESTED: ("not attested yet", {"color": PALE}),
    DISPUTED: ("disputed", CUT_OFF),
}
"""Words and look of the states of a published baseline."""


def lying_spans(tables: Tables, plan: Plan) -> Spans:
    """When at least one adversary lies."""
    rows = tables.adversaries
    until_ns = np.where(rows["until_ns"] == NEVER, plan.duration_ns, rows["until_ns"])
    return union(rows["at_ns"], np.minimum(until_ns, plan.duration_ns))


def shade_lies(axes: Axes, tables: Tables, plan: Plan) -> None:
    """A pale band for each time in which somebody lies."""
    for begin_ns, end_ns in lying_spans(tables, plan):
        axes.axvspan(begin_ns / 1e9, end_ns / 1e9, **SOMEBODY_LIES)


def liar_lanes(tables: Tables, plan: Plan) -> list[Lane]:
    """A lane an adversary (few of them), then one a fault."""
    found = [
        Lane(f"{one.kind}: {who(one.tier, one.nodes, plan)}", _time(one.at_ns, one.until_ns, plan),
             is_region=True, note="" if one.acts else "told no lie")
        for one in deeds(tables)
    ]  # fmt: skip
    if len(found) > LIARS_MAX:
        rest = found[LIARS_MAX - 1 :]
        spans = np.concatenate([lane.spans for lane in rest])
        more = Lane(f"{len(rest)} more adversaries", union(spans[:, 0], spans[:, 1]), True)
        found = [*found[: LIARS_MAX - 1], more]
    return [*found, *(lane for lane in lanes(tables, plan) if not lane.is_region)]


def _time(at_ns: int, until_ns: int, plan: Plan) -> Spans:
    return np.array([[at_ns, plan.duration_ns if until_ns == NEVER else until_ns]])


def draw_liars(axes: Axes, shown: Sequence[Lane], duration_s: float) -> None:
    """One bar chart row a lane; a lane that `is_region` is one of liars."""
    for row, lane in enumerate(shown):
        begin_s, length_s = lane.spans[:, 0] / 1e9, np.diff(lane.spans, axis=1)[:, 0] / 1e9
        look = LIES if lane.is_region else {"color": FAULT}
        axes.barh(np.full(len(begin_s), row), length_s, HEIGHT, begin_s, **look)
        if lane.note and lane.is_region:
            ends_s = (float(begin_s[-1]), float(begin_s[-1] + length_s[-1]))
            beside(axes, row, ends_s, lane.note, duration_s, duration_s)
    label_rows(axes, [lane.label for lane in shown])
    axes.set_title("Who lied, and what was done to the network")
    key: list[Artist] = []
    if any(lane.is_region for lane in shown):
        # What the scenario says: who is convicted and replaced lies no longer.
        key = [
            Patch(label="told to lie", **LIES),
            Patch(label="pale: somebody is", **SOMEBODY_LIES),
        ]
    if any(not lane.is_region for lane in shown):
        key.append(Patch(facecolor=FAULT, label="fault in force"))
    legend(axes, key)


def trial_rows(tables: Tables) -> int:
    """How many rows the panel of attestation has."""
    return 2 + min(len(tables.convictions["node"]), TRIALS_MAX + 1)


def draw_attestation(axes: Axes, tables: Tables, plan: Plan) -> None:
    """What was attested, which rounds were, and a row for each aggregator that was on trial."""
    there = _draw_status(axes, tables, plan)
    _draw_rounds(axes, tables, plan)
    order = np.argsort(_begin_ns(tables), kind="stable")
    for row, place in enumerate(order[:TRIALS_MAX], start=2):
        _draw_trial(axes, row, {k: v[place].item() for k, v in tables.convictions.items()}, plan)
    rest = order[TRIALS_MAX:]
    if len(rest):
        convicted_ns = tables.convictions["convicted_ns"][rest]
        at_s = convicted_ns[convicted_ns != NEVER] / 1e9
        axes.plot(at_s, [2 + TRIALS_MAX] * len(at_s), "|", color=INK, markersize=9)
    label_rows(axes, ["published baseline", "rounds", *_names(tables, plan, order)])
    axes.set_title("What was attested, and how long lying aggregators got away with it")
    legend(axes, [*_status_key(there), *_trial_key(tables, plan)])


def _begin_ns(tables: Tables) -> Any:
    rows = tables.convictions
    return np.where(rows["lied_ns"] == NEVER, rows["convicted_ns"], rows["lied_ns"])


def _names(tables: Tables, plan: Plan, order: Any) -> list[str]:
    rows = tables.convictions
    found = [f"{plan.tiers[rows['tier'][one]].name}-{rows['node'][one]}" for one in order]
    if len(found) <= TRIALS_MAX:
        return found
    return [*found[:TRIALS_MAX], f"{len(found) - TRIALS_MAX} more aggregators"]


def _draw_status(axes: Axes, tables: Tables, plan: Plan) -> list[int]:
    """The states that occur; a publication holds until the next one."""
    rows = tables.integrity
    there = [state for state in STATUS if (rows["status"] == state).any()]
    for state in there:
        spans = when(rows["published_ns"], rows["status"] == state, plan.duration_ns) / 1e9
        length_s = np.diff(spans, axis=1)[:, 0]
        axes.barh(np.zeros(len(spans)), length_s, HEIGHT, spans[:, 0], **STATUS[state][1])
    return there


def _draw_rounds(axes: Axes, tables: Tables, plan: Plan) -> None:
    """A bar from each commitment to the last acknowledgement; a cross where one never came."""
    rows = tables.attestation
    good = rows["attested_ns"] != NEVER
    begin_s, end_s = rows["committed_ns"][good] / 1e9, rows["attested_ns"][good] / 1e9
    axes.barh(np.ones(len(begin_s)), end_s - begin_s, 0.3, begin_s, color=GREEN)
    failed_s = rows["committed_ns"][~good & judged_rounds(tables, plan)] / 1e9
    axes.plot(failed_s, np.ones(len(failed_s)), "x", color=VERMILLION, markersize=6)


def _draw_trial(axes: Axes, row: int, one: dict[str, Any], plan: Plan) -> None:
    """An arrow from the first lie to the conviction; who was convicted for nothing has a cross."""
    lied_ns, convicted_ns = one["lied_ns"], one["convicted_ns"]
    end_s = plan.duration_ns / 1e9
    if lied_ns == NEVER or NEVER < convicted_ns < lied_ns:
        at_s = convicted_ns / 1e9
        axes.plot(at_s, row, "X", color=VERMILLION, markersize=8)
        beside(axes, row, (at_s, at_s), "innocent", end_s, end_s)
        return
    is_free = convicted_ns == NEVER
    stop_s = end_s if is_free else convicted_ns / 1e9
    look = {"arrowstyle": "-|>", "color": ORANGE, "linewidth": 2.2, "shrinkA": 0, "shrinkB": 0}
    axes.annotate("", (stop_s, row), (lied_ns / 1e9, row), arrowprops=look)
    words = "not convicted" if is_free else f"+{seconds(convicted_ns - lied_ns)}"
    if not is_free:
        axes.plot(stop_s, row, "|", color=INK, markersize=9)
    beside(axes, row, (lied_ns / 1e9, stop_s), words, end_s, end_s)


def _status_key(there: Sequence[int]) -> list[Artist]:
    return [Patch(label=STATUS[state][0], **STATUS[state][1]) for state in there]


def _trial_key(tables: Tables, plan: Plan) -> list[Artist]:
    rows, trials = tables.attestation, tables.convictions
    key: list[Artist] = []
    if (rows["attested_ns"] != NEVER).any():
        key.append(Patch(color=GREEN, label="acknowledged by every agent"))
    if ((rows["attested_ns"] == NEVER) & judged_rounds(tables, plan)).any():
        cross: Any = {"color": VERMILLION, "marker": "x", "linestyle": ""}
        key.append(Line2D([], [], label="not acknowledged by all", **cross))
    if (trials["lied_ns"] != NEVER).any():
        line: Any = {"color": ORANGE, "linewidth": 2.2, "markersize": 9, "markeredgecolor": INK}
        key.append(Line2D([], [], label="from first lie to conviction", marker="|", **line))
    return key
