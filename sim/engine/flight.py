"""A message on its way to one receiver or many: one object, one place on the kernel's queue.

Receivers are in the order of arrival; of those at one instant, in the order in which the message
was addressed. Arrivals of different messages at one instant are in the order of sending. That is
the order (time, class, sequence) that one event for each arrival would have.
"""

from collections.abc import Sequence
from heapq import heappop, heapreplace
from typing import Any, NamedTuple, Protocol

from sim.engine.kernel import Order, Recurring
from sim.protocol.effects import Effect
from sim.protocol.messages import Message
from sim.protocol.node import Node

_DELIVERY = int(Order.DELIVERY)


class Receiver(Protocol):
    """Whoever messages can be brought to."""

    node_id: str
    node: Node
    is_up: bool
    is_open: bool
    """Whether `node` takes messages at once and at the true time: no need to go by `arrive`."""

    def arrive(self, message: Message) -> None:
        """Take in a message; only called while up."""

    def carry_out(self, effects: list[Effect]) -> None:
        """Do what the node asks for."""


class Group(NamedTuple):
    """Receivers that are addressed together; `number` is that of the group in the log."""

    names: tuple[str, ...]
    receivers: list[Receiver]
    places: range
    number: int


class Line(Protocol):
    """Whom a flight tells what becomes of it."""

    def ended(self, flight: "Flight") -> None:
        """The last arrival is being dealt with; nothing of the flight changes any more."""

    def found_down(self, flight: "Flight", receiver: Receiver) -> None:
        """A receiver was down."""


class Flight(Recurring):
    """A message, where it has been so far and when it will be where.

    `receivers` and `times_ns` are parallel, in the order of arrival; the first `arrivals` have been
    dealt with, those at the places in `missed` in vain. `order` has their places in the group;
    `row` is that of the sending in the log.
    """

    __slots__ = (
        "arrivals",
        "group",
        "line",
        "message",
        "missed",
        "order",
        "receivers",
        "row",
        "sender",
        "times_ns",
    )

    def __init__(
        self,
        line: Line,
        sender: str,
        message: Message,
        row: int,
        group: Group,
        order: Sequence[int],
        receivers: list[Receiver],
        times_ns: list[int],
    ) -> None:
        self.line = line
        self.sender = sender
        self.message = message
        self.row = row
        self.group = group
        self.order = order
        self.receivers = receivers
        self.times_ns = times_ns
        self.arrivals = 0
        self.missed: tuple[int, ...] = ()

    def happen(self, queue: list[Any]) -> None:
        """Arrive at the next receiver."""
        now_ns, _, number, _ = queue[0]
        place = self.arrivals
        receiver = self.receivers[place]
        self.arrivals = after = place + 1
        if not receiver.is_up:
            self.missed += (place,)
        # First of all: what the node sends may be due at this very instant.
        if after == len(self.times_ns):
            heappop(queue)
            self.line.ended(self)
        else:
            heapreplace(queue, (self.times_ns[after], _DELIVERY, number, self))
        if receiver.is_open:
            effects = receiver.node.on_message(self.message, now_ns)
            if effects:
                receiver.carry_out(effects)
        elif receiver.is_up:
            receiver.arrive(self.message)
        else:
            self.line.found_down(self, receiver)


class Volley(Flight):
    """A flight that arrives everywhere at one instant."""

    __slots__ = ()

    def happen(self, queue: list[Any]) -> None:
        """Arrive at one after the other, unless something else has to happen in between."""
        entry, message, receivers = queue[0], self.message, self.receivers
        now_ns, last = entry[0], len(receivers) - 1
        while queue[0] is entry and self.arrivals != last:
            receiver = receivers[self.arrivals]
            self.arrivals += 1
            if receiver.is_open:
                effects = receiver.node.on_message(message, now_ns)
                if effects:
                    receiver.carry_out(effects)
            elif receiver.is_up:
                receiver.arrive(message)
            else:
                self.missed += (self.arrivals - 1,)
                self.line.found_down(self, receiver)
        if queue[0] is entry:
            Flight.happen(self, queue)
