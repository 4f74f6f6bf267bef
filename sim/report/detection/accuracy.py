"""What was decided at each instant, counted from the table of points: the curves of the figure.

Every count is a sum of weights, so that a sample of agents stands for all of them. Where there are
more decisions than a reader can see, neighbours are counted together. Nothing is ever made of a
share without a denominator: it is NaN, and a gap in the curve.
"""

from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from sim.measure.tables import Table

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Whose = Literal["", "central_"]
"""What the deciding nodes did, or the twin that was run centrally."""

SHOWN: Final = 600
"""Decisions of a curve: about one a pixel."""


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """What one of the two made of the decisions; arrays (decisions,) of weights."""

    true_alarms: Floats
    false_alarms: Floats

    @property
    def alarms(self) -> Floats:
        """All of them."""
        return self.true_alarms + self.false_alarms

    @property
    def false_share(self) -> Floats:
        """False alarms of all alarms; 0 at a decision without alarm, as the promise has it."""
        return np.divide(
            self.false_alarms, self.alarms, out=np.zeros(len(self.alarms)), where=self.alarms > 0
        )


@dataclass(frozen=True, slots=True, eq=False)
class Decisions:
    """All decisions of a replication in order of time; arrays (decisions,) of weights."""

    time_ns: Ints
    agents: Floats
    anomalous: Floats
    known: Floats
    """Agents with a score that counts at the deciding node."""
    known_anomalous: Floats
    here: Side
    central: Side

    def __len__(self) -> int:
        return len(self.time_ns)

    def recall(self, side: Side) -> Floats:
        """Anomalous agents with an alarm, of the anomalous; NaN where nobody is."""
        return share(side.true_alarms, self.anomalous)


def decisions(points: Table) -> Decisions:
    """Count the points of each instant."""
    time_ns, row = np.unique(points["time_ns"], return_inverse=True)
    weight, is_anomalous = points["weight"], points["label"] != 0
    is_known = ~np.isnan(points["score"])

    def count(chosen: NDArray[np.bool_]) -> Floats:
        counts = np.bincount(row[chosen], weight[chosen], minlength=len(time_ns))
        return counts.astype(np.float64)

    def side(whose: Whose) -> Side:
        alarm = points[f"{whose}alarm"]
        return Side(count(alarm & is_anomalous), count(alarm & ~is_anomalous))

    return Decisions(
        time_ns=time_ns,
        agents=count(np.ones(len(row), np.bool_)),
        anomalous=count(is_anomalous),
        known=count(is_known),
        known_anomalous=count(is_known & is_anomalous),
        here=side(""),
        central=side("central_"),
    )


def share(part: Floats, whole: Floats) -> Floats:
    """NaN where there is no whole."""
    ratio = np.full(len(whole), np.nan)
    np.divide(part, whole, out=ratio, where=whole > 0)
    return ratio


def thinned(found: Decisions, shown: int = SHOWN) -> Decisions:
    """The same with neighbours counted together, so that at most `shown` are left."""
    count = len(found)
    if count <= shown:
        return found
    starts = np.unique(np.linspace(0, count, shown, endpoint=False).astype(np.int64))

    def added(values: NDArray[Any]) -> NDArray[Any]:
        return np.asarray(np.add.reduceat(values, starts))

    return Decisions(
        time_ns=found.time_ns[starts],
        agents=added(found.agents),
        anomalous=added(found.anomalous),
        known=added(found.known),
        known_anomalous=added(found.known_anomalous),
        here=Side(added(found.here.true_alarms), added(found.here.false_alarms)),
        central=Side(added(found.central.true_alarms), added(found.central.false_alarms)),
    )


def smoothed(values: Floats, width: int) -> Floats:
    """Mean of the last `width` values, of fewer at the begin: only what a reader could know then.

    >>> smoothed(np.array([1.0, 0.0, 0.0, 1.0]), 2).tolist()
    [1.0, 0.5, 0.0, 0.5]
    """
    total = np.append(0.0, np.cumsum(values))
    end = np.arange(1, len(values) + 1)
    begin = np.maximum(end - width, 0)
    return np.asarray((total[end] - total[begin]) / (end - begin))
