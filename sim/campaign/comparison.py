"""Two runs side by side: what differs, by how much, and whether that is more than luck.

No tolerance is asked for and nothing fails: this is for looking. Replications are compared in pairs
where both sides ran the same scenario seed, else as two groups. All metrics are looked at together,
so a difference counts only if it is among those of which at most 5 % are luck (Benjamini & Hochberg
1995).
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Literal, TypeAlias

from sim.campaign.baselines import Baseline, read_baseline
from sim.campaign.replay import stored_plan
from sim.campaign.results import open_results
from sim.campaign.stored_tables import tables_of
from sim.measure.gate import Effect, Levels, Sample, fewest, figures, measure_effect
from sim.scenario.catalogue import BETTER, METRICS
from sim.scenario.metric import Metric

Verdict: TypeAlias = Literal[
    "same", "noise", "better", "worse", "too few", "only one side", "undefined"
]

LUCK: Final = 0.05
_BOUNDS: Final = Levels(LUCK / 2, LUCK / 2)
"""Of the interval: 95 %, two-sided."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the things that are compared: a stored run or a baseline."""

    path: Path
    seed: int
    samples: Mapping[str, Sample]


@dataclass(frozen=True, slots=True)
class Contrast:
    """One metric on both sides. `change` is b - a in `unit`, with a 95 % interval.

    inf: not reached in some replication of b (-inf: of a). NaN where a side is undefined.
    """

    metric: str
    unit: str
    a: float
    b: float
    change: float
    low: float
    high: float
    p: float
    """Two-sided, of this metric alone."""
    n: int
    """Replications that count: pairs, or those of the smaller side."""
    paired: bool
    verdict: Verdict
    """`better` and `worse` allow for all metrics that are looked at; else it is `noise`.

    `too few`: no difference whatever could show with so few replications.
    """


def compare(a: Path, b: Path) -> list[Contrast]:
    """Every metric of both sides, in the catalogue's order; each a run folder or a baseline file.

    Raises ResultsError for a side that cannot be read.
    """
    one, other = open_side(a), open_side(b)
    return contrasts(one.samples, other.samples, paired=one.seed == other.seed)


def open_side(path: Path) -> Side:
    """A baseline (``.json``) or a stored run as figures. Raises ResultsError."""
    if path.suffix == ".json":
        baseline = read_baseline(path)
        return Side(path, baseline.seed, baseline.samples)
    results = open_results(path)
    plan = stored_plan(results)
    count = len(results.manifest["fingerprints"])
    tables = [tables_of(results, replication) for replication in range(count)]
    return Side(results.path, plan.seed, figures(tables, plan))


def difference(old: Baseline | None, new: Baseline) -> list[Contrast]:
    """What an update of a baseline would change; without an old one, what it would hold."""
    if old is None:
        return contrasts({}, new.samples, paired=False)
    return contrasts(old.samples, new.samples, paired=old.seed == new.seed)


def contrasts(a: Mapping[str, Sample], b: Mapping[str, Sample], *, paired: bool) -> list[Contrast]:
    """A row for each metric that either side has; `paired` as in `judge_gate`."""
    rows = [
        _contrast(metric, a.get(metric.name), b.get(metric.name), paired)
        for metric in METRICS
        if metric.name in a or metric.name in b
    ]
    return _beyond_luck(rows)


def _contrast(metric: Metric, a: Sample | None, b: Sample | None, paired: bool) -> Contrast:
    none = Sample.of(metric.unit, [])
    if a is None or b is None:
        # Two groups, because nothing of the missing side takes part in it.
        a, b, paired = a or none, b or none, False
    effect = measure_effect(a, b, metric.better, _BOUNDS, paired=paired)
    low, high = effect.low, effect.high
    change = effect.worsening
    if metric.better == "more":
        low, high, change = 0.0 - high, 0.0 - low, 0.0 - change
    return Contrast(
        metric=metric.name,
        unit=metric.unit,
        a=effect.base if effect.n else _mean(a),
        b=effect.candidate if effect.n else _mean(b),
        change=change,
        low=low,
        high=high,
        p=min(2 * effect.p, 2 * effect.p_better, 1.0),  # NaN first stays NaN
        n=effect.n,
        paired=paired,
        verdict=_first_sight(effect, a, b, paired),
    )


def _mean(sample: Sample) -> float:
    """Of what is defined; NaN if nothing is."""
    known = [figure for figure in sample.figures if not math.isnan(figure)]
    return sum(known) / len(known) if known else math.nan


def _first_sight(effect: Effect, a: Sample, b: Sample, paired: bool) -> Verdict:
    if not effect.n:
        neither = math.isnan(_mean(a)) and math.isnan(_mean(b))
        return "undefined" if neither else "only one side"
    if effect.p == effect.p_better == 1.0:
        return "same"
    return "too few" if effect.n < fewest(LUCK / 2, paired) else "noise"


def _beyond_luck(rows: list[Contrast]) -> list[Contrast]:
    """The rows, with those that are more than noise called better or worse."""
    asked = [row for row in rows if row.verdict == "noise"]
    if not asked:
        return rows
    from scipy.stats import false_discovery_control

    adjusted = false_discovery_control([row.p for row in asked], method="bh")
    found = {row.metric for row, p in zip(asked, adjusted, strict=True) if p <= LUCK}
    return [replace(row, verdict=_direction(row)) if row.metric in found else row for row in rows]


def _direction(row: Contrast) -> Verdict:
    return "worse" if (row.change > 0) == (BETTER[row.metric] == "less") else "better"
