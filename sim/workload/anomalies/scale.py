"""An agent swings wider, or less, around its own normal level.

The level is a running mean of the agent's earlier reports: plain over the first `REPORTS` of them,
then exponential with the weight 1 / `REPORTS`, so that it follows a drift and a season. It is that
of what the agent would have measured, during the anomaly too: the level itself stays normal.
"""

from typing import Final

import numpy as np

from sim.workload.anomalies.base import Anomaly, Injection
from sim.workload.behaviour import Behaviour, Bools, Floats, Ints, StreamAt

REPORTS: Final = 50
"""How many reports the level remembers; its own standard error is then a seventh to a tenth sd."""


class Scale(Anomaly):
    """options: factor (on the deviation from the level), features.

    A report without any before it is its own level and stays as it is.
    """

    has_memory = True

    def __init__(self, behaviour: Behaviour, injection: Injection, stream_at: StreamAt) -> None:
        super().__init__(behaviour, injection, stream_at)
        members = len(self.members)
        self._level = np.zeros((members, self.features))
        self._newest = np.zeros((members, self.features))
        """What will count towards the level once a later tick is asked."""
        self._averaged = np.zeros(members)
        self._tick = np.full(members, -1)

    def watch(self, tick: int, who: slice, values: Floats, active: Bools) -> None:  # noqa: ARG002
        """Bring the level up to the report before `tick`."""
        past = self._tick[who]
        known = np.flatnonzero((past >= 0) & (past < tick)) + who.start
        self._averaged[known] += 1
        share = 1.0 / np.minimum(self._averaged[known], REPORTS)
        self._level[known] += share[:, None] * (self._newest[known] - self._level[known])
        self._newest[who] = values
        self._tick[who] = tick

    def changed(self, tick: int, who: Ints, born_ns: Floats, values: Floats) -> Floats:  # noqa: ARG002
        """The level, and so many times the deviation from it."""
        level = np.where(self._averaged[who, None] > 0, self._level[who], values)
        changed: Floats = level + self.injection.options["factor"] * (values - level)
        return changed
