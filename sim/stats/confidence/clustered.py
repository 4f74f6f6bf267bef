"""The cluster-robust interval: each source's own mean is one observation, and nothing else is.

However the values of one source hang together, its mean is one number, and K independent numbers
are all that is needed. With normal sources it is exact for every K from 2 on; the price of a small
K is width (t_1 = 12.7 against 1.96), not coverage. Liang & Zeger (1986) for means; Student (1908).
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from sim.stats.confidence.contract import HEARD, Group, Interval, Method


@dataclass(frozen=True)
class Clustered(Method):
    """source_mean +- t_{K-1} between_sd / sqrt K."""

    name: ClassVar[str] = "clustered"
    assumes: ClassVar[tuple[str, ...]] = ("children_alike", "sources_enough", *HEARD, "one_look")

    def interval(self, group: Group, level: float = 0.95) -> Interval:
        """Of the mean of the process from which sources were drawn."""
        with np.errstate(divide="ignore", invalid="ignore"):
            error = group.between_sd / np.sqrt(group.sources)
        return Interval.of(group.source_mean, error, level, degrees=group.sources - 1)
