"""What the root publishes: the exact mean, a robust estimate, or the exact mean under guard.

In a dispute exact moments that were attested earlier stand in for the present ones: it is proven
that they were added up well, not that agents told the truth. So they are guarded like any other.
"""

import math
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.scenario.plan import Plan
from sim.stats.guard import critical_value, efficiency, guarded, radius, standard_error
from sim.stats.moments import Moments
from sim.stats.robust.max_bias import max_bias
from sim.telemetry.digests import Estimate

Floats = NDArray[np.float64]

SEEN_MIN: Final = 0.5
"""Share of the expected items with which an estimate can vouch for anything."""


@dataclass(frozen=True, slots=True)
class Published:
    """A baseline, and why it is this one."""

    moments: Moments
    robust: Floats
    """What the estimate said, (features,)."""
    items: int
    reach: float
    """Largest |mean - robust| / radius of any feature; NaN without a guard, or without items.

    The mean is the exact one, or in a dispute the attested one.
    """
    alert: bool
    """This mean was not vouched for."""


class Estimator:
    """Chooses by the rule of a plan."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan.baseline.rule
        self._agents = plan.agents.count
        self._reports_behind = self._plan.lead_ns / plan.agents.period_ns + 1
        """Reports of an agent that the exact mean has seen and the digest has not, about."""
        self._seen_any = False

    def choose(
        self, exact: Moments, estimate: Estimate | None, attested: Moments | None = None
    ) -> Published:
        """The baseline to be published, of exact moments and an estimate that may be missing.

        `attested` moments of an earlier window take the place of `exact` ones under guard.
        """
        robust = _as_moments(exact, estimate)
        if self._plan.kind == "guarded_mean":
            return self._guard(exact, estimate, robust, attested)
        items = 0 if estimate is None else estimate.items
        return Published(robust, robust.mean, items, np.nan, alert=False)

    def _guard(
        self,
        exact: Moments,
        estimate: Estimate | None,
        robust: Moments,
        attested: Moments | None,
    ) -> Published:
        """Before the first digests nobody can vouch; later, who is blind does not."""
        mean = exact if attested is None else attested
        if estimate is None or estimate.items < SEEN_MIN * estimate.expected:
            items = 0 if estimate is None else estimate.items
            return Published(mean, robust.mean, items, np.nan, alert=self._seen_any)
        self._seen_any = True
        verdict = guarded(mean.mean, robust.mean, self._radius(exact, estimate, attested))
        alert = bool(verdict.alert)
        excess = float(verdict.excess)
        return Published(robust if alert else mean, robust.mean, estimate.items, excess, alert)

    def _radius(self, exact: Moments, estimate: Estimate, attested: Moments | None) -> Floats:
        """Room for the liars that are let through, for chance, and for the sketch's own error."""
        plan, features = self._plan, len(estimate.mean)
        assert plan.estimator is not None
        bias = max_bias(plan.estimator.kind, plan.let_through)
        if bias is None:
            bias = max_bias("median", plan.let_through) or 0.0
        items = max(min(estimate.items, self._agents), 1)
        error = standard_error(estimate.between_sd, items, self._agents, self._efficiency())
        unshared = self._unshared(exact.count, None if attested is None else attested.count)
        error = np.hypot(error, estimate.within_sd * math.sqrt(unshared / items))
        z = critical_value(plan.false_alerts, features)
        own = plan.accuracy * np.abs(estimate.mean) if plan.over == "sketch" else 0.0
        return radius(bias, estimate.between_sd, error, z) + own

    def _unshared(self, count: int, attested: int | None) -> float:
        """Variance, in that of one value of an agent, of values that only one of the two has seen.

        The exact mean has seen all that the digests have, and what came since; attested moments may
        be of quite another window.
        """
        now = max(count / self._agents, 1.0)
        then = max(count / self._agents - self._reports_behind, 1.0)
        if attested is not None:
            return 1 / then + 1 / max(attested / self._agents, 1.0)
        return max(1 / then - 1 / now, 0.0)

    def _efficiency(self) -> float:
        """That of the rule on normal agents; the median's where it is not known, to be careful."""
        assert self._plan.estimator is not None
        trims = self._plan.estimator.kind == "trimmed_mean"
        return efficiency(self._plan.f if trims else 0.5)


def _as_moments(exact: Moments, estimate: Estimate | None) -> Moments:
    """The estimate in the form of a baseline; counts are those of the exact sums."""
    nothing = np.full_like(exact.mean, np.nan)
    if estimate is None:
        return replace(exact, mean=nothing, sd=nothing, between_sd=nothing)
    sd = np.hypot(estimate.within_sd, estimate.between_sd)
    return replace(exact, mean=estimate.mean, sd=sd, between_sd=estimate.between_sd)
