"""A robust baseline of what agents say about themselves: count, mean and variance of their windows.

Nothing that is claimed sets a weight or a width by itself: counts are capped by what the registry
says is possible, variances have a floor and are put together on a logarithmic scale, and the spread
between agents is a robust scale of their means.
"""

from dataclasses import dataclass

import numpy as np

from sim.stats.fixed_point import QUANTUM
from sim.stats.robust.contract import Floats, Ints, Rule, prepare
from sim.stats.robust.scale import mad


@dataclass(frozen=True, slots=True)
class Baseline:
    """Robust centre and spread of each group; arrays (groups, features) in the items' unit."""

    mean: Floats
    within_sd: Floats
    """Of an agent's values round its own mean."""
    between_sd: Floats
    """Of the agents' means round the baseline's."""

    @property
    def sd(self) -> Floats:
        """Of a value of any agent round the baseline's mean."""
        return np.asarray(np.hypot(self.within_sd, self.between_sd))


def capped(counts: Floats, cap: float) -> Floats:
    """Weights of agents that claim `counts` values where at most `cap` are possible."""
    return np.clip(np.nan_to_num(counts, nan=0.0), 0.0, cap)


def baseline(
    rule: Rule, counts: Floats, means: Floats, variances: Floats, *, f: int | Ints, cap: float
) -> Baseline:
    """The baseline of each group of agents, at most `f` of whom lie.

    `counts` (groups, n), 0 where an agent is absent; `means` and `variances` (groups, n, features)
    as claimed; a variance that is NaN (of one value) is not used. Variances below the square of
    the fixed-point quantum count as that. NaN where the rule has too few agents.

    The means' spread still holds the noise of each agent's own mean, within_sd^2 / count. With a
    median over variances of m values each, `within_sd` is low by about 1 / (3 m) of itself.
    """
    weights = capped(counts, cap)
    mean = rule.centre(means, weights, f)
    within = _within_sd(rule, variances, weights, f)
    groups = prepare(means, weights, f)
    between = np.full_like(mean, np.nan)
    known = ~np.isnan(mean).any(axis=1)
    voices = (groups.weights[known] > 0).astype(np.float64)
    between[known] = mad(groups.items[known], voices, mean[known])
    return Baseline(mean, within, between)


def _within_sd(rule: Rule, variances: Floats, weights: Floats, f: int | Ints) -> Floats:
    """Square root of the exponential of the robust centre of log-variances."""
    floored = np.where(variances > QUANTUM**2, variances, QUANTUM**2)
    logs = np.log(np.where(np.isnan(variances), np.nan, floored))
    return np.asarray(np.exp(rule.centre(logs, weights, f) / 2))
