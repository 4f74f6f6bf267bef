"""A server with an explicit queue, for whatever takes time to work through its messages.

One message is in service at a time. Three disciplines: first come first served, priority by message
class (non-preemptive, Cobham 1954), and last come first served with preemption, where a new message
takes over the server and what it displaces is gone (Yates, "Age of Information in a Network of
Preemptive Servers", 2018): right for updates, of which only the newest matters.
"""

from collections import deque
from collections.abc import Callable, Iterator
from heapq import heappop, heappush
from typing import Any, Final, Protocol

import numpy as np

from sim.engine.kernel import Entry, Kernel, Order, Recurring
from sim.protocol.messages import Message
from sim.units import NS_PER_S

ServiceTime = Callable[[Message], int]
"""How long this message will be in service, in ns; asked once, at the moment its service begins."""
Done = Callable[[Message], None]
Lost = Callable[[Message, str], None]

_OWN_WORK: Final = Message()
"""Stands in service for what nobody sent."""


def at_rate(messages_per_s: float) -> ServiceTime:
    """The same time for every message."""
    service_ns = round(NS_PER_S / messages_per_s)
    return lambda _message: service_ns


def by_law(draw_ns: Callable[[int], np.ndarray]) -> ServiceTime:
    """A time drawn for each message; `draw_ns(n)` gives n draws from the owner's own stream."""
    draws = one_by_one(draw_ns)
    return lambda _message: next(draws)


def verifying(base_ns: int, verify_ns: int, byte_ns: float = 0.0) -> ServiceTime:
    """So much for any message, for each signature to be verified, and for each byte (hashing)."""
    if not byte_ns:
        return lambda message: base_ns + verify_ns * message.signatures
    return lambda message: (
        base_ns + verify_ns * message.signatures + round(byte_ns * message.size_bytes)
    )


def signing(sign_ns: int) -> ServiceTime:
    """What it takes the sender to sign a message: those with a `signature` carry one of its own."""
    return lambda message: 0 if getattr(message, "signature", None) is None else sign_ns


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


class Service(Recurring):
    """One server and its queue; a message in service is never interrupted.

    It is on the kernel's queue once, with the end of the service that has begun.
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
        self._current: Message | None = None
        self._entry: Entry | None = None
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

    def occupy(self, span_ns: int) -> None:
        """Do something else for so long, first of all; what is in service goes on afterwards."""
        if self._current is None:
            self._begin(_OWN_WORK, span_ns)
        else:
            self._begin(self._current, self._left_ns() + span_ns)

    def pause(self) -> None:
        """Stand still; the message in service keeps the time it has left. Offer nothing now."""
        if self._current is not None:
            self._remaining_ns = self._left_ns()
            self._entry = None

    def resume(self) -> None:
        """Go on where `pause` stopped."""
        if self._current is not None:
            self._begin(self._current, self._remaining_ns)

    def clear(self, why: str) -> None:
        """Lose everything that is in service or waits."""
        losses = [] if self._current is None else [self._current]
        self._current = self._entry = None
        while self._queue:
            losses.append(self._queue.take())
        for message in losses:
            if message is not _OWN_WORK:
                self._lost(message, why)

    def happen(self, queue: list[Any]) -> None:
        """A service ends, unless it was interrupted or put off."""
        if heappop(queue) is not self._entry:
            return
        message, self._current = self._current, None
        assert message is not None, "a service that ends has begun"
        if self._queue:
            following = self._queue.take()
            self._begin(following, self._service_ns(following))
        if message is not _OWN_WORK:
            self.served += 1
            self._done(message)

    def _arrive_at_busy_server(self, message: Message) -> None:
        if self._capacity is None or self.waiting < self._capacity:
            self._queue.put(message)
        else:
            self.overflowed += 1
            self._lost(message, "queue full")

    def _begin(self, message: Message, service_ns: int) -> None:
        self._current = message
        self._entry = self._kernel.add(self._kernel.now_ns + service_ns, self, order=Order.SERVICE)

    def _left_ns(self) -> int:
        assert self._entry is not None, "nothing is in service"
        return self._entry[0] - self._kernel.now_ns


class PreemptiveService(Service):
    """Last come, first served: a new message displaces the one in service, so none ever waits."""

    def _arrive_at_busy_server(self, message: Message) -> None:
        displaced = self._current
        assert displaced is not None, "the server is busy"
        if displaced is _OWN_WORK:
            super()._arrive_at_busy_server(message)
            return
        self.displaced += 1
        self._begin(message, self._service_ns(message))
        self._lost(displaced, "displaced")
