"""Who publishes the baselines that agents are held against, and how these reach the watches."""

from collections.abc import Callable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from sim.detection.contract import Baseline
from sim.detection.normal import nothing_known
from sim.stats.dependence.covariance import CovarianceReading
from sim.stats.moments import Layout, Moments, mean_sd
from sim.telemetry.mail import Mail

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Retell = Callable[[Baseline, int], Baseline]


class Normal(Protocol):
    """A normal that is told of publications (`sim.detection.normal`)."""

    def publish(self, version: int, baseline: Baseline) -> None:
        """Take note of what a version says."""
        ...


class Baselines(Protocol):
    """What happens when a baseline is due."""

    def publish(self, version: int, now_ns: int, population: Moments | None) -> None:
        """Publish a version; `population` is what is known of all agents (None: nothing)."""
        ...


class OfPopulation:
    """One baseline for all, that of the root or the true one; or what each publisher makes of it.

    `told` turns the one into a row for each publisher of the normal. `gathered` is asked for a
    baseline with covariances, of what was gathered for the version, in place of exact moments.
    """

    def __init__(
        self,
        normal: Normal,
        told: Retell | None = None,
        gathered: Callable[[], Baseline] | None = None,
    ) -> None:
        self._normal = normal
        self._told = told
        self._gathered = gathered

    def publish(self, version: int, now_ns: int, population: Moments | None) -> None:
        """See `Baselines.publish`."""
        if population is not None:
            baseline = (
                baseline_of_moments(population) if self._gathered is None else self._gathered()
            )
            told = baseline if self._told is None else self._told(baseline, now_ns)
            self._normal.publish(version, told)


class OfGroups:
    """One baseline for each aggregator of a tier, of what it knows of the agents below it.

    `sums` gives the wide sums of its panes, (aggregators, wide); `mail` takes them to the locals
    and `up` says who can send now (both None where the aggregators are the locals, or nothing takes
    time).
    """

    def __init__(
        self,
        normal: Normal,
        sums: Callable[[int], Ints],
        layout: Layout,
        mail: Mail | None = None,
        up: Callable[[], Bools] | None = None,
    ) -> None:
        self._normal = normal
        self._sums = sums
        self._layout = layout
        self._mail = mail
        self._up = up

    def publish(self, version: int, now_ns: int, population: Moments | None) -> None:  # noqa: ARG002
        """See `Baselines.publish`."""
        self._normal.publish(version, baseline_of_sums(self._sums(now_ns), self._layout))
        if self._mail is not None:
            self._mail.publish(version, now_ns, None if self._up is None else self._up())


def baseline_of_sums(sums: Ints, layout: Layout) -> Baseline:
    """Baselines of wide rows, (B, wide)."""
    return Baseline(*mean_sd(sums, layout.features))


def baseline_of_covariance(reading: CovarianceReading | None, features: int) -> Baseline:
    """The one baseline of gathered samples; what is not known is NaN.

    Means, deviations and covariances are of the same samples, so no correlation is beyond 1.
    """
    if reading is None:
        return nothing_known(1, features, covariance=True)
    count, sd = np.array([reading.count]), np.sqrt(np.diag(reading.matrix))
    return Baseline(count, reading.mean[None], sd[None], reading.matrix[None])


def baseline_of_moments(moments: Moments) -> Baseline:
    """The one baseline of exact moments."""
    return Baseline(np.array([moments.count]), moments.mean[None], moments.sd[None])
