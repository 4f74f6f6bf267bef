"""A server with an explicit queue, for whatever takes time to work through its messages.

One message is in service at a time. Three disciplines: first come first served, priority by message
class (non-preemptive, Cobham 1954), and last come first served with preemption, where a new message
takes over the server and what it displaces is gone (Yates, "Age of Information in a Network of
Preemptive Servers", 2018): right for updates, of which only the newest matters.
"""

from collections import deque
from collections.abc import Callable, Iterator
from heapq import heappop, heappush
from typing import NamedTuple, Protocol

import numpy as np

from sim.engine.kernel import Kernel, Order, Scheduled, cancel
from sim.protocol.messages import Message
from sim.units import NS_PER_S

ServiceTime = Callable[[Message], int]
"""How long this message will be in service, in ns; asked once, at the moment its service begins."""
Done = Callable[[Message], None]
Lost = Callable[[Message, str], None]


def at_rate(messages_per_s: float) -> ServiceTime:
    """The same time for every message."""
    service_ns = round(NS_PER_S / messages_per_s)
    return lambda _message: service_ns


def by_law(draw_ns: Callable[[int], np.ndarray]) -> ServiceTime:
    """A time drawn for each message; `draw_ns(n)` gives n draws from the owner's own stream."""
    draws = one_by_one(draw_ns)
    return lambda _message: next(draws)


def one_by_one(draw_ns: Callable[[int], np.ndarray], block: int = 1024) -> Iterator[int]:
    """Endless draws in whole nanoseconds, drawn in blocks because that is far cheaper."""
    while True:
        yield from np.rint(draw_ns(block)).astype(np.int64).tolist()


class Queue(Protocol):
    """Where messages wait, in the order of a discipline."""

    def __len__(self) -> int: ...

    def put(self, message: Message) -> None:
        """Take in a message."""

    def take(self) -> Message:
        """Give out the next message; there is one."""


class FifoQueue:
    """First come, first served."""

    def __init__(self) -> None:
        self._messages: deque[Message] = deque()
        self.put = self._messages.append
        self.take = self._messages.popleft

    def __len__(self) -> int:
        return len(self._messages)


class PriorityQueue:
    """The lowest class first, and within a class first come, first served."""

    def __init__(self, class_of: Callable[[Message], int]) -> None:
        self._class_of = class_of
        self._messages: list[tuple[int, int, Message]] = []
        self._arrivals = 0

    def __len__(self) -> int:
        return len(self._messages)

    def put(self, message: Message) -> None:
        """Take in a message."""
        self._arrivals += 1
        heappush(self._messages, (self._class_of(message), self._arrivals, message))

    def take(self) -> Message:
        """Give out the next message; there is one."""
        return heappop(self._messages)[2]


class Service:
    """One server and its queue; a message in service is never interrupted.

    `done(message)` is called when a message has been served, `lost(message, why)` for each one that
    never will be. `capacity` bounds the messages that wait, without the one in service.
    """

    def __init__(
        self,
        kernel: Kernel,
        service_ns: ServiceTime,
        *,
        done: Done,
        lost: Lost,
        queue: Queue | None = None,
        capacity: int | None = None,
    ) -> None:
        self._kernel, self._service_ns = kernel, service_ns
        self._done, self._lost = done, lost
        self._queue: Queue = FifoQueue() if queue is None else queue
        self._capacity = capacity
        self._current: _InService | None = None
        self._remaining_ns = 0
        self.served = 0
        self.overflowed = 0
        self.displaced = 0

    @property
    def waiting(self) -> int:
        """How many messages wait, without the one in service."""
        return len(self._queue)

    def offer(self, message: Message) -> None:
        """A message arrives: it is served at once, waits, or is lost because the queue is full."""
        if self._current is None:
            self._begin(message, self._service_ns(message))
        else:
            self._arrive_at_busy_server(message)

    def pause(self) -> None:
        """Stand still; the message in service keeps the time it has left. Offer nothing now."""
        if self._current is not None:
            cancel(self._current.scheduled)
            self._remaining_ns = self._current.due_ns - self._kernel.now_ns

    def resume(self) -> None:
        """Go on where `pause` stopped."""
        if self._current is not None:
            self._begin(self._current.message, self._remaining_ns)

    def clear(self, why: str) -> None:
        """Lose everything that is in service or waits."""
        losses = [] if self._current is None else [self._interrupt(self._current)]
        while self._queue:
            losses.append(self._queue.take())
        for message in losses:
            self._lost(message, why)

    def _arrive_at_busy_server(self, message: Message) -> None:
        if self._capacity is None or self.waiting < self._capacity:
            self._queue.put(message)
        else:
            self.overflowed += 1
            self._lost(message, "queue full")

    def _begin(self, message: Message, service_ns: int) -> None:
        due_ns = self._kernel.now_ns + service_ns
        scheduled = self._kernel.at(due_ns, self._finish, message, order=Order.SERVICE)
        self._current = _InService(message, due_ns, scheduled)

    def _finish(self, message: Message) -> None:
        self._current = None
        self.served += 1
        if self._queue:
            following = self._queue.take()
            self._begin(following, self._service_ns(following))
        self._done(message)

    def _interrupt(self, current: "_InService") -> Message:
        cancel(current.scheduled)
        self._current = None
        return current.message


class PreemptiveService(Service):
    """Last come, first served: a new message displaces the one in service, so none ever waits."""

    def _arrive_at_busy_server(self, message: Message) -> None:
        assert self._current is not None
        displaced = self._interrupt(self._current)
        self.displaced += 1
        self._begin(message, self._service_ns(message))
        self._lost(displaced, "displaced")


class _InService(NamedTuple):
    message: Message
    due_ns: int
    scheduled: Scheduled
