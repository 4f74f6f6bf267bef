"""Silence against death: when an agent stopped, and from when on the root takes it for dead.

Who leaves in good order (`churn`) has not died, although the root misses its heartbeats as well.

With heartbeats an agent counts as dead once so many are missed. Without them nobody ever does: a
dead agent's last value is held for ever.
"""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim.protocol.routing.sink import NEVER as UNHEARD

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

NEVER: Final = -1


class Deaths:
    """The agents of one run that stop; `patience_ns` after its last sign of life one is dead."""

    def __init__(self, patience_ns: int | None) -> None:
        self._patience_ns = patience_ns
        self._open: dict[int, dict[str, Any]] = {}
        self._rows: list[dict[str, Any]] = []

    def follow(self, before: Bools, after: Bools, belongs: Bools, now_ns: int) -> None:
        """Agents have stopped or begun anew: who acted before, and who acts now; (agents,).

        `belongs`: who has not left.
        """
        for agent in np.flatnonzero(before & ~after & belongs).tolist():
            row = {"agent": agent, "died_ns": now_ns, "believed_ns": NEVER}
            self._open[agent] = row
            self._rows.append(row)
        for agent in np.flatnonzero(after & ~before).tolist():
            self._open.pop(agent, None)

    def look(self, alive_ns: Ints, local_ns: int, now_ns: int) -> None:
        """What the root has heard by now: newest signs of life on its clock, (agents,)."""
        if self._patience_ns is None:
            return
        for agent, row in list(self._open.items()):
            last_ns = int(alive_ns[agent])
            heard_ns = row["died_ns"] if last_ns == UNHEARD else last_ns - local_ns + now_ns
            # Who was cut off for long before it died was taken for dead too soon, not before that.
            since_ns = max(heard_ns + self._patience_ns, row["died_ns"])
            if since_ns < now_ns:
                row["believed_ns"] = since_ns
                del self._open[agent]

    def rows(self) -> list[dict[str, Any]]:
        """Of the table `deaths`; believed at -1 is never, while it was dead."""
        return self._rows
