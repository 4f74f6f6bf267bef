"""Every metric of the catalogue, from the tables of the replications.

A metric is a pure function of tables. Most are one figure a replication, reported as their mean
with a 95 % Student-t interval (an infinite figure makes the mean infinite and leaves no interval);
a duration (recovery, time to convict or commit) is over all events of all replications, and a heal
that never recovered counts as infinitely long: a quantile that falls on one is inf, to be read as
"more than `low`". NaN is "undefined here" (no heal, no value yet) and never a number in disguise.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim.measure.agreement import AGREEMENT_FIGURES
from sim.measure.alerts import ALERT_FIGURES, times_provisional, times_to_commit
from sim.measure.capacity import CAPACITY_FIGURES
from sim.measure.censored import CensoredSample, joined
from sim.measure.confidence import CONFIDENCE_FIGURES
from sim.measure.dependence import DEPENDENCE_FIGURES
from sim.measure.detection import DETECTION_FIGURES, LOSS
from sim.measure.evolution import EVOLUTION_FIGURES
from sim.measure.integrity import INTEGRITY_FIGURES, times_to_convict
from sim.measure.intervals import (
    UNKNOWN,
    maximum_interval,
    quantile,
    quantile_interval,
    student_t,
)
from sim.measure.membership import FAILED, MEMBERSHIP_FIGURES, REHOMED, times_to
from sim.measure.reads import READ_FIGURES
from sim.measure.recovery import pool, recoveries
from sim.measure.routing import ROUTING_FIGURES
from sim.measure.staleness import held, mean_age_ns, oldest_age_ns, violation_ns
from sim.measure.sync import SYNC_FIGURES
from sim.measure.tables import Tables
from sim.scenario.catalogue import METRICS
from sim.scenario.measured import lacks
from sim.scenario.metric import Metric
from sim.scenario.plan import Plan
from sim.units import NS_PER_S

Figure = Callable[[Tables, Plan], float]
Durations = Callable[[Tables, Plan], CensoredSample]

EVENTS: Final[Mapping[str, tuple[str, Durations]]] = {
    "attest.convict.max": ("convicted", times_to_convict),
    "alerts.commit.max": ("committed", times_to_commit),
    "alerts.provisional.max": ("resolved", times_provisional),
    "membership.detect.max": ("detected", partial(times_to, FAILED)),
    "membership.rehomed.max": ("rehomed", partial(times_to, REHOMED)),
}
"""Metrics over events other than heals: what becomes of one in the end, and how long that took."""
RECOVERED: Final = "recovered"
HEALS: Final = "heals"
COUNTED: Final[Mapping[str, str]] = {
    "attest.convict.max": "lying aggregators",
    "alerts.commit.max": "alerts",
    "alerts.provisional.max": "alerts",
    "membership.detect.max": "absences",
    "membership.rehomed.max": "absences",
}
"""What `n` is the number of where that is not replications, nor heals."""
ARRIVED: Final = ("delivered",)
UNDER_WAY: Final = ("in_flight",)
COPIES: Final = ("duplicate",)
"""Made by a fault on the way: nobody sent them, and to lose one is no loss."""


@dataclass(frozen=True, slots=True)
class MetricValue:
    """What came out: `n` replications (or events), a 95 % interval or NaN, and how many censored.

    `value` inf means more than `low`: the value falls among the censored.
    """

    name: str
    value: float
    unit: str
    n: int
    low: float
    high: float
    censored: int

    @property
    def unseen(self) -> str:
        """How many of the events did not end while they were watched, in words; empty if none."""
        what = EVENTS[self.name][0] if self.name in EVENTS else RECOVERED
        return f"{self.censored} of {self.n} not seen {what}" if self.censored else ""


def measure(tables: Sequence[Tables], plan: Plan) -> list[MetricValue]:
    """All metrics that a plan has, in the catalogue's order, over its replications."""
    events = [durations(one, plan) for one in tables]
    return [
        _over_events(metric, [found[metric.name] for found in events])
        if metric.name in DURATIONS
        else _over_replications(metric, [FIGURES[metric.name](one, plan) for one in tables])
        for metric in metrics_of(plan)
    ]


def metrics_of(plan: Plan) -> list[Metric]:
    """The metrics of the catalogue that a run of a plan has: none of what it leaves out."""
    return [metric for metric in METRICS if not lacks(metric.name, plan)]


def durations(tables: Tables, plan: Plan) -> dict[str, CensoredSample]:
    """For each metric in DURATIONS how long every event of one replication lasted."""
    heals = recoveries(tables, plan)
    found = {name: pool(heals, name.split(".")[1]) for name in RECOVERY}
    return found | {
        name: lasted(tables, plan) for name, (_, lasted) in EVENTS.items() if not lacks(name, plan)
    }


def _over_replications(metric: Metric, figures: Sequence[float]) -> MetricValue:
    """Their mean; a replication in which the figure is undefined does not count."""
    defined = [figure for figure in figures if not math.isnan(figure)]
    with np.errstate(invalid="ignore"):  # inf - inf: nothing is known of such a mean, NaN
        value = float(np.mean(defined)) if defined else math.nan
    low, high = student_t(defined) if math.isfinite(value) else UNKNOWN
    if not math.isnan(low):
        low, high = _possible(metric, low, high)
    return MetricValue(metric.name, value, metric.unit, len(defined), low, high, 0)


def _possible(metric: Metric, low: float, high: float) -> tuple[float, float]:
    """The part of an interval that can be: only a loss is ever negative, no share is above 1."""
    top = 1.0 if metric.unit == "share" else math.inf
    bottom = -top if metric.name.endswith(LOSS) else 0.0
    return max(low, bottom), min(high, top)


def _over_events(metric: Metric, samples: Sequence[CensoredSample]) -> MetricValue:
    """The largest (``.max``) or the 95th percentile (``.p95``) of all events."""
    sample = joined(samples)
    if not len(sample):
        return MetricValue(metric.name, math.nan, metric.unit, 0, *UNKNOWN, 0)
    share = 1.0 if metric.name.endswith(".max") else 0.95
    ends = maximum_interval(sample) if share == 1.0 else quantile_interval(sample, share)
    return MetricValue(
        name=metric.name,
        value=quantile(sample, share),
        unit=metric.unit,
        n=len(sample),
        low=ends[0],
        high=ends[1],
        censored=len(sample.at_least),
    )


def _mean_age(tables: Tables, plan: Plan) -> float:
    end_ns = plan.duration_ns
    return mean_age_ns(held(tables, end_ns), 0, end_ns) / NS_PER_S


def _oldest_age(tables: Tables, plan: Plan) -> float:
    end_ns = plan.duration_ns
    return oldest_age_ns(held(tables, end_ns), 0, end_ns) / NS_PER_S


def _baseline_violation(tables: Tables, plan: Plan) -> float:
    return _violation(tables, plan, plan.staleness.baseline_ns)


def _anomaly_violation(tables: Tables, plan: Plan) -> float:
    return _violation(tables, plan, plan.staleness.anomaly_ns)


def _violation(tables: Tables, plan: Plan, bound_ns: int) -> float:
    ages, end_ns = held(tables, plan.duration_ns), plan.duration_ns
    if not len(ages.region):
        return math.nan  # nobody was watched: no bound was kept
    return violation_ns(ages, bound_ns, 0, end_ns) / NS_PER_S


def after_start(tables: Tables, plan: Plan, column: str) -> NDArray[Any]:
    """A column of the samples from the baseline bound on.

    Before it no source can be too old, only not heard yet, and a baseline is of a few values: that
    is the start of the run and says nothing about the network.
    """
    samples = tables.samples
    values: NDArray[Any] = samples[column][samples["time_ns"] >= plan.staleness.baseline_ns]
    return values


def _reduce(reduction: Callable[..., Any], values: NDArray[Any], scale: float = 1.0) -> float:
    """`reduction` over what is known; NaN when nothing is."""
    known = values[~np.isnan(values)]
    return float(reduction(known)) * scale if len(known) else math.nan


def _of_samples(column: str, reduction: Callable[..., Any], scale: float = 1.0) -> Figure:
    return lambda tables, plan: _reduce(reduction, after_start(tables, plan, column), scale)


def _sent_per_second(column: str, kind: str | None = None) -> Figure:
    """What was sent of all messages, or of one kind of them."""

    def figure(tables: Tables, plan: Plan) -> float:
        traffic = tables.traffic
        counted = ~np.isin(traffic["outcome"], COPIES)
        if kind is not None:
            counted &= traffic["kind"] == kind
        return float(traffic[column][counted].sum()) * NS_PER_S / plan.duration_ns

    return figure


def _lost(tables: Tables, _: Plan) -> float:
    """Messages that never arrived, of all whose fate is known."""
    outcome, messages = tables.traffic["outcome"], tables.traffic["messages"]
    known = int(messages[~np.isin(outcome, UNDER_WAY + COPIES)].sum())
    arrived = int(messages[np.isin(outcome, ARRIVED)].sum())
    return 1 - arrived / known if known else math.nan


FIGURES: Final[Mapping[str, Figure]] = {
    "staleness.root.mean": _mean_age,
    "staleness.root.oldest.max": _oldest_age,
    "staleness.baseline.violation": _baseline_violation,
    "staleness.anomaly.violation": _anomaly_violation,
    "staleness.locals.mean": _of_samples("locals_mean_ns", np.mean, 1 / NS_PER_S),
    "staleness.locals.max": _of_samples("locals_oldest_ns", np.max, 1 / NS_PER_S),
    "coverage.mean": _of_samples("coverage", np.mean),
    "coverage.min": _of_samples("coverage", np.min),
    "error.mean.median": _of_samples("error_mean", np.median),
    "error.mean.max": _of_samples("error_mean", np.max),
    "error.sd.median": _of_samples("error_sd", np.median),
    "error.sd.max": _of_samples("error_sd", np.max),
    "traffic.messages": _sent_per_second("messages"),
    "traffic.bytes": _sent_per_second("bytes"),
    "traffic.lost": _lost,
    "traffic.digests": _sent_per_second("bytes", "digest"),
    "traffic.proofs": _sent_per_second("bytes", "proof"),
    **INTEGRITY_FIGURES,
    **DETECTION_FIGURES,
    **AGREEMENT_FIGURES,
    **ALERT_FIGURES,
    **READ_FIGURES,
    **MEMBERSHIP_FIGURES,
    **SYNC_FIGURES,
    **CONFIDENCE_FIGURES,
    **EVOLUTION_FIGURES,
    **CAPACITY_FIGURES,
    **ROUTING_FIGURES,
    **DEPENDENCE_FIGURES,
}
"""Metrics that are one figure a replication; the others are in DURATIONS."""

RECOVERY: Final = tuple(metric.name for metric in METRICS if metric.name.startswith("recovery."))
DURATIONS: Final = frozenset((*RECOVERY, *EVENTS))
"""Metrics over all events of all replications: how long each heal, each liar's time lasted."""
