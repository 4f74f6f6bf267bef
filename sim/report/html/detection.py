"""What detection found, decision by decision, as deployed and run centrally."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from sim.measure.metrics import MetricValue
from sim.report.detection.accuracy import Decisions, decisions, share, smoothed, thinned
from sim.report.detection.words import headline, sentence
from sim.report.html.charts import Chart, Curve, Level
from sim.report.html.embed import numbers, seconds_of
from sim.report.html.facts import Run
from sim.report.html.section import Section, Sheet, lead
from sim.report.promises import in_words, promise_of
from sim.report.table import NOTHING, written

PREFIX: Final = "detection."
SIDES: Final = ("", ".central", ".loss")
HEADERS: Final = ("", "as deployed", "run centrally", "lost by distribution")
SMOOTHING: Final = 15
"""A mean over the last alarms is over this part of all decisions."""


def detection_section(run: Run, points: int) -> Section | None:
    """Curves of one replication, and the figures of all; None of a run without detection."""
    if run.plan.detection is None:
        return None
    found = decisions(run.tables.points)
    single = replace(run.plan, replications=1)  # these words are about the one that is drawn
    return Section(
        key="detection",
        title="Detection",
        lead=lead(run, headline(run.tables, single), sentence(run.tables, single)),
        charts=list(_charts(run, found, points)) if len(found) else [],
        sheets=[Sheet("Figures of all replications together", HEADERS, list(_rows(run.values)))],
    )


def _charts(run: Run, found: Decisions, points: int) -> Iterator[Chart]:
    shown = thinned(found, points)
    at_s = seconds_of(shown.time_ns / 1e9)
    if found.anomalous.any():
        sides = (("as deployed", shown.here, "first"), ("run centrally", shown.central, "second"))
        yield Chart(
            key="recall",
            title="Recall: share of the anomalous agents that have an alarm",
            unit="recall (%)",
            curves=[Curve(label, at_s, numbers(100 * shown.recall(side)), look)
                    for label, side, look in sides],
            top=100.0,
        )  # fmt: skip
    yield _false(run, found, points)
    yield Chart(
        key="known",
        title="Agents with a score that counts where decisions are made",
        unit="agents (%)",
        curves=[Curve("of all agents", at_s, numbers(100 * share(shown.known, shown.agents)))],
        top=100.0,
    )


def _false(run: Run, found: Decisions, points: int) -> Chart:
    """What the control promises, of all decisions so far, and what the last few were like."""
    assert run.plan.detection is not None
    promise, every = promise_of(run.plan), 1 + len(found) // points
    at_s = seconds_of(found.time_ns[::every] / 1e9)
    width = max(len(found) // SMOOTHING, 1)
    lines = (
        ("as deployed", promise.so_far(found.here), "first"),
        ("run centrally", promise.so_far(found.central), "second"),
        (
            f"last {width} decisions, as deployed",
            smoothed(promise.single(found.here), width),
            "pale",
        ),
    )
    alpha = run.plan.detection.control.options.get("alpha")
    return Chart(
        key="false",
        title=promise.title,
        unit="false (%)",
        curves=[Curve(label, at_s, numbers(100 * values[::every]), look)
                for label, values, look in lines],
        levels=[] if alpha is None else [Level(100 * alpha, in_words(run.plan).replace("\n", " "))],
    )  # fmt: skip


def _rows(values: Sequence[MetricValue]) -> Iterator[list[str]]:
    """A row a figure that the run has on both sides."""
    by_name = {value.name: value for value in values}
    for name in by_name:
        triple = [by_name.get(f"{name}{side}") for side in SIDES]
        if name.startswith(PREFIX) and all(triple):
            yield [name.removeprefix(PREFIX), *map(_figure, triple)]


def _figure(value: MetricValue | None) -> str:
    return NOTHING if value is None else written(value.value, value.unit).strip()
