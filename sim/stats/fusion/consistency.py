"""Whether estimates claim more than they know: the error held against the claimed covariance.

Of an honest estimate the normalised squared error (NEES) is d on average, and less only if it
claims to know less than it does (Bar-Shalom, Li and Kirubarajan, "Estimation with Applications to
Tracking and Navigation", 2001, section 5.4).
"""

import math
from typing import Final

import numpy as np

from sim.stats.fusion.contract import Floats

Z_95: Final = 1.959963984540054


def nees(errors: Floats, covariance: Floats) -> float:
    """Mean of e' P^-1 e over errors (k, d); d for an honest P (d, d)."""
    return float(np.mean(np.sum(errors * np.linalg.solve(covariance, errors.T).T, axis=1)))


def coverage(errors: Floats, variance: float) -> float:
    """Share of scalar errors (k,) inside the 95 % interval of a claimed variance."""
    return float(np.mean(np.abs(errors) <= Z_95 * math.sqrt(variance)))


def expected_coverage(true_variance: float, claimed_variance: float) -> float:
    """What the 95 % interval of a claimed variance really covers.

    >>> round(expected_coverage(1.0, 0.5), 3), round(expected_coverage(0.5, 1.0), 3)
    (0.834, 0.994)
    """
    return math.erf(Z_95 * math.sqrt(claimed_variance / true_variance) / math.sqrt(2))


def is_conservative(claimed: Floats, true: Floats, tolerance: float = 1e-9) -> bool:
    """Whether claimed - true (d, d) is positive semi-definite, within rounding."""
    slack = np.linalg.eigvalsh(claimed - true)
    return bool(slack.min() >= -tolerance * max(1.0, float(np.abs(claimed).max())))
