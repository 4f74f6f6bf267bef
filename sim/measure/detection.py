"""The figures of detection in one replication, from the tables `points` and `segments`.

Each comes three times: of what the deciding nodes did, of the twin that was run centrally on the
same values, and what distribution cost (positive = worse than the twin). An alarm is in time until
the anomaly class's staleness bound after the end of an anomaly: so long news may take. NaN is
"undefined here": no detection at all, no anomaly to find, no alarm to judge.
"""

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias
from weakref import WeakKeyDictionary

import numpy as np

from sim.detection import scores
from sim.detection.false_discoveries import FalseDiscoveries, false_discoveries
from sim.detection.scores import Outcomes, Segments
from sim.measure.censored import CensoredSample
from sim.measure.survival import median
from sim.measure.tables import Tables
from sim.scenario.catalogue import METRICS
from sim.scenario.plan import Plan
from sim.units import NS_PER_S

Figures: TypeAlias = Mapping[str, float]
"""Metric name -> figure."""

PREFIX: Final = "detection."
CENTRAL: Final = ".central"
LOSS: Final = ".loss"

BETTER: Final = {
    metric.name.removeprefix(PREFIX): metric.better
    for metric in METRICS
    if metric.name.startswith(PREFIX) and not metric.name.endswith((CENTRAL, LOSS))
}
"""Score -> which way is better; of all scores in the catalogue."""

_known: WeakKeyDictionary[Tables, dict[tuple[int, int], Figures]] = WeakKeyDictionary()
"""All figures of a replication need the same sorted points: they are made together, and once."""


def _figure(name: str) -> Callable[[Tables, Plan], float]:
    return lambda tables, plan: detection_figures(tables, plan).get(name, np.nan)


DETECTION_FIGURES: Final[Mapping[str, Callable[[Tables, Plan], float]]] = {
    metric.name: _figure(metric.name) for metric in METRICS if metric.name.startswith(PREFIX)
}
"""Every detection metric of the catalogue as a function of a replication's tables and its plan."""


def detection_figures(tables: Tables, plan: Plan) -> Figures:
    """All of them by metric name; empty for a run without detection or without a decision."""
    if plan.detection is None or not len(tables.points["time_ns"]):
        return {}
    rules = plan.staleness.anomaly_ns, plan.detection.every_ns
    found = _known.setdefault(tables, {})
    if rules not in found:
        found[rules] = _figures(tables, *rules)
    return found[rules]


def _figures(tables: Tables, grace_ns: int, every_ns: int) -> Figures:
    own = _scores(tables, "", grace_ns, every_ns)
    central = _scores(tables, "central_", grace_ns, every_ns)
    figures = {}
    for name, better in BETTER.items():
        a, b = own[name], central[name]
        figures[f"{PREFIX}{name}"] = a
        figures[f"{PREFIX}{name}{CENTRAL}"] = b
        figures[f"{PREFIX}{name}{LOSS}"] = b - a if better == "more" else a - b  # inf - inf = NaN
    return figures


def _scores(tables: Tables, whose: str, grace_ns: int, every_ns: int) -> dict[str, float]:
    points = tables.points
    labels, weights = points["label"], points["weight"]
    score, alarm = points[f"{whose}score"], points[f"{whose}alarm"]
    counts = scores.confusion(labels, alarm, weights)
    ranking = scores.rank(labels, score, weights)
    by_decision = (points["time_ns"], labels, alarm, weights)
    return {
        "precision": counts.precision,
        "recall": counts.recall,
        "f1": counts.f1,
        "roc_auc": ranking.roc_auc,
        "pr_auc": ranking.pr_auc,
        **_false_discoveries(false_discoveries(*by_decision)),
        **_segment_scores(tables, f"{whose}alarm", grace_ns, every_ns),
    }


def _false_discoveries(found: FalseDiscoveries) -> dict[str, float]:
    """What procedures of each family promise; the run is one stream of tests for online ones."""
    running = found.running
    return {
        "fdr": found.rate,
        "fdr.overall": float(running[-1]),
        "fdr.running": float(running.max()),
        "any_false": found.any_false,
    }


def _segment_scores(tables: Tables, alarm: str, grace_ns: int, every_ns: int) -> dict[str, float]:
    points, rows = tables.points, tables.segments
    segments = Segments(rows["agent"], rows["begin_ns"], rows["end_ns"])
    weights = points["weight"]
    raised = (points["time_ns"], points["agent"], points[alarm], segments, grace_ns, weights)
    found = scores.outcomes(*raised)
    hours = scores.agent_hours(float(weights.sum()), every_ns)
    return {
        "segment_recall": found.recall,
        "delay.median": median(_durations(found)),
        "missed": found.missed if len(found.delay_ns) else np.nan,
        "false_alarms": scores.false_episodes(*raised) / hours,
    }


def _durations(found: Outcomes) -> CensoredSample:
    """Delays in seconds; what was missed took longer than it was watched.

    Without weights: they differ only where both a scenario and its trace bring anomalies, in a run
    of which agents are sampled.
    """
    missed = np.isnan(found.delay_ns)
    return CensoredSample(
        observed=tuple((found.delay_ns[~missed] / NS_PER_S).tolist()),
        at_least=tuple((found.watched_ns[missed] / NS_PER_S).tolist()),
    )
