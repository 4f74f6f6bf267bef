"""Bounds for a share of sources of which nothing is known but the range of what they may say.

If a share c is heard with mean m, the mean of all lies in [c m + (1 - c) lo, c m + (1 - c) hi],
whatever is missing and why (Manski 2003, chapter 1). Sampling error of m comes on top: each end is
taken at the end of the interval of m, which is no narrower for the range: that is about what is
missing. Only where m is not bounded at all the range has to do. That is an interval for the whole
set of means that are possible, hence a little wide for the one that is true (Imbens & Manski 2004):
for certainty between 1.645 and 1.96 standard errors, next to a width of (1 - c) (hi - lo) that no
amount of data narrows.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from sim.stats.confidence.contract import Bools, Floats, Interval


class Bounds(NamedTuple):
    """The mean of all is from `low` to `high`; arrays of one shape."""

    low: Floats
    high: Floats

    def covers(self, truth: ArrayLike) -> Bools:
        """Whether the truth is inside."""
        value = np.asarray(truth, np.float64)
        return np.asarray((self.low <= value) & (value <= self.high))


def worst_case(heard: Interval, coverage: ArrayLike, low: ArrayLike, high: ArrayLike) -> Bounds:
    """Of the mean of all, from the interval of the share `coverage` of sources that are heard.

    Means of sources are declared to be in [low, high]. At least the level of `heard`. Raises
    ValueError for a coverage outside [0, 1] and for a range whose ends are not in order or not
    finite.

    >>> bounds = worst_case(Interval.of(0.5, 0.0, 0.95), 0.9, -1.0, 1.0)
    >>> round(float(bounds.low), 3), round(float(bounds.high), 3)
    (0.35, 0.55)
    """
    share, lo, hi = (np.asarray(array, np.float64) for array in (coverage, low, high))
    if not ((share >= 0) & (share <= 1)).all():
        raise ValueError("a coverage must be from 0 to 1")
    if not (np.isfinite(lo) & np.isfinite(hi) & (lo <= hi)).all():
        raise ValueError("a range must be finite, its lower end first")
    below = np.where(np.isinf(heard.half_width), lo, heard.low)
    above = np.where(np.isinf(heard.half_width), hi, heard.high)
    return Bounds(share * below + (1 - share) * lo, share * above + (1 - share) * hi)
