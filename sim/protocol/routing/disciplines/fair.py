"""Weighted fair queueing, packet by packet (PGPS): each child has its share of the line.

Demers, Keshav, Shenker, "Analysis and simulation of a fair queueing algorithm" (SIGCOMM 1989);
Parekh and Gallager, "A generalized processor sharing approach to flow control" (IEEE/ACM Trans.
Networking 1(3), 1993). The line sends whole messages in the order in which they would end if it
were shared as a fluid (GPS). So none ends later than in the fluid by more than the longest message,
and a child that keeps to a bucket of depth sigma and has the share rho of the line waits for no
more than sigma / rho + L / C, whatever its siblings send (L the longest message, C the rate of the
line). A flood delays its own sender alone; where there is no room the longest backlog loses.

Work is measured in ns of the line; virtual time is what a child of weight 1 has been given of it.
"""

from collections import deque
from collections.abc import Mapping

from sim.protocol.routing.contract import Setting, Waiting


class _Flow:
    """What waits of one child: entries with the virtual times of their start and end in the fluid.

    `finish` is when the fluid is through with the last of them, those on the line included.
    """

    __slots__ = ("backlog", "entries", "finish", "weight")

    def __init__(self, weight: float) -> None:
        self.entries: deque[tuple[float, float, Waiting]] = deque()
        self.finish = 0.0
        self.weight = weight
        self.backlog = 0.0
        """Work that waits, over the weight."""


class FairQueueing:
    """A queue for each child, served by weight (1 unless `weights` has another).

    Weights are configured, for a router does not believe a child that calls itself heavy.
    Raises ValueError for a weight of 0 or less.
    """

    def __init__(self, setting: Setting, weights: Mapping[str, float] | None = None) -> None:
        weights = {} if weights is None else weights
        if not all(weight > 0 for weight in weights.values()):
            raise ValueError("weights must be above 0: nobody is to wait for ever")
        self._line = setting.line
        self._flows = {child: _Flow(weights.get(child, 1.0)) for child in setting.children}
        self._virtual, self._at_ns, self._waiting = 0.0, 0, 0

    def __len__(self) -> int:
        return self._waiting

    def put(self, entry: Waiting) -> None:
        """Behind those of its child."""
        self._advance(entry.arrived_ns)
        flow = self._flows[entry.child]
        start = max(self._virtual, flow.finish)
        work = self._line(entry.message) / flow.weight
        flow.finish = start + work
        flow.backlog += work
        flow.entries.append((start, flow.finish, entry))
        self._waiting += 1

    def take(self, now_ns: int) -> Waiting:
        """The one that ends first in the fluid; if two end together the one that came first."""
        flow = min(
            (flow for flow in self._flows.values() if flow.entries),
            key=lambda flow: (flow.entries[0][1], flow.entries[0][2].number),
        )
        start, finish, entry = flow.entries.popleft()
        self._left(flow, finish - start)
        return entry

    def shed(self, now_ns: int) -> Waiting:
        """The last of the child whose backlog is the longest for its weight."""
        flow = max(
            (flow for flow in self._flows.values() if flow.entries),
            key=lambda flow: (flow.backlog, flow.entries[-1][2].number),
        )
        start, finish, entry = flow.entries.pop()
        # The fluid need not do what it will not be asked for.
        flow.finish = start
        self._left(flow, finish - start)
        return entry

    def give_way(self, span_ns: int) -> None:
        """The fluid stands still: what is shared is what others leave."""
        self._at_ns += span_ns

    def _left(self, flow: _Flow, work: float) -> None:
        self._waiting -= 1
        # An empty queue has no backlog: sums of floats would leave some.
        flow.backlog = flow.backlog - work if flow.entries else 0.0

    def _advance(self, now_ns: int) -> None:
        """Virtual time runs at 1 / (weight of those whom the fluid is serving)."""
        left_ns = float(max(0, now_ns - self._at_ns))
        self._at_ns = max(self._at_ns, now_ns)
        busy = sorted(
            (flow for flow in self._flows.values() if flow.finish > self._virtual),
            key=lambda flow: flow.finish,
        )
        weight = sum(flow.weight for flow in busy)
        for flow in busy:
            needed_ns = (flow.finish - self._virtual) * weight
            if needed_ns > left_ns:
                self._virtual += left_ns / weight
                return
            left_ns, self._virtual = left_ns - needed_ns, flow.finish
            weight -= flow.weight
