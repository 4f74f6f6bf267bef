"""The interval of the mean of these very sources: only the noise within each is uncertain.

If all sources are heard there is no error from having drawn them, however far they are apart. It
says nothing of sources that are not heard, nor of the process from which they came.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from sim.stats.confidence.components import components
from sim.stats.confidence.contract import HEARD, Group, Interval, Method


@dataclass(frozen=True)
class Stratified(Method):
    """mean +- t_{N-K} sigma_w / sqrt N."""

    name: ClassVar[str] = "stratified"
    assumes: ClassVar[tuple[str, ...]] = (*HEARD, "one_look")

    def interval(self, group: Group, level: float = 0.95) -> Interval:
        """Of the mean of the sources' own levels, each by its number of values."""
        with np.errstate(divide="ignore", invalid="ignore"):
            error = np.sqrt(components(group).within / group.count)
        return Interval.of(group.mean, error, level, degrees=group.count - group.sources)
