"""First come, first served; what comes when there is no room is lost (drop-tail)."""

from collections import deque

from sim.protocol.routing.contract import Setting, Waiting


class Fifo:
    """One queue for all; without options."""

    def __init__(self, setting: Setting) -> None:
        self._entries: deque[Waiting] = deque()

    def __len__(self) -> int:
        return len(self._entries)

    def put(self, entry: Waiting) -> None:
        """Behind all others."""
        self._entries.append(entry)

    def take(self, now_ns: int) -> Waiting:
        """The one that came first."""
        return self._entries.popleft()

    def shed(self, now_ns: int) -> Waiting:
        """The one that came last."""
        return self._entries.pop()

    def give_way(self, span_ns: int) -> None:
        """Those that wait keep their order."""
