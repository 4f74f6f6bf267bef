"""A tree that changes: who is there, which nodes there are, and what was done to keep its shape."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import numpy as np

from sim.report.evolution.words import headline, sentence
from sim.report.html.charts import LOOKS, Chart, curve
from sim.report.html.clock import clock_of
from sim.report.html.facts import Run
from sim.report.html.section import Section, Sheet, lead
from sim.units import NS_PER_S

OPERATIONS: Final = ("operation", "tier", "how often", "children moved", "first", "last")


def evolution_section(run: Run, points: int) -> Section | None:
    """Agents, nodes and operations; None of a run whose tree stays as it is."""
    tables, plan = run.tables, replace(run.plan, replications=1)
    if plan.evolution is None:
        return None
    return Section(
        key="evolution",
        title="A tree that changes",
        lead=lead(run, headline(tables, plan), sentence(tables, plan)),
        charts=[*_agents(run, points), *_nodes(run, points)],
        sheets=[Sheet("What the tree did", OPERATIONS, list(_operations(run)))],
    )


def _agents(run: Run, points: int) -> Iterator[Chart]:
    """Agents in the tree at the end of each pane, and those that the root counts in it."""
    rows = run.tables.census
    begin_s = rows["pane"] * run.plan.baseline.pane_ns / NS_PER_S
    sides = (("measured in a pane", "agents", "first"),
             ("counted by the root", "agents_counted", "second"))  # fmt: skip
    curves = [curve(label, begin_s, rows[column], look, points) for label, column, look in sides]
    if len(begin_s):
        title = f"Agents: how many there are, of {run.plan.agents.count:,} places"
        yield Chart("agents", title, "agents", curves)


def _nodes(run: Run, points: int) -> Iterator[Chart]:
    """Nodes in use after each epoch, by tier."""
    rows, curves = run.tables.shapes, []
    for tier, look in zip(np.unique(rows["tier"]).tolist(), LOOKS, strict=False):
        mine, places = rows["tier"] == tier, run.plan.tiers[tier]
        label = f"{places.name}s, of {places.count:,} places"
        at_s = rows["at_ns"][mine] / NS_PER_S
        curves.append(curve(label, at_s, rows["nodes"][mine], look, points))
    if curves:
        yield Chart("nodes", "Nodes in use; all other places are spare", "nodes", curves)


def _operations(run: Run) -> Iterator[list[str]]:
    """A row for each kind of operation and tier of the nodes that it was done to."""
    rows, clock = run.tables.operations, clock_of(run.plan.duration_ns)
    for kind in np.unique(rows["kind"]).tolist():
        for tier in np.unique(rows["tier"][rows["kind"] == kind]).tolist():
            mine = (rows["kind"] == kind) & (rows["tier"] == tier)
            at_ns, moved = rows["at_ns"][mine], int(rows["moved"][mine].sum())
            often = (f"{len(at_ns):,}", f"{moved:,}", clock.at(at_ns.min()), clock.at(at_ns.max()))
            yield [kind, run.plan.tiers[tier].name, *often]
