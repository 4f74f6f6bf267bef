"""One agent's evidence for a shift: the log-likelihood ratio of its window's mean.

H0: an agent's level is drawn from the baseline, N(mu, tau^2) in each feature, and the mean of n
values with deviation s within an agent is off from that by N(0, s^2 / n). H1: the same, with every
level shifted by d. Then, with v = tau^2 + s^2 / n,

    ln p1(x) / p0(x) = sum over features of (d / v) (x - mu - d / 2)

Features count as independent; where they are not, evidence is overstated. tau is the deviation of
agents' means of one pane, so it holds the noise of a pane too, and drift: evidence is understated,
by half at most where agents do not differ at all.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.stats.evidence import quantise
from sim.stats.fixed_point import QUANTUM
from sim.stats.moments import Moments

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

NATS_MAX: Final = 2.0**30
"""More than this nobody may say, cap or no cap: what is claimed may be any number."""


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """A shift against a baseline that stays as it is; (features,) each, in scales."""

    mean: Floats
    between: Floats
    """Variance between agents, tau^2."""
    within: Floats
    """Variance of an agent's values, s^2."""
    shift: Floats
    """d; 0 in features that do not vary, which therefore say nothing."""

    @classmethod
    def of(cls, baseline: Moments, effect: float) -> "Hypothesis | None":
        """A shift by `effect` deviations of a baseline; None if that does not know them all."""
        known = np.isfinite([baseline.mean, baseline.sd, baseline.between_sd])
        if not known.all():
            return None
        between = baseline.between_sd**2
        within = np.maximum(baseline.sd**2 - between, QUANTUM**2)
        return cls(baseline.mean, between, within, effect * baseline.sd)

    def quanta(self, count: Ints | Floats, mean: Floats, cap: float | None) -> Ints:
        """Evidence of each agent: `count` (agents,) values with this `mean` (agents, features).

        In quanta of `stats.evidence`, clipped at `cap` nats; 0 for an agent without values.
        """
        there = count > 0
        n = np.where(there, count, 1)[:, None]
        weight = self.shift / (self.between + self.within / n)
        ratios = (weight * (mean - (self.mean + self.shift / 2))).sum(axis=1)
        return quantise(np.where(there, ratios, 0.0), min(cap or NATS_MAX, NATS_MAX))
