"""A router: updates queue for one outgoing line of a finite rate, on their way to the root.

Store and forward: a message leaves when its last bit has been sent, and then the discipline says
who is next. Memory is bounded by `capacity` messages of `size_bytes_max`, whatever anybody sends;
each message that comes in is sent, waits, or is counted in `tally` under the reason why not.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from sim.protocol.effects import Effect, Record, Send, SetTimer
from sim.protocol.messages import Message
from sim.protocol.routing.admission import Admission
from sim.protocol.routing.checks import is_possible
from sim.protocol.routing.contract import (
    Discipline,
    Passed,
    Ranked,
    Shed,
    TransmissionTime,
    Waiting,
)
from sim.protocol.routing.importance import claimed

_SENT: Final = "sent"

_Key = tuple[str, int, bool]


@dataclass(slots=True)
class Tally:
    """What became of messages; received = sent + held + the four kinds that were parted with."""

    received: int = 0
    sent: int = 0
    replaced: int = 0
    full: int = 0
    stranger: int = 0
    malformed: int = 0
    demoted: int = 0
    """Served in a lower class than they claimed; they are among the others too."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a router takes in; `replace` lets a newer update take a waiting one's place."""

    capacity: int = 10_000
    """Messages that wait, without the one on the line."""
    size_bytes_max: int = 65_536
    replace: bool = False
    record: bool = True
    """Write down each message that is passed or shed; the tally counts them in any case."""


class Router:
    """`child_of` tells through which child a source's messages come: nobody else is served.

    `line` says how long a message takes; `discipline` is empty and this router's own.
    """

    def __init__(
        self,
        node_id: str,
        to: str,
        line: TransmissionTime,
        discipline: Discipline,
        *,
        child_of: Mapping[str, str],
        admission: Admission | None = None,
        limits: Limits | None = None,
    ) -> None:
        self.node_id, self.to = node_id, to
        self.tally = Tally()
        self._line, self._queue, self._child_of = line, discipline, child_of
        self._admission = Admission() if admission is None else admission
        self._limits = Limits() if limits is None else limits
        self._on_line: Waiting | None = None
        self._newest: dict[_Key, Waiting] = {}

    @property
    def held(self) -> int:
        """How many messages wait or are on the line."""
        return len(self._queue) + (self._on_line is not None)

    def start(self, now_ns: int) -> list[Effect]:
        """Begin; after a restart what was on the line is sent anew, from its first bit."""
        if self._on_line is None:
            return self._next(now_ns) if len(self._queue) else []
        return [SetTimer(_SENT, self._line(self._on_line.message))]

    def on_message(self, message: Message, now_ns: int) -> list[Effect]:
        """An update arrives: it is put on the line, waits, or is parted with for a reason."""
        if not isinstance(message, Ranked):
            return []
        self.tally.received += 1
        child = self._child_of.get(message.source)
        if child is None:
            return self._part(message, "stranger")
        if not (is_possible(message) and message.size_bytes <= self._limits.size_bytes_max):
            return self._part(message, "malformed")
        entry = self._ranked(message, child, now_ns)
        return self._replace(entry) if self._has_waiting(entry) else self._queue_up(entry, now_ns)

    def on_timer(self, name: str, now_ns: int) -> list[Effect]:
        """The last bit is sent."""
        assert self._on_line is not None, "nothing is on the line"
        message, self._on_line = self._on_line.message, None
        self.tally.sent += 1
        return [Send(self.to, message), *(self._next(now_ns) if len(self._queue) else [])]

    # What comes in

    def _ranked(self, message: Ranked, child: str, now_ns: int) -> Waiting:
        """As it is served; if that is less than it claims, the next router is told so."""
        claim = claimed(message.importance)
        granted = self._admission.granted(claim, child, now_ns)
        self.tally.demoted += granted is not claim
        if granted is not message.importance:
            message = replace(message, importance=granted)
        return Waiting(message, child, granted, now_ns, number=self.tally.received)

    def _queue_up(self, entry: Waiting, now_ns: int) -> list[Effect]:
        self._queue.put(entry)
        if self._limits.replace:
            self._newest[_key(entry)] = entry
        if self._on_line is None:
            return self._next(now_ns)
        if len(self._queue) <= self._limits.capacity:
            return []
        gone = self._queue.shed(now_ns)
        self._forget(gone)
        return self._part(gone.message, "full")

    # The newest takes the place of the waiting one

    def _has_waiting(self, entry: Waiting) -> bool:
        """Whether one of this kind, class and source waits, and is no smaller.

        A larger one waits on its own, for its line time is not what the place was given for; and
        what is critical is not replaced by what is routine.
        """
        waiting = self._newest.get(_key(entry))
        return waiting is not None and entry.message.size_bytes <= waiting.message.size_bytes

    def _replace(self, entry: Waiting) -> list[Effect]:
        waiting, older = self._newest[_key(entry)], entry.message
        if entry.message.is_newer_than(waiting.message):
            waiting.message, older = entry.message, waiting.message
        return self._part(older, "replaced")

    def _forget(self, entry: Waiting) -> None:
        if self._newest.get(_key(entry)) is entry:
            del self._newest[_key(entry)]

    # What goes out

    def _next(self, now_ns: int) -> list[Effect]:
        entry = self._on_line = self._queue.take(now_ns)
        self._forget(entry)
        line_ns = self._line(entry.message)
        row = self._passed(entry, now_ns, line_ns)
        return [*([Record(row)] if self._limits.record else []), SetTimer(_SENT, line_ns)]

    def _passed(self, entry: Waiting, now_ns: int, line_ns: int) -> Passed:
        message = entry.message
        return Passed(
            self.node_id,
            message.source,
            entry.child,
            message.epoch,
            message.version,
            int(entry.importance),
            message.size_bytes,
            now_ns - entry.arrived_ns,
            line_ns,
        )

    def _part(self, message: Ranked, why: str) -> list[Effect]:
        setattr(self.tally, why, getattr(self.tally, why) + 1)
        if not self._limits.record:
            return []
        rank = int(claimed(message.importance))
        row = Shed(self.node_id, message.source, message.epoch, message.version, rank, why)
        return [Record(row)]


def _key(entry: Waiting) -> _Key:
    return entry.message.source, int(entry.importance), type(entry.message) is Ranked
