"""Send-on-delta with a delta that each source fits to a budget of messages.

A bound that is passed grows and one that is kept shrinks, as in Olston, Jiang and Widom, "Adaptive
filters for continuous queries over distributed data streams" (SIGMOD 2003), where a coordinator
shares out what the bounds have shrunk by. Here each source is by itself: log delta rises by
g (1 - p) when it sends and falls by g p when it does not, so it rests where a share p of the
measurements is sent (Robbins and Monro, 1951). Silence stays a promise without another message,
for delta only shrinks in silence: the one that came with the last update holds until the next.
"""

import math
from typing import Final

import numpy as np

from sim.protocol.routing.sending.contract import Bools, Floats, LastSent

LOG_DELTA_MAX: Final = 600.0
"""Beyond that exp is no number that could be squared or sent."""


class Adaptive:
    """`delta` to begin with, `share` of the measurements to send in the end, `gain` a step.

    Raises ValueError unless delta and gain are above 0 and share is between 0 and 1.
    """

    def __init__(
        self, sources: int, features: int, *, delta: float, share: float, gain: float = 0.1
    ) -> None:
        if not (0 < delta < math.inf and 0 < gain < math.inf and 0 < share < 1):
            raise ValueError("delta and gain must be above 0, share between 0 and 1")
        self._share, self._gain = share, gain
        self._log_delta = np.full(sources, math.log(delta))
        self._last = LastSent(sources, features)

    def offer(self, values: Floats, now_ns: int) -> Bools:
        """Those whose last value is further away than their delta, which then grows."""
        due: Bools = self._last.distance(values) > self.silence
        self._last.send(due, values)
        self._log_delta += self._gain * (due - self._share)
        np.clip(self._log_delta, -LOG_DELTA_MAX, LOG_DELTA_MAX, out=self._log_delta)
        return due

    def forget(self, sources: Bools) -> None:
        """See `SendPolicy.forget`; deltas stay as they are."""
        self._last.forget(sources)

    @property
    def silence(self) -> Floats:
        """The delta of each source; for those that have just sent, the one sent with the update."""
        bounds: Floats = np.exp(self._log_delta)
        return bounds
