"""What agents have in common: at every report number a shock that all of a group share.

Noise of agents is independent, so nothing would correlate them. A common factor of standard
deviation s beside own noise of standard deviation e gives any two agents of a group, in one
feature, the correlation s^2 / (s^2 + e^2) (drift and season count with e).
"""

import numpy as np

from sim.workload.behaviour import Floats, Ints, StreamAt


class CommonFactor:
    """Normal shocks of standard deviation `sd`, new and independent at every report number.

    `group` (agents,) says which agents share one; each feature has shocks of its own.
    """

    def __init__(self, group: Ints, features: int, stream_at: StreamAt, sd: float) -> None:
        self._group = group
        self._shape = (int(group.max()) + 1, features)
        self._stream_at = stream_at
        self._sd = sd
        self._drawn: dict[int, Floats] = {}

    def at(self, tick: int, first: int, count: int) -> Floats:
        """The shocks of agents first ... first + count - 1; (count, features)."""
        shocks = self._drawn.get(tick)
        if shocks is None:
            shocks = self._stream_at("common factor", tick).standard_normal(self._shape)
            shocks *= self._sd
            self._drawn[tick] = shocks
        if first + count == len(self._group):
            # The last agent has been asked: this tick, and those before, are done with.
            for old in [known for known in self._drawn if known <= tick]:
                del self._drawn[old]
        return np.asarray(shocks[self._group[first : first + count]])
