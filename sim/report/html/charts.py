"""Curves over time as plain values, for plotly and for the tables that stand below each chart.

A chart has curves, level lines (bounds, promises) and marks (reached again, or never while it was
watched). Looks are names that the page turns into colours, dashes and symbols: what differs in
colour differs in one of the others as well.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim.measure.recovery import Recovery, recoveries
from sim.measure.spans import Milestone, Spans
from sim.measure.tables import Tables
from sim.report.groups import Group, cut_groups, noun, other_regions
from sim.report.html.clock import Clock, clock_of
from sim.report.html.embed import numbers, seconds_of
from sim.report.html.facts import Run
from sim.report.html.places import ever_used, without_rows
from sim.report.html.stops import Stopped, all_stopped, stopped
from sim.report.lanes import others_label
from sim.report.series import pivot, thin, tips, tooth_ns
from sim.report.table import NOTHING
from sim.report.words import seconds, the_root
from sim.scenario.plan import Plan

CUT_CURVES: Final = 3
"""Groups of regions that were cut off and have a curve of their own."""
LOOKS: Final = ("first", "second", "third", "fourth")
TABLE_ROWS: Final = 13
SECONDS: Final = Clock()
MARKS_MAX: Final = 60
"""Those that were not seen to happen come first; of the others as many as there is room for."""

Values = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Curve:
    """A line of a chart: instants in seconds, values (None = a gap), a label, a look."""

    label: str
    x: list[float]
    y: list[float | None]
    look: str = "first"
    is_step: bool = True


@dataclass(frozen=True, slots=True)
class Level:
    """A horizontal line: something promised."""

    y: float
    label: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A point to be noticed; `is_censored`: it was not seen to happen, only that it had not yet."""

    x: float
    y: float
    label: str
    is_censored: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """One chart on the axis of time."""

    key: str
    title: str
    unit: str
    curves: list[Curve]
    levels: list[Level] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    is_log: bool = False
    top: float | None = None
    """Where the axis ends, if not where the data do."""

    def rows(self, clock: Clock = SECONDS) -> tuple[list[str], list[list[str]]]:
        """The chart as a table: a header, and what every curve is at a few instants."""
        ends = [curve.x[-1] for curve in self.curves if curve.x]
        instants = np.linspace(0, max(ends, default=0.0), TABLE_ROWS)
        header = ["time", *(curve.label for curve in self.curves)]
        rows = [[_when(at_s, clock), *(_at(one, at_s) for one in self.curves)] for at_s in instants]
        return header, [row for row in rows if any(cell != NOTHING for cell in row[1:])]


def _when(at_s: float, clock: Clock) -> str:
    return clock.exactly(float(f"{at_s:.4g}"))


def _at(curve: Curve, at_s: float) -> str:
    """The value at the last point before an instant."""
    place = int(np.searchsorted(curve.x, at_s, side="right")) - 1
    value = curve.y[place] if place >= 0 else None
    return NOTHING if value is None else f"{value:.4g}"


def curve(label: str, at_s: Values, values: Values, look: str, points: int, **how: Any) -> Curve:
    """A curve in as many points as there is room for, each the largest of its stretch."""
    at_ns = np.rint(np.asarray(at_s) * 1e9).astype(np.int64)
    few_s, few = thin(at_ns, np.asarray(values, np.float64), np.fmax, points)
    return Curve(label, seconds_of(few_s), numbers(few), look, **how)


def staleness_charts(run: Run, points: int) -> list[Chart]:
    """Age, coverage and error: what the root knows, and how it comes back."""
    if not len(run.tables.samples["time_ns"]):
        return []
    found = recoveries(run.tables, run.plan)
    makers: Sequence[Callable[[Run, list[Recovery], int], Chart]] = (_age, _coverage, _error)
    return [make(run, found, points) for make in makers]


def _age(run: Run, found: list[Recovery], points: int) -> Chart:
    tables, plan = run.tables, run.plan
    bound = plan.staleness.baseline_ns / 1e9
    curves = _age_curves(tables, plan, points)
    whose = curves[0].label if len(curves) == 1 else f"each {noun(plan)}"
    return Chart(
        key="age",
        title=f"How old is the oldest that {the_root(plan)} knows of {whose}",
        unit="age (s)",
        curves=curves,
        levels=[
            Level(bound, f"baseline bound {seconds(plan.staleness.baseline_ns)}"),
            Level(
                plan.staleness.anomaly_ns / 1e9,
                f"anomaly bound {seconds(plan.staleness.anomaly_ns)}",
            ),
        ],
        marks=_marks(found, "fresh", bound),
        is_log=True,
    )


def _age_curves(tables: Tables, plan: Plan, points: int) -> list[Curve]:
    """Of each group that was cut off, and the oldest of all others."""
    ages, inside = (pivot(tables.regions, name) for name in ("oldest_age_ns", "inside_age_ns"))
    groups = cut_groups(tables, plan, CUT_CURVES)
    there = ever_used(tables, plan)
    others = [region for region in other_regions(tables, groups) if region in there]
    named = [(group.label, group.regions) for group in groups]
    if others:
        label = others_label(len(others), bool(groups), without_rows(tables, plan), noun(plan))
        named.append((label, tuple(others)))
    curves = []
    for look, (label, regions) in zip(LOOKS, named, strict=False):
        curves.append(_oldest(label, ages, regions, plan, look, points))
    stops = stopped(tables, plan)
    seeing = next((group for group in groups if not _is_down(group, stops)), None)
    if seeing is not None:
        label = f"{seeing.label} while cut off, seen from inside"
        whole = _oldest(label, inside, seeing.regions, plan, "inside", points)
        # While it is not cut off this is what the root knows, less the way.
        curves.append(_only(whole, seeing.cut))
    return [one for one in curves if any(value is not None for value in one.y)]


def _is_down(group: Group, stops: Stopped) -> bool:
    """Whether a fault stopped the aggregators of the group themselves: nobody sees from inside."""
    return any(all_stopped(group.regions, int(at_ns), stops) for at_ns, _ in group.cut)


def _only(whole: Curve, spans: Spans) -> Curve:
    """The part of a curve that lies in some spans; a gap elsewhere."""
    at_ns = np.array(whole.x) * 1e9
    inside = np.any((spans[:, :1] <= at_ns) & (at_ns <= spans[:, 1:]), axis=0).tolist()
    return replace(whole, y=[y if kept else None for y, kept in zip(whole.y, inside, strict=True)])


def _oldest(
    label: str, ages: Any, regions: Sequence[int], plan: Plan, look: str, points: int
) -> Curve:
    """Through the tips of the saw; a log axis has no 0."""
    at_s, oldest_ns = tips(ages.time_ns, np.fmax.reduce(ages.only(regions), axis=1), tooth_ns(plan))
    positive = np.where(oldest_ns > 0, oldest_ns / 1e9, np.nan)
    return curve(label, at_s, positive, look, points, is_step=False)


def _coverage(run: Run, found: list[Recovery], points: int) -> Chart:  # noqa: ARG001
    samples, bound = run.tables.samples, seconds(run.plan.staleness.baseline_ns)
    at_s, share = thin(samples["time_ns"], samples["coverage"], np.fmin, points)
    return Chart(
        key="coverage",
        title=f"Coverage: agents whose newest value at {the_root(run.plan)} is within {bound}",
        unit="agents (%)",
        curves=[Curve("coverage", seconds_of(at_s), numbers(100 * share))],
        top=100.0,
    )


def _error(run: Run, found: list[Recovery], points: int) -> Chart:
    epsilon, samples = run.plan.baseline.epsilon, run.tables.samples
    floor = epsilon / 1000  # a log axis has no 0
    at_s, error = thin(samples["time_ns"], samples["error_mean"], np.fmax, points)
    shown = np.where(np.isnan(error), np.nan, np.maximum(error, floor))
    return Chart(
        key="error",
        title="Error of the published baseline, against an oracle that sees every agent",
        unit="error (sd)",
        curves=[Curve("published baseline", seconds_of(at_s), numbers(shown))],
        levels=[Level(epsilon, f"promised {epsilon:g} sd")],
        marks=_marks(found, "accurate", epsilon),
        is_log=True,
    )


def _marks(found: Sequence[Recovery], milestone: str, level: float) -> list[Mark]:
    """Where a milestone was reached after each heal; where it was not, how long it was watched."""
    marks = []
    for one in found:
        step: Milestone = getattr(one, milestone)
        at_s = (one.heal_ns + step.after_ns) / 1e9
        words = f"{milestone} again {f'+{seconds(step.after_ns)}' if step.after_ns else 'at once'}"
        if not step.reached:
            words = f"not {milestone} within {seconds(one.watched_ns)}"
            at_s = one.horizon_ns / 1e9
        marks.append(Mark(round(at_s, 4), level, words, not step.reached))
    marks.sort(key=lambda mark: not mark.is_censored)
    return sorted(marks[:MARKS_MAX], key=lambda mark: mark.x)


def recovery_rows(run: Run) -> tuple[list[str], list[list[str]]]:
    """A row for each heal: how long each milestone took, censored ones as ``more than``."""
    found = recoveries(run.tables, run.plan)
    if not found:
        return [], []
    clock = clock_of(run.plan.duration_ns)
    header = ["heal at", *found[0].parts, "all of it"]
    rows = [
        [clock.at(one.heal_ns), *(_told(step) for step in (*one.parts.values(), one.time))]
        for one in found
    ]
    return header, rows


def _told(step: Milestone) -> str:
    if step.reached:
        return seconds(step.after_ns) if step.after_ns else "at once"
    return f"more than {seconds(step.after_ns)} (not seen)"
