"""The figure of a tree that changes: who is there, which nodes there are, and what is counted.

Panels from top to bottom, on one time axis: faults (if there are any), agents that are there, nodes
in use by tier, children of the smallest and the largest node of each tier within their bounds, a
mark for each operation, and the values that the root never counts (if there are any). Grey bands
are faults, darker for cuts; green lines are heals.
"""

from functools import partial
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from sim.errors import ResultsError
from sim.measure.tables import Tables
from sim.report.evolution.words import headline, is_last_small, sentence
from sim.report.lanes import FAULT, draw_lanes, label_rows, lanes, legend
from sim.report.page import LANE_IN, Panel, compose
from sim.report.style import BLUE, GREEN, INK, ORANGE, PURPLE, SKY, VERMILLION, styled
from sim.scenario.plan import Plan

PANEL_IN: Final = {"agents": 1.3, "nodes": 1.3, "children": 1.5, "uncounted": 1.1}
LANES: Final[dict[str, tuple[str, str]]] = {
    "split": ("split", BLUE),
    "merge": ("merge", VERMILLION),
    "borrow": ("borrow", GREEN),
    "fail": ("failure", INK),
    "replace": ("replacement", INK),
    "retire": ("local given up", PURPLE),
    "move": ("children dealt out", INK),
    "isolate": ("isolated", ORANGE),
    "watch": ("watched faster", PURPLE),
    "reseat": ("all dealt anew", PURPLE),
    "restore": ("spare again", INK),
}
"""Operations from top to bottom: how each lane is called, and its colour."""
TOLD_MAX: Final = 25
"""Epochs up to which there is room for a number beside each tick."""
REFUSED: Final = "refused"
TIERS: Final[tuple[dict[str, Any], ...]] = (
    {"color": BLUE, "linewidth": 2.0},
    {"color": VERMILLION, "linewidth": 1.6, "linestyle": (0, (5, 1.5))},
    {"color": INK, "linewidth": 1.3, "linestyle": (0, (1, 1))},
)


def evolution_figure(tables: Tables, plan: Plan) -> Figure:
    """The figure of one replication, 10 inches wide and as high as its panels need (about 9).

    Raises ResultsError for a run whose tree stays as it is.
    """
    if plan.evolution is None:
        raise ResultsError(f"{plan.name} has no `evolution`, so its tree stays as it is")
    with styled():
        header = headline(tables, plan), sentence(tables, plan)
        return compose(_panels(tables, plan), tables, plan, header)


def _panels(tables: Tables, plan: Plan) -> list[Panel]:
    """Height in inches and drawing of each panel, top to bottom."""
    assert plan.evolution is not None
    did, faults = _lanes(tables), _faults(tables, plan)
    children: list[Panel] = [
        (PANEL_IN["children"], partial(_children, tables=tables, plan=plan, tier=tier))
        for tier in range(1, len(plan.evolution.fan_in) + 1)
    ]
    return [
        *faults,
        (PANEL_IN["agents"], lambda axes: _agents(axes, tables, plan)),
        (PANEL_IN["nodes"], lambda axes: _nodes(axes, tables, plan)),
        *children,
        (LANE_IN * max(len(did), 2), lambda axes: _operations(axes, did)),
        *_lost(tables, plan),
    ]


def _lost(tables: Tables, plan: Plan) -> list[Panel]:
    """No panel where the root counts all there is: the sentence below the title says so."""
    census = tables.census
    if np.array_equal(census["values"], census["values_counted"]):
        return []
    return [(PANEL_IN["uncounted"], lambda axes: _uncounted(axes, tables, plan))]


def _faults(tables: Tables, plan: Plan) -> list[Panel]:
    """A lane a fault. Regions have none: here they are places, and a spare one reaches nobody."""
    shown = [lane for lane in lanes(tables, plan) if not lane.is_region]

    def draw(axes: Axes) -> None:
        draw_lanes(axes, shown, plan.duration_ns / 1e9)
        axes.set_title("What was done to the network")
        legend(axes, [Patch(facecolor=FAULT, label="fault in force")])

    return [(LANE_IN * max(len(shown), 2), draw)] if shown else []


def _agents(axes: Axes, tables: Tables, plan: Plan) -> None:
    """Agents in the tree at the end of each pane, and those that the root counts in it."""
    census, pane_s = tables.census, plan.baseline.pane_ns / 1e9
    begin_s = census["pane"] * pane_s
    look: Any = {"color": VERMILLION, "linewidth": 1.5, "linestyle": (0, (3, 1.5))}
    axes.step(*_held(begin_s, census["agents"], pane_s), where="post", color=SKY, linewidth=3.5,
              label="measured in a pane")  # fmt: skip
    axes.step(*_held(begin_s, census["agents_counted"], pane_s), where="post",
              label="counted by the root", **look)  # fmt: skip
    most = max(int(census["agents"].max(initial=1)), 1)
    axes.set_ylim(0, 1.12 * most)
    axes.set_ylabel("agents")
    axes.set_title(f"Agents: how many there are, of {plan.agents.count:,} places")
    legend(axes)


def _held(
    at_s: NDArray[Any], values: NDArray[Any], last_s: float
) -> tuple[NDArray[Any], NDArray[Any]]:
    """A curve of steps that goes on for so long after the last one."""
    return np.append(at_s, at_s[-1:] + last_s), np.append(values, values[-1:])


def _nodes(axes: Axes, tables: Tables, plan: Plan) -> None:
    assert plan.evolution is not None
    most = 1
    for tier, look in zip(range(1, len(plan.evolution.fan_in) + 1), TIERS, strict=False):
        at_s, nodes = _shape(tables, plan, tier, "nodes")
        name, places = plan.tiers[tier].name, plan.tiers[tier].count
        axes.step(at_s, nodes, where="post", label=f"{name}s, of {places:,} places", **look)
        most = max(most, int(nodes.max(initial=1)))
    axes.set_ylim(0, 1.15 * most)
    axes.set_ylabel("nodes")
    axes.set_title("Nodes in use; all other places are spare")
    legend(axes)


def _shape(tables: Tables, plan: Plan, tier: int, column: str) -> tuple[NDArray[Any], NDArray[Any]]:
    """A column of the shapes of a tier, each of which holds until the next epoch."""
    assert plan.evolution is not None
    rows = tables.shapes["tier"] == tier
    at_s = tables.shapes["at_ns"][rows] / 1e9
    last_s = plan.duration_ns / 1e9 - float(at_s[-1]) if len(at_s) else 0.0
    return _held(at_s, tables.shapes[column][rows], last_s)


def _children(axes: Axes, tables: Tables, plan: Plan, tier: int) -> None:
    """Smallest and largest node, within a band from the fewest to the most that there should be."""
    assert plan.evolution is not None
    bounds = plan.evolution.fan_in[tier - 1]
    at_s, least = _shape(tables, plan, tier, "least")
    _, most = _shape(tables, plan, tier, "most")
    words = f"wanted: {bounds.minimum} to {bounds.maximum}"
    axes.axhspan(bounds.minimum, bounds.maximum, color=SKY, alpha=0.18, linewidth=0, label=words)
    for edge in (bounds.minimum, bounds.maximum):
        axes.axhline(edge, color=INK, linewidth=1.0, linestyle="-.")
    axes.step(at_s, most, where="post", label="largest node", **TIERS[0])
    axes.step(at_s, least, where="post", label="smallest node", **TIERS[1])
    axes.set_ylim(0, 1.15 * max(bounds.maximum, int(most.max(initial=0))))
    axes.yaxis.set_major_locator(MaxNLocator(nbins="auto", integer=True, steps=[1, 2, 5, 10]))
    axes.set_ylabel("children")
    below = plan.tiers[tier - 1].name
    last = "; a last node may be smaller" if is_last_small(tables, tier, bounds.minimum) else ""
    axes.set_title(f"Children of a {plan.tiers[tier].name}: {below}s, after each epoch{last}")
    legend(axes)


def _lanes(tables: Tables) -> list[tuple[str, str, NDArray[Any]]]:
    """Label, colour and instants (s) of each kind of operation that there was."""
    kinds, at_s = tables.operations["kind"], tables.operations["at_ns"] / 1e9
    found = [
        (label, colour, at_s[kinds == kind])
        for kind, (label, colour) in LANES.items()
        if (kinds == kind).any()
    ]
    refused = np.char.startswith(kinds, REFUSED) if len(kinds) else np.zeros(0, np.bool_)
    if refused.any():
        found.append(("refused, no room", VERMILLION, at_s[refused]))
    return found


def _operations(axes: Axes, did: list[tuple[str, str, NDArray[Any]]]) -> None:
    """A tick for each epoch in which it was done, with how often if that is not once."""
    for row, (_, colour, at_s) in enumerate(did):
        epochs, often = np.unique(at_s, return_counts=True)
        look: Any = {"color": colour, "markersize": 11, "markeredgewidth": 2.2}
        axes.plot(epochs, np.full(len(epochs), row), "|", **look)
        told = often > 1 if len(epochs) <= TOLD_MAX else np.zeros(len(epochs), np.bool_)
        place: Any = {"xytext": (3, 0), "textcoords": "offset points", "va": "center"}
        for epoch, count in zip(epochs[told].tolist(), often[told].tolist(), strict=True):
            axes.annotate(f"{count:,}", (epoch, row), fontsize=8.5, **place)
    label_rows(axes, [f"{label} ({len(at_s):,})" for label, _, at_s in did])
    axes.set_title("What the tree did, and how often in an epoch; joins and leaves are not shown")


def _uncounted(axes: Axes, tables: Tables, plan: Plan) -> None:
    """A bar for each closed pane with values that the root lacks, or has too many of."""
    census, pane_s = tables.census, plan.baseline.pane_ns / 1e9
    values = np.maximum(census["values"], 1)
    lacks = 100 * (census["values"] - census["values_counted"]) / values
    begin_s = census["pane"] * pane_s
    look: Any = {"width": pane_s, "align": "edge", "linewidth": 0}
    axes.bar(begin_s, np.maximum(lacks, 0), color=ORANGE, label="not counted", **look)
    if (lacks < 0).any():
        axes.bar(begin_s, -np.minimum(lacks, 0), color=VERMILLION, hatch="////",
                 label="counted twice", **look)  # fmt: skip
    axes.set_ylim(0, max(1.0, 1.15 * float(np.abs(lacks).max(initial=0))))
    axes.set_ylabel("values (%)")
    axes.set_title("Values that were measured in a pane and that the root never counts")
    legend(axes)
