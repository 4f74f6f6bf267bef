"""The clock and the event queue: SimPy's Environment, with integer nanoseconds.

Rules of this file:
- Time is an int. Ten times 0.1 is not 1; a float instant is refused.
- What happens at one instant happens in the order (time, class, sequence); `Order` names the
  classes. The order is part of the result.
- A plain call is a list straight on SimPy's queue, made by `Kernel.run` itself. What happens at
  many instants (a broadcast on its way, a server, the timers of a host) is there once, with the
  next of them (`Recurring`). A Timeout with a callback for each message costs 1.4 times as much as
  a plain call, a process for each message far more.
- Processes are for scripts: the fault timeline, sampling, publication.
"""

import gc
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from enum import IntEnum
from heapq import heappop, heappush
from typing import Any, Final, TypeVar

import simpy

Script = Generator[simpy.Event, Any, Any]


class Order(IntEnum):
    """What goes first among events of one instant.

    Each class may rely on the ones before it: the state of the network at t is settled before
    anything is delivered at t, a server that finishes at t is free for what arrives at t, an answer
    that arrives exactly at a deadline is in time, and whoever looks sees all that happened at t.
    (The telemetry plane has an order of its own: a read at t sees what arrived before t.)
    The numbers 0 and 1 are also SimPy's own URGENT and NORMAL, so plain SimPy events are scripts.
    """

    FAULT = 0
    SCRIPT = 1
    SERVICE = 2
    DELIVERY = 3
    TIMER = 4
    PUBLISH = 5
    READ = 6
    SAMPLE = 7
    END = 8


_FAILURE: Final = -1  # ahead of all classes: nothing may happen between a failure and the stop

Scheduled = list[Any]
"""A call that is going to happen: ``[call, args]``, the cheapest thing that can be changed."""


class Recurring:
    """Something that happens at many instants and has one place on the queue.

    A queue that holds the next instant of each is far shorter than one that holds all of them.
    """

    __slots__ = ()

    def happen(self, queue: list[Any]) -> None:
        """It is the time of ``queue[0]``, which is this event's entry.

        It has to take the entry away, or to replace it by that of its next instant; until it does,
        it happens again.
        """
        raise NotImplementedError


Entry = tuple[int, int, int, object]
"""A place on the queue: time, class, sequence, what happens."""
_SomeEvent = TypeVar("_SomeEvent")


def cancel(scheduled: Scheduled) -> None:
    """Make a scheduled call not happen. It may have happened already; twice is fine."""
    scheduled[:] = (_nothing, ())


def _nothing() -> None:
    pass


def _raise(error: Exception) -> None:
    raise error


class Kernel:
    """Simulated time, and what is going to happen in it.

    Errors raised by callbacks and scripts leave `run` as they are, traceback included.

    >>> kernel = Kernel()
    >>> _ = kernel.at(5, print, "at five")
    >>> kernel.run(until_ns=10)
    at five
    >>> kernel.now_ns
    10
    """

    def __init__(self) -> None:
        self._env = simpy.Environment(initial_time=0)
        # SimPy's own queue and counter: sharing them keeps one order for all events. The names are
        # private to SimPy, which is why setup.cfg bounds its version.
        self._queue: list[Any] = self._env._queue
        self._count = self._env._eid
        self.now_ns = 0

    def at(
        self, time_ns: int, call: Callable[..., object], *args: object, order: int = Order.DELIVERY
    ) -> Scheduled:
        """Call ``call(*args)`` at an instant: a plain int (none of numpy's), not in the past."""
        assert time_ns.__class__ is int, f"{time_ns!r} is not an int of nanoseconds"
        assert time_ns >= self.now_ns, f"{time_ns} is in the past at {self.now_ns}"
        scheduled = [call, args]
        heappush(self._queue, (time_ns, order, next(self._count), scheduled))
        return scheduled

    def number(self) -> int:
        """The next number in the sequence of all that is scheduled."""
        return next(self._count)

    def add(
        self, time_ns: int, event: Recurring, *, order: int, number: int | None = None
    ) -> Entry:
        """Put the next instant of something on the queue, under a new number or its own."""
        assert time_ns.__class__ is int, f"{time_ns!r} is not an int of nanoseconds"
        assert time_ns >= self.now_ns, f"{time_ns} is in the past at {self.now_ns}"
        entry = (time_ns, order, next(self._count) if number is None else number, event)
        heappush(self._queue, entry)
        return entry

    def pending(self, kind: type[_SomeEvent]) -> list[_SomeEvent]:
        """What there is of a class on the queue, in no particular order."""
        return [entry[3] for entry in self._queue if isinstance(entry[3], kind)]

    def run(self, until_ns: int) -> None:
        """Let everything happen that is due up to and including `until_ns`; then it is then.

        May be called again with a later (or the same) instant.
        """
        env, queue = self._env, self._queue
        stop = self.instant(until_ns, order=Order.END)
        while True:
            self.now_ns, _, _, event = queue[0]
            env._now = self.now_ns
            if event.__class__ is list:
                heappop(queue)
                event[0](*event[1])
            elif isinstance(event, Recurring):
                event.happen(queue)
            elif event is stop:
                heappop(queue)
                return
            else:
                env.step()

    def instant(self, time_ns: int, *, order: int = Order.SCRIPT) -> simpy.Event:
        """An event for a script to ``yield``: it goes on at this instant, in this class."""
        assert time_ns.__class__ is int, f"{time_ns!r} is not an int of nanoseconds"
        assert time_ns >= self.now_ns, f"{time_ns} is in the past at {self.now_ns}"
        event = self._env.event()
        event._ok, event._value = True, None
        heappush(self._queue, (time_ns, order, next(self._count), event))
        return event

    def after(self, delay_ns: int, *, order: int = Order.SCRIPT) -> simpy.Event:
        """The same, counted from now."""
        return self.instant(self.now_ns + delay_ns, order=order)

    def process(self, script: Script) -> simpy.Process:
        """Run a script: a generator that yields what it waits for. It starts now."""
        return self._env.process(self._surfacing(script))

    def _surfacing(self, script: Script) -> Script:
        """The script, with its errors taken around SimPy.

        SimPy re-raises the failure of a process as ``type(error)(*error.args)``, which loses the
        traceback, and raises TypeError where an error has another constructor.
        """
        try:
            return (yield from script)
        except Exception as error:
            self.at(self.now_ns, _raise, error, order=_FAILURE)


@contextmanager
def frozen_garbage() -> Iterator[None]:
    """Keep the garbage collector from walking a finished model again and again while it runs.

    Build first, run inside. Reference counting goes on as ever; cycles made inside are collected
    afterwards, when the collector is as it was before, also after an error.
    """
    was_enabled = gc.isenabled()
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        gc.unfreeze()
        if was_enabled:
            gc.enable()
