"""What a sample that is not of independent, equal items is worth: effective numbers."""

import numpy as np
from numpy.typing import ArrayLike

from sim.stats.confidence.components import components
from sim.stats.confidence.contract import Floats, Group


def kish(weights: ArrayLike, axis: int = -1) -> Floats:
    """Kish's effective number (sum w)^2 / sum w^2 along an axis; NaN if all weights are 0.

    The number of equal weights that gives a weighted mean of the same variance. Kish (1965),
    section 11.7.

    >>> float(kish([1.0, 1.0, 2.0]))
    2.6666666666666665
    """
    w = np.asarray(weights, np.float64)
    with np.errstate(invalid="ignore"):
        return np.asarray(w.sum(axis) ** 2 / (w**2).sum(axis))


def design_effect(size: ArrayLike, icc: ArrayLike) -> Floats:
    """1 + (size - 1) icc: by how much clusters of this size raise the variance of a mean.

    For clusters of sizes n_i the size is the one that a value sees, sum n_i^2 / N.

    >>> round(float(design_effect(25, 0.1)), 6)
    3.4
    """
    return 1 + (np.asarray(size, np.float64) - 1) * np.asarray(icc, np.float64)


def estimated_effect(group: Group) -> Floats:
    """The design effect of a group's sources, with the correlation that its spreads show."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return design_effect(group.count / group.effective_sources, components(group).icc)


def effective_count(group: Group) -> Floats:
    """N by the estimated design effect: of how many independent values the mean is worth."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(group.count / estimated_effect(group))
