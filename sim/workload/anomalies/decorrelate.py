"""The features of an agent no longer go together, though each looks as it always did.

Each feature comes from an earlier report of the same agent, with a delay of its own. So every
feature keeps its distribution and its course in time, while what joined them within a report is
gone. What lasts longer than the delays (a slow season that all features share) stays.
"""

from typing import Final

import numpy as np

from sim.workload.anomalies.base import Anomaly, Injection
from sim.workload.behaviour import Behaviour, Bools, Floats, Ints, StreamAt

REPORTS: Final = 64
"""Delays go from 0 to one less than this many reports (or than there are features, if more)."""


class Decorrelate(Anomaly):
    """options: features, reports. Delays are drawn once for each agent and differ in all features.

    An agent that has not reported so often yet takes its first report. Memory: `reports` reports of
    each agent that is hit. Raises InputError if a report has only one feature.
    """

    has_memory = True

    def __init__(self, behaviour: Behaviour, injection: Injection, stream_at: StreamAt) -> None:
        super().__init__(behaviour, injection, stream_at)
        if self.features < 2:
            raise injection.refused("a report with one feature has no correlation to break")
        self._kept = max(injection.options.get("reports", REPORTS), self.features)
        purpose = f"anomaly {injection.number} delays"
        # A stream for each agent: its delays do not depend on who else is hit.
        delays = [
            stream_at(purpose, agent).permutation(self._kept)[: self.features]
            for agent in self.members.tolist()
        ]
        self._delay = np.array(delays, np.int64).reshape(len(self.members), self.features)
        self._past = np.zeros((len(self.members), self._kept, self.features))
        self._reports = np.zeros(len(self.members), np.int64)
        self._tick = np.full(len(self.members), -1)

    def watch(self, tick: int, who: slice, values: Floats, active: Bools) -> None:  # noqa: ARG002
        """Write the report over the oldest one that is kept."""
        self._reports[who] += self._tick[who] < tick
        self._tick[who] = tick
        members = np.arange(who.start, who.stop)
        self._past[members, (self._reports[who] - 1) % self._kept] = values

    def changed(self, tick: int, who: Ints, born_ns: Floats, values: Floats) -> Floats:  # noqa: ARG002
        """Each feature from the report that its delay leads back to."""
        newest = self._reports[who, None] - 1
        report = newest - np.minimum(self._delay[who], newest)
        past: Floats = self._past[who[:, None], report % self._kept, np.arange(self.features)]
        return past
