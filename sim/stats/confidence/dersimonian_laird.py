"""The random-effects interval over children, with a normal quantile: for ten children or more.

It takes tau^2, estimated from few children, for known: with five children that differ, what is
called 95 % covers about 90 %. `hartung_knapp` pays for that. DerSimonian & Laird (1986).
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from sim.stats.confidence.contract import HEARD, Group, Interval, Method
from sim.stats.confidence.meta_analysis import combine


@dataclass(frozen=True)
class DerSimonianLaird(Method):
    """sum w* y / sum w* +- z (sum w*)^(-1/2)."""

    name: ClassVar[str] = "dersimonian_laird"
    assumes: ClassVar[tuple[str, ...]] = ("children_enough", *HEARD, "one_look")

    def interval(self, group: Group, level: float = 0.95) -> Interval:
        """Of the mean of the process from which children were drawn; one child is believed."""
        whole = combine(group)
        return Interval.of(whole.mean, np.sqrt(whole.variance), level)
