"""Send-on-delta: send what has moved by more than delta since it was last sent (Miskowicz,
"Send-on-delta concept", Sensors 6(1), 2006).

On a random walk of step sd sigma an update is sent every (delta / sigma + 0.583)^2 + 1/4 steps, by
Wald's identity: the mean square of where the walk is as it passes delta, by an overshoot of mean
0.583 sigma and variance sigma^2 / 4 (Siegmund, "Sequential Analysis", 1985, chapter X; Chang and
Peres, "Ladder heights, Gaussian random walks and the Riemann zeta function", 1997).
"""

import math
from typing import Final

import numpy as np

from sim.protocol.routing.sending.contract import Bools, Floats, LastSent

OVERSHOOT: Final = 0.5826
"""-zeta(1/2) / sqrt(2 pi): by how many steps' sd a normal walk passes a line, in the mean."""
OVERSHOOT_VARIANCE: Final = 0.25


class OnDelta:
    """`delta` is one number for all components. Silence: within delta of the last one sent.

    Raises ValueError for a negative delta.
    """

    def __init__(self, sources: int, features: int, *, delta: float) -> None:
        if not delta >= 0:
            raise ValueError(f"delta cannot be negative, as {delta} is")
        self._delta, self._last = delta, LastSent(sources, features)

    def offer(self, values: Floats, now_ns: int) -> Bools:
        """Those any of whose components has moved by more than delta."""
        due: Bools = self._last.distance(values) > self._delta
        self._last.send(due, values)
        return due

    def forget(self, sources: Bools) -> None:
        """See `SendPolicy.forget`."""
        self._last.forget(sources)

    @property
    def silence(self) -> Floats:
        """Delta, known to the root."""
        return np.full(len(self._last.values), self._delta)


def mean_interval(delta_in_sd: float) -> float:
    """Steps between two updates on a random walk; delta in sd of a step, from 1 or so up.

    >>> round(mean_interval(5), 1)
    31.4
    """
    return (delta_in_sd + OVERSHOOT) ** 2 + OVERSHOOT_VARIANCE


def mean_error_sd(delta: float, sources: int) -> float:
    """Of the mean of what independent random walks sent last, in the long run, if steps are small.

    What a walk has moved since has a triangular law on (-delta, delta), of variance delta^2 / 6;
    with steps of a fifth of delta the sd is 8 % larger, for walks overshoot.
    """
    return delta / math.sqrt(6 * sources)
