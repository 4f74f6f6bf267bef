"""Routers without an engine: a loop that keeps one line's timer, and short names for messages."""

from collections.abc import Iterable, Mapping
from typing import Any

from sim.protocol.effects import Effect, Record, Send, SetTimer
from sim.protocol.routing.admission import Admission
from sim.protocol.routing.contract import Discipline, Pulse, Ranked, Setting, TransmissionTime
from sim.protocol.routing.importance import Importance
from sim.protocol.routing.registry import DISCIPLINES
from sim.protocol.routing.router import Limits, Router

CRITICAL, URGENT, ROUTINE = Importance
CHILDREN = {name: name for name in ("a", "b", "c")}


def update(source: str = "a", version: int = 1, importance: Any = ROUTINE, **more: Any) -> Ranked:
    return Ranked(source, 0, version, more.pop("born_ns", 0), importance=importance, **more)


def pulse(source: str = "a", version: int = 1, born_ns: int = 0) -> Pulse:
    return Pulse(source, 0, version, born_ns)


def unit_time(message: object) -> int:
    """A line that every message takes for 1 ns: instants are then numbers of messages."""
    return 1


def discipline(kind: str, line: TransmissionTime = unit_time, **options: Any) -> Discipline:
    return DISCIPLINES[kind](Setting(line, tuple(CHILDREN), options))


def router(
    kind: str = "fifo",
    line: TransmissionTime = unit_time,
    child_of: Mapping[str, str] = CHILDREN,
    admission: Admission | None = None,
    options: Mapping[str, Any] | None = None,
    **limits: Any,
) -> Router:
    queue = DISCIPLINES[kind](Setting(line, tuple(CHILDREN), options or {}))
    more = {"child_of": child_of, "admission": admission, "limits": Limits(**limits)}
    return Router("local-0", "root", line, queue, **more)


class Line:
    """Drives one router through time; `sent` has (instant, message), `rows` what it recorded."""

    def __init__(self, node: Router) -> None:
        self.node, self.due_ns = node, -1
        self.sent: list[tuple[int, Ranked]] = []
        self.rows: list[Any] = []
        self._carry_out(node.start(0), 0)

    def offer(self, at_ns: int, *messages: Ranked) -> None:
        """First what the line has finished by then, and then these, in their order."""
        self.run(at_ns)
        for message in messages:
            self._carry_out(self.node.on_message(message, at_ns), at_ns)

    def run(self, until_ns: int = 1 << 60) -> None:
        """Let the line work up to an instant, that included."""
        while 0 <= self.due_ns <= until_ns:
            now_ns, self.due_ns = self.due_ns, -1
            self._carry_out(self.node.on_timer("sent", now_ns), now_ns)

    def order(self) -> list[tuple[str, int]]:
        """Source and version of all that was sent, in order."""
        return [(message.source, message.version) for _, message in self.sent]

    def _carry_out(self, effects: Iterable[Effect], now_ns: int) -> None:
        for effect in effects:
            match effect:
                case Send():
                    self.sent.append((now_ns, effect.message))
                case SetTimer():
                    self.due_ns = now_ns + effect.delay_ns
                case Record():
                    self.rows.append(effect.row)
