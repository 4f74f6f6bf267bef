"""Routers and the root's sink on their hosts, with somebody who writes down what passes.

The nodes are those of `sim.protocol.routing`, unchanged: a station hands on what comes in and looks
at what comes out, and a watched queue sees whose turn it is. Neither decides anything. Nodes go by
their own clocks; what is written down has the true time.
"""

from collections.abc import Callable

from sim.engine.routing.ledger import Ledger
from sim.engine.routing.meter import Meter
from sim.protocol.effects import Effect, Record, Send
from sim.protocol.messages import Message
from sim.protocol.routing.contract import Discipline, Ranked, Shed, TransmissionTime, Waiting
from sim.protocol.routing.router import Router
from sim.protocol.routing.sink import Sink

Arrived = Callable[[Ranked, str], None]
"""Is told of an update at the root, and its rank."""


class WatchedQueue:
    """A discipline whose choices are written down."""

    def __init__(
        self,
        queue: Discipline,
        name: str,
        tier: int,
        line: TransmissionTime,
        ledger: Ledger,
        meter: Meter,
    ) -> None:
        self._queue, self._name, self._tier, self._line = queue, name, tier, line
        self._ledger, self._meter = ledger, meter
        self.put, self.give_way = queue.put, queue.give_way

    def __len__(self) -> int:
        return len(self._queue)

    def take(self, now_ns: int) -> Waiting:
        """See `Discipline.take`."""
        entry = self._queue.take(now_ns)
        waited_ns = self._ledger.take(entry.message, self._name)
        line_ns = self._line(entry.message)
        self._meter.passed(self._tier, entry.importance, waited_ns, line_ns)
        return entry

    def shed(self, now_ns: int) -> Waiting:
        """See `Discipline.shed`."""
        entry = self._queue.shed(now_ns)
        self._ledger.lose(entry.message)
        return entry


class Station:
    """A router, and books of what it lets in and out; a liar's `swallows` what comes at times."""

    def __init__(
        self, router: Router, ledger: Ledger, swallows: Callable[[], bool] | None = None
    ) -> None:
        self.router, self._ledger, self._swallows = router, ledger, swallows

    def start(self, now_ns: int) -> list[Effect]:
        """See `Node.start`."""
        return self._out(self.router.start(now_ns))

    def on_message(self, message: Message, now_ns: int) -> list[Effect]:
        """See `Node.on_message`."""
        if not isinstance(message, Ranked):
            return self.router.on_message(message, now_ns)
        self._ledger.arrive(message, self.router.node_id)
        if self._swallows is not None and self._swallows():
            self._ledger.lose(message)
            return []
        effects = self.router.on_message(message, now_ns)
        for effect in effects:
            if isinstance(effect, Record) and isinstance(effect.row, Shed):
                self._part(message, effect.row)
        return self._out(effects)

    def on_timer(self, name: str, now_ns: int) -> list[Effect]:
        """See `Node.on_timer`."""
        return self._out(self.router.on_timer(name, now_ns))

    def _part(self, message: Ranked, row: Shed) -> None:
        if row.why == "replaced":
            number = (row.epoch, row.version)
            self._ledger.make_room(self.router.node_id, message, number)
        elif row.why != "full":  # who is shed then, the queue knows
            self._ledger.lose(message)

    def _out(self, effects: list[Effect]) -> list[Effect]:
        """What the host has to do: all but the records, which would be a row a message."""
        for effect in effects:
            if isinstance(effect, Send) and isinstance(effect.message, Ranked):
                self._ledger.leave(effect.message, self.router.node_id, effect.to)
        return [effect for effect in effects if not isinstance(effect, Record)]


class Terminus:
    """The root's sink; whatever comes has arrived."""

    def __init__(self, sink: Sink, ledger: Ledger, arrived: Arrived) -> None:
        self.sink, self._ledger, self._arrived = sink, ledger, arrived

    def start(self, now_ns: int) -> list[Effect]:
        """See `Node.start`."""
        return self.sink.start(now_ns)

    def on_message(self, message: Message, now_ns: int) -> list[Effect]:
        """See `Node.on_message`."""
        effects = self.sink.on_message(message, now_ns)
        if not isinstance(message, Ranked):
            return effects
        self._arrived(message, self._ledger.deliver(message, self.sink.node_id))
        return []

    def on_timer(self, name: str, now_ns: int) -> list[Effect]:
        """See `Node.on_timer`."""
        return self.sink.on_timer(name, now_ns)
