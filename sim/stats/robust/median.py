"""The coordinate-wise median: the smallest worst-case bias of all rules (Huber 1964).

In many dimensions the biases of the coordinates add up; see `spectral_filter`.
"""

from dataclasses import dataclass
from typing import ClassVar, Literal

from sim.stats.robust.contract import Floats, Groups, Rule
from sim.stats.robust.order import weighted_median


@dataclass(frozen=True)
class Median(Rule):
    """The weighted median of each feature; `f` is not used."""

    name: ClassVar[str] = "median"
    weighted: ClassVar[bool] = True
    hull: ClassVar[Literal["box", "ball", "none"]] = "box"

    def _centre(self, groups: Groups) -> Floats:
        return weighted_median(groups.items, groups.weights)
