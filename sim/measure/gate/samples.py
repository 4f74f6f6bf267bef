"""The figures behind every metric: one a replication, so that replications can be compared.

A duration is over all events of all replications; here a replication stands for itself, with its
longest heal (a 95th percentile of one replication's few heals is their longest as well). A heal
that never recovered is inf, and `at_least` keeps what is known of it. NaN is "undefined here".
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sim.measure.censored import CensoredSample
from sim.measure.intervals import quantile
from sim.measure.metrics import DURATIONS, FIGURES, durations, metrics_of
from sim.measure.tables import Tables
from sim.scenario.plan import Plan


@dataclass(frozen=True, slots=True)
class Sample:
    """One metric's figures in the order of replications; inf = never reached, NaN = undefined."""

    unit: str
    figures: tuple[float, ...]
    at_least: tuple[float, ...]
    """What is known of each: the figure itself, or of one that is inf its lower bound."""

    @classmethod
    def of(cls, unit: str, figures: Sequence[float]) -> "Sample":
        """A sample in which nothing is censored."""
        return cls(unit, tuple(figures), tuple(figures))


def figures(tables: Sequence[Tables], plan: Plan) -> dict[str, Sample]:
    """The figures of every metric that is measured, in the catalogue's order."""
    events = [durations(one, plan) for one in tables]
    found = {}
    for metric in metrics_of(plan):
        if metric.name in DURATIONS:
            found[metric.name] = longest(metric.unit, [one[metric.name] for one in events])
        else:
            figure = FIGURES[metric.name]
            found[metric.name] = Sample.of(metric.unit, [figure(one, plan) for one in tables])
    return found


def longest(unit: str, known: Sequence[CensoredSample]) -> Sample:
    """The longest event of each replication; NaN where there was none."""
    return Sample(
        unit,
        tuple(quantile(one, 1.0) if len(one) else float("nan") for one in known),
        tuple(max((*one.observed, *one.at_least), default=float("nan")) for one in known),
    )


def common(samples: Mapping[str, Sample]) -> int:
    """How many replications all of them have; 0 if there are none."""
    return min((len(sample.figures) for sample in samples.values()), default=0)
