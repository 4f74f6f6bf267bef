"""The figure of lies: how far they move what is published, and who gets away with it.

Panels from top to bottom, on one time axis, as far as the scenario has them: the bias of what is
published, of the plain mean and of the robust estimate, with integrity alerts; what was attested
and who was convicted; the evidence at the root with its bounds; who lied when. Orange bands are
times in which somebody lies.
"""

import math
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator
from numpy.typing import NDArray

from sim.errors import ResultsError
from sim.measure.breakdown import floor_sd
from sim.measure.integrity import at_root, biases
from sim.measure.tables import NEVER, Tables
from sim.report.lanes import legend
from sim.report.lies.lanes import (
    draw_attestation,
    draw_liars,
    liar_lanes,
    shade_lies,
    trial_rows,
)
from sim.report.lies.words import headline, sentence
from sim.report.log_axis import log_axis
from sim.report.page import LANE_IN, Panel, compose
from sim.report.series import thin
from sim.report.style import BLUE, GREEN, INK, ORANGE, SKY, VERMILLION, styled
from sim.report.table import written
from sim.scenario.measured import lacks
from sim.scenario.plan import Plan

PANEL_IN: Final = {"bias": 2.6, "evidence": 1.9}
DECADES: Final = 1.3
"""Decades from which on biases are drawn on a logarithmic axis."""
LEAST_SD: Final = 1e-4
"""A bias below this is drawn here: a logarithmic axis has no 0."""
ROOM: Final = 1.5
STEEP: Final = 10.0
"""Evidence of more than so many thresholds is drawn on a logarithmic axis, both ways."""
CURVES: Final[Any] = (
    ("bias_plain", {"color": VERMILLION, "linewidth": 1.5, "linestyle": (0, (4, 2)),
                    "label": "plain mean of all"}),
    ("bias_robust", {"color": GREEN, "linewidth": 1.5, "linestyle": (0, (1, 1)),
                     "label": "robust estimate"}),
    ("bias", {"color": BLUE, "linewidth": 2.0, "label": "published"}),
)  # fmt: skip
FLOOR: Final[Any] = {"color": INK, "linewidth": 1.3, "linestyle": "-."}


def is_about_lies(plan: Plan) -> bool:
    """Whether a run of a plan has anything that this figure shows."""
    return not all(
        lacks(name, plan) for name in ("bias.max", "attest.convicted", "evidence.missed")
    )


def lies_figure(tables: Tables, plan: Plan) -> Figure:
    """The figure of one replication, 10 inches wide and as high as its panels need (about 8).

    Raises ResultsError for a run without adversaries, robust rule, attestation and evidence.
    """
    if not is_about_lies(plan):
        raise ResultsError(
            f"{plan.name} has no `adversaries`, no robust `baseline.rule`, no `attest` and no "
            "`evidence`, so there is no figure of lies"
        )
    with styled():
        header = headline(tables, plan), sentence(tables, plan)
        return compose(_panels(tables, plan), tables, plan, header)


def _panels(tables: Tables, plan: Plan) -> list[Panel]:
    """Height in inches and drawing of each panel, top to bottom."""
    shown, end_s = liar_lanes(tables, plan), plan.duration_ns / 1e9
    panels: list[Panel] = []
    if len(biases(tables, plan)):
        panels.append((PANEL_IN["bias"], lambda axes: _draw_bias(axes, tables, plan)))
    if plan.attest is not None:
        height = LANE_IN * max(trial_rows(tables), 4)
        panels.append((height, lambda axes: draw_attestation(axes, tables, plan)))
    if plan.evidence is not None and len(at_root(tables.evidence, plan)["time_ns"]):
        panels.append((PANEL_IN["evidence"], lambda axes: _draw_evidence(axes, tables, plan)))
    lanes_in = LANE_IN * max(len(shown), 2)
    return [*panels, (lanes_in, lambda axes: draw_liars(axes, shown, end_s))]


def _draw_bias(axes: Axes, tables: Tables, plan: Plan) -> None:
    """Magnitudes, on a logarithmic axis where they span more than about a decade."""
    judged = np.concatenate([biases(tables, plan, column) for column, _ in CURVES])
    low, high = max(float(judged.min()), LEAST_SD), max(float(judged.max()), LEAST_SD)
    is_log = math.log10(high / low) > DECADES
    for column, look in CURVES:
        if len(biases(tables, plan, column)):
            _step(axes, tables, plan, column, look)
    top = max(high, _draw_floor(axes, tables, plan))
    axes.set_ylim(low / ROOM if is_log else 0.0, top * ROOM)
    if is_log:
        log_axis(axes, "bias (sd)")
    else:
        axes.set_ylabel("bias (sd)")
    shade_lies(axes, tables, plan)
    _draw_alerts(axes, tables)
    axes.set_title("How far off: worst feature, in standard deviations between correct agents")
    legend(axes)


def _step(axes: Axes, tables: Tables, plan: Plan, column: str, look: Any) -> None:
    """A curve of what is judged: each publication holds until the next, the last to the end."""
    rows = tables.integrity
    judged = rows["published_ns"] >= plan.staleness.baseline_ns
    at_s, values = thin(rows["published_ns"][judged], np.abs(rows[column][judged]), np.fmax)
    until_s = np.append(at_s, plan.duration_ns / 1e9)
    shown = np.maximum(np.append(values, values[-1:]), LEAST_SD)
    axes.step(until_s, shown, where="post", **look)


def _draw_floor(axes: Axes, tables: Tables, plan: Plan) -> float:
    """What so many lying agents can force on every rule, while they lie; the highest of it."""
    at_ns, share = liar_shares(tables, plan)
    floor = np.array([floor_sd(min(one, 1.0)) for one in share])
    known = floor[np.isfinite(floor) & (floor > 0)]
    if not len(known):
        return 0.0
    shown = np.where(np.isfinite(floor) & (floor > 0), floor, np.nan)
    most = float(known.max())
    words = f"floor: what {written(float(share[floor == most][0]), 'share')} of liars\ncan force"
    label = f"{words} on any rule: {most:.3g} sd"
    axes.step(at_ns / 1e9, shown, where="post", label=label, **FLOOR)
    return most


def liar_shares(tables: Tables, plan: Plan) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """The share of agents that lie, from each instant at which it changes to the next.

    The last instant is the end of the run. Agents of two adversaries are counted twice.
    """
    rows = tables.adversaries
    until_ns = np.where(rows["until_ns"] == NEVER, plan.duration_ns, rows["until_ns"])
    at_ns = np.unique(np.concatenate([[0, plan.duration_ns], rows["at_ns"], until_ns]))
    at_ns = at_ns[at_ns <= plan.duration_ns].astype(np.int64)
    is_on = (rows["at_ns"] <= at_ns[:, None]) & (at_ns[:, None] < until_ns) & (rows["tier"] == 0)
    return at_ns, (is_on * rows["nodes"]).sum(axis=1) / plan.agents.count


def _draw_alerts(axes: Axes, tables: Tables) -> None:
    """A mark at the upper edge for each publication with an alert."""
    rows = tables.integrity
    at_s = rows["published_ns"][rows["alert"]] / 1e9
    if len(at_s):
        look: Any = {"color": ORANGE, "markeredgecolor": INK, "markeredgewidth": 0.5}
        edge = axes.get_xaxis_transform()
        label = f"integrity alert ({len(at_s)})"
        axes.plot(at_s, [0.96] * len(at_s), "v", transform=edge, markersize=5, label=label, **look)


def _draw_evidence(axes: Axes, tables: Tables, plan: Plan) -> None:
    """Above the band's lower edge there is an alarm, below its upper edge a doubt."""
    assert plan.evidence is not None
    rows, threshold = at_root(tables.evidence, plan), plan.evidence.threshold
    at_s = rows["time_ns"] / 1e9
    band: Any = {"color": SKY, "alpha": 0.45, "linewidth": 0, "step": "post"}
    limit: Any = {"color": INK, "linewidth": 1.3, "linestyle": "-."}
    liars: Any = {"color": VERMILLION, "linewidth": 1.5, "linestyle": (0, (4, 2))}
    axes.fill_between(at_s, rows["lower"], rows["upper"], label="bounds [L, U]", **band)
    axes.step(at_s, rows["all"], where="post", label="all reports", **liars)
    axes.step(at_s, rows["honest"], where="post", color=BLUE, linewidth=2.0, label="correct agents")
    axes.axhline(threshold, label=f"threshold {threshold:g} nat", **limit)
    known = np.concatenate([rows[name] for name in ("all", "honest", "lower", "upper")])
    if float(np.abs(known[np.isfinite(known)]).max()) > STEEP * threshold:
        _log_both_ways(axes, threshold)
    axes.set_ylabel("log-odds (nat)")
    shade_lies(axes, tables, plan)
    axes.set_title("Evidence at the root: alarm if L is above the threshold, clear if U is below")
    legend(axes)


def _log_both_ways(axes: Axes, threshold: float) -> None:
    """Linear up to the threshold, logarithmic beyond it, with a mark for each power of ten."""
    axes.set_yscale("symlog", linthresh=threshold, linscale=0.6)
    powers = 10.0 ** np.arange(math.ceil(math.log10(threshold)), 16)
    axes.yaxis.set_major_locator(FixedLocator([*(-powers[::-1]), 0.0, *powers]))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.yaxis.set_minor_locator(NullLocator())
