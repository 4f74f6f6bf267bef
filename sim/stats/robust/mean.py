"""The weighted mean: exact where nobody lies, and anybody's where one does."""

from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np

from sim.stats.robust.contract import Floats, Groups, Rule


def weighted_mean(items: Floats, weights: Floats) -> Floats:
    """Mean of each group; items (groups, n, features), weights (groups, n) with a sum above 0."""
    shares = weights / weights.sum(axis=1, keepdims=True)
    return np.asarray((items * shares[..., None]).sum(axis=1))


@dataclass(frozen=True)
class Mean(Rule):
    """The weighted mean, to compare with; it withstands no liar, and `f` is not used."""

    name: ClassVar[str] = "mean"
    weighted: ClassVar[bool] = True
    hull: ClassVar[Literal["box", "ball", "none"]] = "none"

    def _centre(self, groups: Groups) -> Floats:
        return weighted_mean(groups.items, groups.weights)
