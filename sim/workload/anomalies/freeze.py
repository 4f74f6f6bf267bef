"""An agent repeats itself: a stuck sensor, a cache that is never refreshed."""

import numpy as np

from sim.workload.anomalies.base import Anomaly, Injection
from sim.workload.behaviour import Behaviour, Bools, Floats, Ints, StreamAt


class Freeze(Anomaly):
    """options: features. Repeats the last report before the begin, or else the first one."""

    has_memory = True

    def __init__(self, behaviour: Behaviour, injection: Injection, stream_at: StreamAt) -> None:
        super().__init__(behaviour, injection, stream_at)
        self._held = np.full((len(self.members), self.features), np.nan)

    def watch(self, tick: int, who: slice, values: Floats, active: Bools) -> None:  # noqa: ARG002
        """Hold what is normal, and what comes first."""
        held = self._held[who]
        news = ~active | np.isnan(held[:, 0])
        held[news] = values[news]

    def changed(self, tick: int, who: Ints, born_ns: Floats, values: Floats) -> Floats:  # noqa: ARG002
        """What is held."""
        return self._held[who]
