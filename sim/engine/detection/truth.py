"""The truth about every agent: the label of its newest value, and every anomaly from begin to end.

Labels are read when values are measured, so they are exact to the value. An anomaly of an agent is
a segment: from the birth of its first anomalous value to one period after that of its last. Where
agents change their seats a label goes along with its agent.
"""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim.telemetry.emission import Emission
from sim.workload import Behaviour

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

_COLUMNS: Final = ("agent", "anomaly", "begin_ns", "end_ns")

WhoMeasured = Callable[[Ints, Floats], Ints]
"""The agents that measured in some rows of the columns at some births, (k,) each."""


class Truth:
    """Labels and segments of one run."""

    def __init__(self, behaviour: Behaviour, agents: int, period_ns: int) -> None:
        self.label = np.zeros(agents, np.int16)
        """Label of the newest value of each agent; 0 = normal."""
        self._behaviour = behaviour
        self._period_ns = period_ns
        self._begin_ns = np.zeros(agents)
        self._last_ns = np.zeros(agents)
        """Birth of the first and of the newest value with the present label, where it is not 0."""
        self._segments: list[NDArray[np.int64]] = []
        self.who_measured: WhoMeasured | None = None
        """None where agent i always sits in row i."""

    def measured(self, first: int, part: Emission) -> None:
        """Read the labels of what is measured in rows first ... in the reports of `part`."""
        for row, born_ns in enumerate(part.sent_ns):
            label = np.empty(len(born_ns), np.int16)
            self._behaviour.label(part.first_tick + row, born_ns, first, label)
            if part.sent is None:
                sent = np.arange(len(born_ns))
            else:
                sent = np.flatnonzero(part.sent[row])
                label, born_ns = label[sent], born_ns[sent]
            rows = first + sent
            who = rows if self.who_measured is None else self.who_measured(rows, born_ns)
            self._note(who, label, born_ns)

    def segments(self, since_ns: int) -> dict[str, NDArray[Any]]:
        """The table of all segments that end after `since_ns`, by agent and begin."""
        self._close(np.flatnonzero(self.label))
        self.label[:] = 0
        rows = np.concatenate(self._segments) if self._segments else np.empty((0, 4), np.int64)
        rows = rows[rows[:, 3] > since_ns]
        rows = rows[np.lexsort((rows[:, 2], rows[:, 0]))]
        return dict(zip(_COLUMNS, rows.T, strict=True))

    def _note(self, agents: Ints, label: NDArray[np.int16], born_ns: Floats) -> None:
        """Each of these agents, all different, has measured a value with this label."""
        before = self.label[agents]
        changed = np.flatnonzero(label != before)
        if len(changed):
            self._close(agents[changed[before[changed] != 0]])
            self._begin_ns[agents[changed]] = born_ns[changed]
            self.label[agents[changed]] = label[changed]
        anomalous = np.flatnonzero(label)
        self._last_ns[agents[anomalous]] = born_ns[anomalous]

    def _close(self, agents: Ints) -> None:
        if len(agents):
            end_ns = self._last_ns[agents] + self._period_ns
            columns = (agents, self.label[agents], self._begin_ns[agents], end_ns)
            self._segments.append(np.stack([column.astype(np.int64) for column in columns], axis=1))
