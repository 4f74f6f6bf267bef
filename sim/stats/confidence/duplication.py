"""Values that are counted more than once: the mean hardly suffers, the interval is too narrow.

Who counts item i c_i times believes in N = sum c_i items and is worth Kish's N^2 / sum c_i^2 of
them, so the true variance is sum c_i^2 / sum c_i times the claimed one. What is counted twice must
be an observation of its own: a source's values sent twice leave its mean, hence a clustered
interval, alone, and a whole source that is counted twice does not.
"""

import numpy as np
from numpy.typing import ArrayLike

from sim.stats.confidence.contract import Floats, Interval
from sim.stats.confidence.coverage import real_coverage
from sim.stats.confidence.design import kish


def variance_ratio(times: ArrayLike, axis: int = -1) -> Floats:
    """True by claimed variance if item i is counted `times[i]` times, along an axis.

    >>> float(variance_ratio([2, 2, 2])), float(variance_ratio([1, 1, 2]))
    (2.0, 1.5)
    """
    counted = np.asarray(times, np.float64)
    return np.asarray(counted.sum(axis) / kish(counted, axis))


def duplicated_coverage(times: ArrayLike, level: float = 0.95) -> Floats:
    """What an interval of this level covers if item i is counted `times[i]` times.

    >>> [round(float(duplicated_coverage([k])), 3) for k in (1, 2, 3)]
    [0.95, 0.834, 0.742]
    """
    return real_coverage(Interval.of(0.0, 1.0, level), variance_ratio(times))
