"""What liars did to what was published, what convicted them, and what evidence said."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import numpy as np

from sim.measure.deeds import deeds
from sim.measure.integrity import at_root, biases
from sim.measure.tables import NEVER, Tables
from sim.report.html.charts import Chart, Curve, Level, curve
from sim.report.html.clock import clock_of
from sim.report.html.embed import numbers, seconds_of
from sim.report.html.facts import Run
from sim.report.html.section import Section, Sheet, lead
from sim.report.lies.deeds import HEADERS as DEEDS
from sim.report.lies.deeds import who
from sim.report.lies.figure import LEAST_SD, is_about_lies
from sim.report.lies.words import headline, sentence
from sim.report.series import thin
from sim.report.table import written
from sim.scenario.plan import Plan

CURVES: Final = (
    ("bias", "published", "first"),
    ("bias_plain", "plain mean of all", "second"),
    ("bias_robust", "robust estimate", "third"),
)
TRIALS: Final = ("aggregator", "first lie", "convicted", "replaced", "because")
TRIALS_MAX: Final = 40


def lies_section(run: Run, points: int) -> Section | None:
    """Bias, deeds and convictions; None of a run that is not about lies."""
    tables, plan = run.tables, run.plan
    if not is_about_lies(plan):
        return None
    single = replace(plan, replications=1)  # these words are about the one that is drawn
    return Section(
        key="lies",
        title="Lies",
        lead=lead(run, headline(tables, single), sentence(tables, single)),
        charts=[*_bias(tables, plan, points), *_evidence(tables, plan, points)],
        sheets=[
            Sheet("What each adversary did, and what it was expected to do",
                  [*DEEDS, "expected"], list(_deeds(tables, plan))),
            Sheet("Convictions", TRIALS, list(_trials(tables, plan))),
        ],
    )  # fmt: skip


def _bias(tables: Tables, plan: Plan, points: int) -> Iterator[Chart]:
    """How far what was published is off, from the baseline bound on."""
    rows = tables.integrity
    judged = rows["published_ns"] >= plan.staleness.baseline_ns
    at_s = rows["published_ns"][judged] / 1e9
    curves = [
        curve(label, at_s, np.maximum(np.abs(rows[column][judged]), LEAST_SD), look, points)
        for column, label, look in CURVES
        if len(biases(tables, plan, column))
    ]
    if curves:
        title = "Bias: how far the worst feature is off, in sd between correct agents"
        yield Chart("bias", title, "bias (sd)", curves, is_log=True)


def _evidence(tables: Tables, plan: Plan, points: int) -> Iterator[Chart]:
    if plan.evidence is None or not len(at_root(tables.evidence, plan)["time_ns"]):
        return
    rows = at_root(tables.evidence, plan)
    lines = (
        ("honest", "correct agents", "first", np.fmax),
        ("all", "all reports", "second", np.fmax),
        ("lower", "least that it can be", "pale", np.fmin),
        ("upper", "most that it can be", "third", np.fmax),
    )
    curves = []
    for column, label, look, worst in lines:
        at_s, values = thin(rows["time_ns"], rows[column], worst, points)
        curves.append(Curve(label, seconds_of(at_s), numbers(values), look))
    level = Level(plan.evidence.threshold, f"threshold {plan.evidence.threshold:g} nat")
    yield Chart("evidence", "Evidence at the root, with bounds that no liar can leave",
                "log-odds (nat)", curves, [level])  # fmt: skip


def _deeds(tables: Tables, plan: Plan) -> Iterator[list[str]]:
    for one in deeds(tables):
        biased = (one.bias, one.bias_max, one.bias_plain)
        yield [
            f"{one.adversary} {one.kind}",
            who(one.tier, one.nodes, plan),
            f"{one.acts:,}",
            f"{one.refused:,}",
            *(written(bias, "sd") for bias in biased),
            one.expects,
        ]


def _trials(tables: Tables, plan: Plan) -> Iterator[list[str]]:
    rows, clock = tables.convictions, clock_of(plan.duration_ns)
    for row in range(len(rows["node"]))[:TRIALS_MAX]:
        name = plan.tiers[rows["tier"][row]].name
        instants = (rows[column][row] for column in ("lied_ns", "convicted_ns", "replaced_ns"))
        told = ["never" if at_ns == NEVER else clock.at(at_ns) for at_ns in instants]
        yield [f"{name}-{rows['node'][row]}", *told, str(rows["reason"][row])]
