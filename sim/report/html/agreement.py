"""What the replicas of the root decided, how far apart they were, and what became of alerts."""

from collections.abc import Iterator
from typing import Final

import numpy as np

from sim.measure.agreement import has_replicas
from sim.measure.alerts import raised, shown
from sim.measure.tables import Tables
from sim.report.html.charts import LOOKS, Chart, Level, curve
from sim.report.html.clock import clock_of
from sim.report.html.facts import Run
from sim.report.html.section import Section, Sheet
from sim.report.table import NOTHING
from sim.report.words import seconds
from sim.scenario.plan import Plan

REPLICAS_MAX: Final = 4
ALERTS_MAX: Final = 60
DECISIONS: Final = ("replica", "published", "decided", "slowest decision", "largest error (sd)")
ALERTS: Final = ("alert", "at", "shown as", "from", "until")


def agreement_section(run: Run, points: int) -> Section | None:
    """None of a run in which the root is alone and nobody raised an alert."""
    tables, plan = run.tables, run.plan
    if not (has_replicas(plan) or raised(tables.alerts)):
        return None
    sheets = [Sheet("What each replica of the root decided", DECISIONS, list(_decisions(tables)))]
    if raised(tables.alerts):
        rows = list(_alerts(tables, plan))
        left = len(rows) - ALERTS_MAX
        more = f" (the first {ALERTS_MAX} rows, {left} more)" if left > 0 else ""
        sheets.append(
            Sheet(f"What each node showed of each alert{more}", ALERTS, rows[:ALERTS_MAX])
        )
    return Section(
        key="agreement",
        title="Agreement and alerts",
        lead=_lead(plan),
        charts=[*_waits(tables, plan, points), *_apart(tables, plan, points)],
        sheets=[sheet for sheet in sheets if sheet.rows],
    )


def _lead(plan: Plan) -> str:
    agreement, count = plan.control.agreement, 1 if plan.replicas is None else plan.replicas.count
    if agreement is None:
        return f"{count} replicas of the root"
    return f"{count} replicas of the root agree on what is published by {agreement.protocol.kind}."


def _waits(tables: Tables, plan: Plan, points: int) -> Iterator[Chart]:
    """How long each proposal that was decided took until then."""
    rows = tables.decisions
    if not len(rows["decided_ns"]):
        return
    curves = []
    for replica, look in zip(np.unique(rows["replica"])[:REPLICAS_MAX], LOOKS, strict=False):
        mine = np.flatnonzero(rows["replica"] == replica)
        mine = mine[np.argsort(rows["proposed_ns"][mine], kind="stable")]
        waited_s = (rows["decided_ns"][mine] - rows["proposed_ns"][mine]) / 1e9
        at_s = rows["proposed_ns"][mine] / 1e9
        curves.append(curve(f"replica {replica}", at_s, waited_s, look, points))
    title = "From proposal to decision, by the instant of the proposal"
    level = Level(plan.baseline.publish_ns / 1e9, f"one period {seconds(plan.baseline.publish_ns)}")
    yield Chart("waits", title, "wait (s)", curves, [level])


def _apart(tables: Tables, plan: Plan, points: int) -> Iterator[Chart]:
    """How far what replicas published under one number differs."""
    rows = tables.decisions
    if not len(rows["apart"]) or not (rows["apart"] > 0).any():
        return
    order = np.argsort(rows["proposed_ns"], kind="stable")
    at_ns, first = np.unique(rows["proposed_ns"][order], return_index=True)
    apart = np.maximum.reduceat(rows["apart"][order], first)
    epsilon = plan.baseline.epsilon
    yield Chart("apart", "How far apart replicas are in what they publish under one number",
                "apart (sd)", [curve("largest difference", at_ns / 1e9, apart, "first", points)],
                [Level(epsilon, f"promised {epsilon:g} sd")])  # fmt: skip


def _decisions(tables: Tables) -> Iterator[list[str]]:
    rows, asked = tables.decisions, tables.snapshots
    for replica in np.unique(asked["replica"]):
        mine = rows["replica"] == replica
        waits_ns = rows["decided_ns"][mine] - rows["proposed_ns"][mine]
        errors = rows["error_mean"][mine]
        known = errors[~np.isnan(errors)]
        yield [
            f"root-0/{replica}",
            f"{int((asked['replica'] == replica).sum())}",
            f"{int(mine.sum())}",
            seconds(int(waits_ns.max())) if len(waits_ns) else NOTHING,
            f"{known.max():.3g}" if len(known) else NOTHING,
        ]


def _alerts(tables: Tables, plan: Plan) -> Iterator[list[str]]:
    rows = shown(tables.alerts, plan.duration_ns)
    names = ("alert", "node", "state", "begin_ns", "end_ns")
    clock = clock_of(plan.duration_ns)
    for alert, node, state, begin_ns, end_ns in zip(*(rows[name] for name in names), strict=True):
        yield [str(alert), str(node), str(state), clock.at(begin_ns), clock.at(end_ns)]
