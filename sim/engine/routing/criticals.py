"""How soon the root hears of what is wrong: every anomaly of an agent, from its first value on.

What is told is the birth of the first anomalous value, when the agent first sent one of them as
critical, and when such an update was first at the root. Labels are exact; nobody else sees them.
"""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Labels = NDArray[np.int16]

NEVER: Final = -1


class Criticals:
    """The anomalies of one run, by agent and begin."""

    def __init__(self) -> None:
        self._newest: dict[int, dict[str, Any]] = {}
        self._rows: list[dict[str, Any]] = []

    def measured(self, before: Labels, label: Labels, born_ns: NDArray[np.int64]) -> None:
        """The labels of one measurement of all agents, and of the one before; (agents,) each."""
        for agent in np.flatnonzero(label != before).tolist():
            at_ns = int(born_ns[agent])
            if before[agent]:
                self._newest[agent]["end_ns"] = at_ns
            if label[agent]:
                self._newest[agent] = _row(agent, at_ns)
                self._rows.append(self._newest[agent])

    def sent(self, agent: int, born_ns: int) -> None:
        """An agent has sent a critical update."""
        self._note(agent, born_ns, "sent_ns", born_ns)

    def arrived(self, agent: int, born_ns: int, now_ns: int) -> None:
        """A critical update of it is at the root."""
        self._note(agent, born_ns, "arrived_ns", now_ns)

    def rows(self) -> list[dict[str, Any]]:
        """Of the table `criticals`; what has not ended, or not happened, is -1."""
        return self._rows

    def _note(self, agent: int, born_ns: int, what: str, at_ns: int) -> None:
        row = self._newest.get(agent)
        if row is None or born_ns < row["begin_ns"] or row[what] != NEVER:
            return
        if row["end_ns"] == NEVER or born_ns < row["end_ns"]:
            row[what] = at_ns


def _row(agent: int, begin_ns: int) -> dict[str, Any]:
    never = dict.fromkeys(("end_ns", "sent_ns", "arrived_ns"), NEVER)
    return {"agent": agent, "begin_ns": begin_ns, **never}
