"""How remarkable an agent finds what it measures: against its own level, in its own deviations.

The level is the mean of what it measured while it learnt; how much values vary is known from its
kind (for a trace, from the recording). So a score needs nobody else, and no baseline that may be
stale where it matters most.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class Levels:
    """Of all agents; `deviation` (d,) is how much the values of one vary over time."""

    def __init__(self, agents: int, deviation: Floats) -> None:
        self._deviation = np.where(deviation > 0, deviation, 1.0)
        self._sum = np.zeros((agents, len(deviation)))
        self._ticks = 0

    def learn(self, values: Floats) -> None:
        """Take these values, (agents, d), for normal ones."""
        self._sum += values
        self._ticks += 1

    def scores(self, values: Floats) -> Floats:
        """The largest deviation of any feature, (agents,); 0 as long as nothing was learnt."""
        if not self._ticks:
            return np.zeros(len(values))
        away = np.abs(values - self._sum / self._ticks) / self._deviation
        largest: Floats = away.max(axis=1)
        return largest
