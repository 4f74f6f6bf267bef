"""The two-level interval of the mean of all values: sigma_b^2 / K* + sigma_w^2 / N.

K* = N^2 / sum n_i^2 is K for sources of one size, and then this is the cluster-robust interval,
except that a spread between sources below what their noise alone would give counts as that noise
(Kish 1965, section 5.4). Where some sources sent far more than others it is still about the mean of
all *values*, of which the cluster-robust interval knows nothing; it then covers a little more than
it claims. It must be told K*: sizes from 1 to 60 taken for equal ones leave 87 % of 95.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from sim.stats.confidence.components import components
from sim.stats.confidence.contract import HEARD, Floats, Group, Interval, Method


@dataclass(frozen=True)
class TwoLevel(Method):
    """mean +- t sqrt(sigma_b^2 / K* + sigma_w^2 / N)."""

    name: ClassVar[str] = "two_level"
    assumes: ClassVar[tuple[str, ...]] = ("children_alike", "sources_enough", *HEARD, "one_look")

    def interval(self, group: Group, level: float = 0.95) -> Interval:
        """Of the mean of the process from which sources were drawn.

        Degrees of freedom are those of the spread between K* sources, K* - 1: too few rather than
        too many where the spread within decides.
        """
        degrees = group.effective_sources - 1
        return Interval.of(group.mean, np.sqrt(_variance(group)), level, degrees=degrees)


def _variance(group: Group) -> Floats:
    """Never below that of the sources' means, which needs no split that could come out too low."""
    split = components(group)
    with np.errstate(divide="ignore", invalid="ignore"):
        error = split.between / group.effective_sources + split.within / group.count
        return np.fmax(error, group.between_sd**2 / group.sources)
