"""The exponentially weighted level of every feature, as columns.

After each report level += gain * (value - level), with gain = 1 - 2**(-1 / half life in reports):
a value counts half as much one half life later (Roberts 1959, Technometrics 1: control chart tests
based on geometric moving averages). The first value begins the level. What is lost on the way does
not age the level: it counts reports that arrived, because a detector knows no clock.
"""

import math

import numpy as np

from sim.detection.contract import Floats, Ints
from sim.detection.detectors.columns import Index
from sim.detection.detectors.watched import Watched


class Level:
    """The levels of all agents; (agents, F), NaN before the first value."""

    def __init__(self, watched: Watched, half_life_ns: int) -> None:
        self.gain = -math.expm1(-math.log(2) / watched.reports(half_life_ns, "half_life"))
        self.now = watched.blank()

    def advance(self, index: Index, values: Floats) -> Floats:
        """Take in one value of each row. Gives value minus the level before it; NaN at first."""
        before = self.now[index]
        residual = values - before
        after = before + self.gain * residual
        first = np.isnan(after)
        if first.any():
            after[first] = values[first]
        self.now[index] = after
        return np.asarray(residual)

    def forget(self, rows: Ints) -> None:
        """Begin these agents anew."""
        self.now[rows] = np.nan
