"""The coordinate-wise trimmed mean: without the f / n of the weight that is largest and smallest.

Yin, Chen, Ramchandran & Bartlett (2018); with weights, by mass and not by count, since a count
would let few heavy liars stay. It withstands liars with less than f / n of the weight.
"""

from dataclasses import dataclass
from typing import ClassVar, Literal

from sim.stats.robust.contract import Floats, Groups, Rule
from sim.stats.robust.order import trimmed_mean


@dataclass(frozen=True)
class TrimmedMean(Rule):
    """The weighted mean of each feature without weight f / n at either end."""

    name: ClassVar[str] = "trimmed_mean"
    weighted: ClassVar[bool] = True
    hull: ClassVar[Literal["box", "ball", "none"]] = "box"

    def _centre(self, groups: Groups) -> Floats:
        return trimmed_mean(groups.items, groups.weights, groups.f / groups.n)
