"""Every report, one row each, for those who want to see them: who, when sent, when known to arrive.

Keeping it changes nothing: it is told what was decided, after it was decided.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.telemetry.emission import NEVER, Emission, FloatArray
from sim.telemetry.way import Log

Bools = NDArray[np.bool_]

LOST = -1
"""`arrived_ns` of a report that never arrives."""


class Messages:
    """The log of one run. A report may be logged again when its step is cut in two; once each."""

    def __init__(self) -> None:
        self._parts: list[tuple[str, NDArray[Any], NDArray[Any], NDArray[Any], NDArray[Any]]] = []

    def tier(self, name: str) -> Log:
        """The log of one tier."""

        def log(emission: Emission, arrivals_ns: FloatArray, first: int) -> None:
            sent = np.ones_like(arrivals_ns, np.bool_) if emission.sent is None else emission.sent
            tick, child = np.nonzero(sent)
            self._parts.append(
                (
                    name,
                    child + first,
                    tick + emission.first_tick,
                    emission.sent_ns[tick, child],
                    arrivals_ns[tick, child],
                )
            )

        return log

    def interrupt(
        self, tier: str, senders: Bools, now_ns: int, until_ns: float, lost: bool
    ) -> None:
        """What was on its way at `now_ns` from these senders is lost, or taken in at `until_ns`."""
        for name, child, _, sent_ns, arrived_ns in self._parts:
            if name != tier:
                continue
            coming = senders[child] & (sent_ns < now_ns) & (arrived_ns >= now_ns)
            hit = coming & (arrived_ns < until_ns)
            arrived_ns[hit] = NEVER if lost else until_ns

    def table(self) -> dict[str, NDArray[Any]]:
        """tier, node, version, sent_ns, arrived_ns (-1 = never), in the order of sending."""
        tier = np.concatenate([np.full(len(part[1]), part[0]) for part in self._parts])
        node, version = (np.concatenate([part[i] for part in self._parts]) for i in (1, 2))
        sent_ns = np.concatenate([part[3] for part in self._parts]).astype(np.int64)
        arrived = np.concatenate([part[4] for part in self._parts])
        arrived_ns = np.where(arrived < NEVER, arrived, LOST).astype(np.int64)
        order = np.lexsort((node, tier, sent_ns))
        columns = {"tier": tier, "node": node, "version": version}
        columns |= {"sent_ns": sent_ns, "arrived_ns": arrived_ns}
        return {name: column[order] for name, column in columns.items()}
