"""Updates of single agents on their way up: how old and how right the root's view of them is."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import numpy as np

from sim.report.html.charts import Chart, Curve, Level, curve
from sim.report.html.facts import Run
from sim.report.html.section import Section, lead
from sim.report.routing.words import headline, sentence
from sim.units import NS_PER_S

AGES: Final = (
    ("age_critical_ns", "agents with an anomaly", "first"),
    ("age_routine_ns", "all others", "second"),
)
ERRORS: Final = (
    ("error_held", "mean over all whom silence covers", "first"),
    ("error_heard", "mean over who was heard lately", "second"),
)


def routing_section(run: Run, points: int) -> Section | None:
    """Ages, errors and deaths; None of a run whose agents send no updates of their own."""
    tables, plan = run.tables, replace(run.plan, replications=1)
    if plan.routing is None or not len(tables.beliefs["time_ns"]):
        return None
    return Section(
        key="routing",
        title="Updates of single agents",
        lead=lead(run, headline(tables, plan), sentence(tables, plan)),
        charts=[*_ages(run, points), *_errors(run, points), _deaths(run, points)],
    )


def _ages(run: Run, points: int) -> Iterator[Chart]:
    curves = list(_positive(run, AGES, 1 / NS_PER_S, points))
    if curves:
        title = "How old is what the root knows of an agent, mean over those that are up"
        yield Chart("ages", title, "age (s)", curves, is_log=True)


def _errors(run: Run, points: int) -> Iterator[Chart]:
    curves = list(_positive(run, ERRORS, 1.0, points))
    delta = None if run.plan.routing is None else run.plan.routing.send.options.get("delta")
    levels = [] if delta is None else [Level(delta, f"delta {delta:g} sd")]
    if curves:
        title = "How far off is the mean that the root makes of it"
        yield Chart("means", title, "error (sd)", curves, levels, is_log=True)


def _positive(
    run: Run, columns: tuple[tuple[str, str, str], ...], scale: float, points: int
) -> Iterator[Curve]:
    """Sampled columns, as far as they say anything; a log axis has no 0."""
    rows = run.tables.beliefs
    for column, label, look in columns:
        values = rows[column] * scale
        shown = np.where(values > 0, values, np.nan)
        if not np.isnan(shown).all():
            at_s = rows["time_ns"] / NS_PER_S
            yield curve(label, at_s, shown, look, points, is_step=False)


def _deaths(run: Run, points: int) -> Chart:
    """From when on everybody may have been heard; before that nobody is known to be there."""
    rows, agents = run.tables.beliefs, run.plan.agents.count
    later = rows["time_ns"] >= run.plan.staleness.baseline_ns
    at_s = rows["time_ns"][later] / NS_PER_S
    sides = (("taken for dead", "held", "first"), ("down", "present", "second"))
    curves = [curve(label, at_s, agents - rows[column][later], look, points)
              for label, column, look in sides]  # fmt: skip
    return Chart("dead", "Who is down, and who is taken for dead", "agents", curves)
