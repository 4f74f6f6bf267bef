"""Upper bounds for figures that are only 0 or 1 in each replication, such as one segment's recall.

A shift is no model of a change of such figures, and luck can hide a rare one: among 20 replications
a failure in one of fifty is missed two times in three. So the bound is the exact one of a share
(Clopper & Pearson 1934), which knows that.
"""

import numpy as np

from sim.measure.gate.rearrangements import Floats


def is_yes_or_no(a: Floats, b: Floats) -> bool:
    """Whether the figures (or their negatives) are only 0 and 1, and both occur."""
    return np.array_equal(np.unique(np.abs(np.append(a, b))), [0.0, 1.0])


def rise_at_most(a: Floats, b: Floats, level: float) -> float:
    """Upper bound, from group a to b, of the rise of the share that is at the larger figure."""
    bad = max(a.max(), b.max())
    most = share_at_most(int((b == bad).sum()), len(b), level / 2)
    least = 1 - share_at_most(int((a != bad).sum()), len(a), level / 2)
    return most - least


def share_at_most(count: int, n: int, level: float) -> float:
    """Upper end of the exact one-sided interval of a share, `count` of `n`.

    >>> round(share_at_most(0, 20, 0.05), 3)
    0.139
    """
    if count == n:
        return 1.0
    from scipy.stats import beta

    return float(beta.ppf(1 - level, count + 1, n - count))
