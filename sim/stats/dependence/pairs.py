"""The correlations of pairs of agents, as a matrix with the agents' numbers beside it."""

import math
from dataclasses import dataclass

import numpy as np

from sim.stats.dependence.contract import Floats, Ints, Reading


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Pairs(Reading):
    """Correlations of n agents, in ascending order of their numbers."""

    agents: Ints
    """(n,)"""
    matrix: Floats
    """(n, n), symmetric, 1 on the diagonal; NaN for a pair that was never seen together."""

    @property
    def mean(self) -> float:
        """Mean over the known pairs; NaN if there is none."""
        known = upper(self.matrix)
        known = known[~np.isnan(known)]
        return float(known.mean()) if len(known) else math.nan


def upper(matrix: Floats) -> Floats:
    """What is above the diagonal of (n, n), row by row: each pair once; (n (n - 1) / 2,)."""
    return np.asarray(matrix[np.triu_indices(len(matrix), 1)])


def rms_error(estimate: Pairs, truth: Pairs) -> float:
    """Root mean square error over the pairs that both know; NaN if there is none."""
    _, ours, theirs = np.intersect1d(estimate.agents, truth.agents, return_indices=True)
    off = estimate.matrix[np.ix_(ours, ours)] - truth.matrix[np.ix_(theirs, theirs)]
    known = upper(np.asarray(off))
    known = known[~np.isnan(known)]
    return float(np.sqrt(np.mean(np.square(known)))) if len(known) else math.nan
