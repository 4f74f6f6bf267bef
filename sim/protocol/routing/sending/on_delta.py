"""Send-on-delta: send what has moved by more than delta since it was last sent (Miskowicz,
"Send-on-delta concept", Sensors 6(1), 2006).

On a random walk of step sd sigma, far apart as steps go, an update is sent every
(delta / sigma + 0.583)^2 steps: the mean exit time of a walk, its overshoot counted (Siegmund,
"Sequential Analysis", 1985, chapter X).
"""

import math
from typing import Final

import numpy as np

from sim.protocol.routing.sending.contract import Bools, Floats, LastSent

OVERSHOOT: Final = 0.5826
"""-zeta(1/2) / sqrt(2 pi): by how many steps' sd a normal walk passes a line, in the mean."""


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

    @property
    def silence(self) -> Floats:
        """Delta, known to the root."""
        return np.full(len(self._last.values), self._delta)


def mean_interval(delta_in_sd: float) -> float:
    """Steps between two updates on a random walk; delta in sd of a step, large against 1.

    >>> round(mean_interval(5), 1)
    31.2
    """
    return (delta_in_sd + OVERSHOOT) ** 2


def mean_error_sd(delta: float, sources: int) -> float:
    """Of the mean of what was last sent by independent random walks, in the long run.

    What a walk has moved since has a triangular law on (-delta, delta), of variance delta^2 / 6.
    """
    return delta / math.sqrt(6 * sources)
