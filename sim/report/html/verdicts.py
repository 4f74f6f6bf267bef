"""What was asked of a run and what came out: in words, in a sign, and as a place on a line.

A verdict is a word and a sign before it is a colour. A gauge shows the interval against the bound.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass
from typing import Final

from sim.errors import ResultsError
from sim.measure.metrics import MetricValue
from sim.measure.verdicts import Verdict, judge
from sim.report.html.facts import Run
from sim.report.table import NOTHING, rows
from sim.scenario.catalogue import METRICS
from sim.scenario.plan import Threshold

SIGNS: Final = {
    "pass": "✓",
    "fail": "✗",
    "infeasible": "∅",
    "inconclusive": "?",
    "interrupted": "!",
    "none": "–",
}
SAID: Final = {
    "pass": "holds: all that was asked of this run was kept",
    "fail": "fails: something that was asked of this run was not kept",
    "infeasible": "infeasible: no rule can promise what was asked",
    "inconclusive": "inconclusive: the run cannot tell",
    "interrupted": "interrupted: not all replications were run",
    "none": "nothing was asked of this run",
}
ROOM: Final = 1.3
"""A gauge ends beyond its largest figure by this factor."""
CENTRAL: Final = "the same, "
"""So begins what is said of the twin that is run centrally."""
ALONE: Final = {
    "coverage.min": "sources within the baseline bound at the root, worst instant",
    "bias.max": "published mean against that of correct agents, worst feature, in sd between "
    "agents; worst publication",
    "bias.plain.max": "plain mean of all agents against that of correct agents, worst feature, "
    "in sd between agents; worst publication",
    "integrity.false_alerts": "publications with an integrity alert before anybody had begun to "
    "lie, in a replication",
}
"""Metrics whose words in the catalogue refer to the metric before them, said in full."""
ABOUT: Final = {
    metric.name: ALONE.get(metric.name, metric.about.removeprefix(CENTRAL)) for metric in METRICS
}


@dataclass(frozen=True, slots=True)
class Gauge:
    """A line from 0: the interval (or the point) as a bar, the bounds as ticks; in percent."""

    left: float
    width: float
    ticks: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """A threshold, judged, as text."""

    outcome: str
    sign: str
    metric: str
    about: str
    value: str
    interval: str
    bound: str
    reason: str
    gauge: Gauge | None


def verdicts_of(run: Run) -> list[Verdict]:
    """The thresholds of a run, judged again. Raises ResultsError if one was not measured."""
    try:
        return judge(run.values, run.plan.thresholds)
    except KeyError as error:
        version = run.manifest.get("version", "unknown")
        raise ResultsError(
            f"{run.folder}: {error.args[0]} was not measured; it was stored by version {version}"
        ) from error


def overall(run: Run) -> str:
    """The verdict as stored; a run of which nothing was asked has none."""
    stored = str(run.manifest.get("verdict", "none"))
    return "none" if stored == "pass" and not run.plan.thresholds else stored


def asked(run: Run) -> list[Asked]:
    """A line for each threshold."""
    by_name = {value.name: value for value in run.values}
    found = zip(verdicts_of(run), run.plan.thresholds, strict=True)
    return [_asked(verdict, threshold, by_name[verdict.metric]) for verdict, threshold in found]


def _asked(verdict: Verdict, threshold: Threshold, value: MetricValue) -> Asked:
    row = rows([value])[0]
    return Asked(
        outcome=verdict.outcome,
        sign=SIGNS[verdict.outcome],
        metric=value.name,
        about=ABOUT.get(value.name, ""),
        value=row.value.strip(),
        interval=row.interval.replace(" ,", ",").strip(),
        bound=verdict.bound,
        reason=verdict.reason,
        gauge=gauge(value, threshold),
    )


def gauge(value: MetricValue, threshold: Threshold) -> Gauge | None:
    """Where a value lies against its bounds; None where there is nothing finite to draw."""
    bounds = [end for end in (threshold.minimum, threshold.maximum) if end is not None]
    low, high = value.low, value.high
    if math.isnan(low) or not math.isfinite(high):
        low = high = value.value
    if not all(map(math.isfinite, (low, high, *bounds))) or min(low, *bounds) < 0:
        return None
    top = max(high, *bounds) * ROOM or 1.0
    if value.unit == "share":
        top = min(top, 1.0)
    places = [round(100 * end / top, 2) for end in (low, high, *bounds)]
    return Gauge(places[0], round(places[1] - places[0], 2), tuple(places[2:]))


@dataclass(frozen=True, slots=True)
class Family:
    """Metrics with one first word, such as staleness."""

    name: str
    rows: list[tuple[str, ...]]


def families(run: Run) -> list[Family]:
    """All metrics, grouped by their first word; each row has a last cell that says what it is."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for row in rows(run.values, verdicts_of(run)):
        name = row.metric.partition(".")[0] or next(reversed(found), "")
        about = ABOUT.get(row.metric, "")
        found.setdefault(name, []).append((*astuple(row), about))
    return [Family(name, some) for name, some in found.items()]


def compared(runs: Sequence[Run]) -> list[tuple[str, list[str]]]:
    """A row for each metric of any run: what each run has; those with a threshold come first."""
    judged = [{one.metric: one for one in verdicts_of(run)} for run in runs]
    names = dict.fromkeys(name for some in judged for name in some)
    names |= dict.fromkeys(value.name for run in runs for value in run.values)
    by_name = [{value.name: value for value in run.values} for run in runs]
    return [
        (
            name,
            [
                _cell(some.get(name), mine.get(name))
                for some, mine in zip(by_name, judged, strict=True)
            ],
        )
        for name in names
        if any(name in some and not math.isnan(some[name].value) for some in by_name)
    ]


def _cell(value: MetricValue | None, verdict: Verdict | None) -> str:
    if value is None:
        return NOTHING
    row = rows([value])[0]
    interval = "" if row.interval == NOTHING else f" ({row.interval})"
    told = f" {SIGNS[verdict.outcome]} {verdict.outcome}" if verdict else ""
    return f"{row.value}{interval}{told}"


def differing(runs: Sequence[Run]) -> Iterator[list[str]]:
    """The settings in which runs differ: path, and the value of each run."""
    flat = [dict(_leaves("", run.manifest.get("resolved", {}))) for run in runs]
    for path in dict.fromkeys(path for one in flat for path in one):
        values = [_as_text(one.get(path, NOTHING)) for one in flat]
        if len(set(values)) > 1 and path not in ("name", "about"):
            yield [path, *values]


def _as_text(value: object) -> str:
    """A setting as a scenario file has it, more or less."""
    if isinstance(value, list):
        return "[" + ", ".join(map(_as_text, value)) + "]"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _leaves(path: str, value: object) -> Iterator[tuple[str, object]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _leaves(f"{path}.{key}" if path else str(key), item)
    elif isinstance(value, list) and any(isinstance(item, dict) for item in value):
        for number, item in enumerate(value):
            yield from _leaves(f"{path}[{number}]", item)
    else:
        yield path, value
