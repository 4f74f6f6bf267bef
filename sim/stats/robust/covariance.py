"""Robust centres of covariance matrices, one of each agent, that are covariance matrices again.

Medians and trimmed means of the entries need not be positive semidefinite: an eigenvalue below 0
is a variance below 0. The geometric median in the Frobenius norm is a convex combination of the
matrices, so it always is; any other rule is projected.
"""

import numpy as np

from sim.stats.robust.contract import Floats, Ints, Rule
from sim.stats.robust.geometric_median import GeometricMedian


def geometric_median(matrices: Floats, weights: Floats) -> Floats:
    """Geometric medians (groups, d, d) of `matrices` (groups, n, d, d), weights (groups, n)."""
    return entrywise(GeometricMedian(), matrices, weights, 0)


def entrywise(rule: Rule, matrices: Floats, weights: Floats, f: int | Ints) -> Floats:
    """Centres (groups, d, d) of matrices (groups, n, d, d) taken as vectors of d * d entries.

    Symmetric where all matrices are, but with most rules not always positive semidefinite.
    """
    count, n, d, _ = matrices.shape
    centres = rule.centre(matrices.reshape(count, n, d * d), weights, f)
    return centres.reshape(count, d, d)


def project(matrices: Floats, floor: float = 0.0) -> Floats:
    """The nearest symmetric matrices (..., d, d) with no eigenvalue below `floor`.

    Nearest in the Frobenius norm: Higham (1988). NaN stays NaN.
    """
    known = np.asarray(~np.isnan(matrices).any(axis=(-2, -1)))
    symmetric = (matrices + np.swapaxes(matrices, -2, -1)) / 2
    variances, axes = np.linalg.eigh(np.where(known[..., None, None], symmetric, 0.0))
    lifted = axes * np.maximum(variances, floor)[..., None, :] @ np.swapaxes(axes, -2, -1)
    exact = np.where(variances.min(axis=-1)[..., None, None] >= floor, symmetric, lifted)
    return np.where(known[..., None, None], exact, np.nan)
