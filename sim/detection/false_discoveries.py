"""False alarms among alarms, as procedures over many tests promise them; pure, on columns.

Each family promises something else: Benjamini-Hochberg and its kin the mean over decisions of the
false share of alarms (FDR), Bonferroni how often a decision has any false alarm (family-wise error
rate), online procedures the false share of all alarms so far, on average at any instant. A decision
is all points of one instant, whatever nodes took it; without an alarm the false share is 0.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.detection.scores import checked_weights

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class FalseDiscoveries:
    """Weights of the alarms of each decision, in order of time; arrays (decisions,)."""

    false: Floats
    alarms: Floats
    is_complete: bool
    """Whether no point stands for more than itself."""

    @property
    def rate(self) -> float:
        """Mean false share of a decision's alarms; NaN without decisions.

        The mean of the false discovery proportion (Benjamini & Hochberg 1995). With weights each
        proportion is a ratio of estimates, exact where nobody was left out.
        """
        return float(self.shares.mean()) if len(self.alarms) else math.nan

    @property
    def shares(self) -> Floats:
        """False share of the alarms of each decision, (decisions,)."""
        return _share(self.false, self.alarms)

    @property
    def any_false(self) -> float:
        """Share of decisions with a false alarm (Hochberg & Tamhane 1987).

        NaN without decisions, and where points stand for others: nobody knows of those.
        """
        is_known = len(self.alarms) and self.is_complete
        return float(np.mean(self.false > 0)) if is_known else math.nan

    @property
    def running(self) -> Floats:
        """False share of all alarms up to each decision, (decisions,).

        What online procedures bound on average at any time (Javanmard & Montanari 2018).
        """
        return _share(np.cumsum(self.false), np.cumsum(self.alarms))


def false_discoveries(
    time_ns: Ints, labels: ArrayLike, alarms: ArrayLike, weights: ArrayLike | None = None
) -> FalseDiscoveries:
    """Count the alarms of each instant; columns (points,), a label that is not 0 is an anomaly.

    Raises ValueError for columns of different length and weights that are negative or NaN.
    """
    label, alarm = np.asarray(labels) != 0, np.asarray(alarms, np.bool_)
    weight = checked_weights(weights, label, alarm, time_ns)
    instants = np.unique(time_ns)
    decision = np.searchsorted(instants, time_ns[alarm])
    return FalseDiscoveries(
        false=_sum(decision, (weight * ~label)[alarm], len(instants)),
        alarms=_sum(decision, weight[alarm], len(instants)),
        is_complete=bool((weight == 1).all()),
    )


def _share(false: Floats, alarms: Floats) -> Floats:
    return np.divide(false, alarms, out=np.zeros(len(alarms)), where=false > 0)


def _sum(decision: Ints, weight: Floats, decisions: int) -> Floats:
    return np.bincount(decision, weight, minlength=decisions).astype(np.float64)
