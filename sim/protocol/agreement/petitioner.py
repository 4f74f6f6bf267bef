"""A client of a replicated log: asks all members until what it wants is logged, and follows along.

A `Petitioner` is part of a node, which hands it the messages and the timer that are its; a `Client`
is the smallest such node.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from sim.protocol.agreement.contract import Membership, Value
from sim.protocol.agreement.log import BATCH, Entered, Entries, Logged, Request
from sim.protocol.effects import Effect, Output, Send, SetTimer
from sim.protocol.messages import Message

RESEND: Final = "petition"
"""The name of its timer."""


class Petitioner:
    """`name` is that of the node around it; every `resend_ns` it asks for what it may have missed.

    `membership` is the log's; the member's number in it is of no account.
    """

    def __init__(self, name: str, membership: Membership, resend_ns: int) -> None:
        self._name, self._members = name, membership.committee.names
        self._resend_ns, self._turn = resend_ns, 0
        self.entered = Entered(membership)
        self.open: dict[bytes, Value] = {}
        """What was asked for and is not logged, as far as is known here."""

    def start(self) -> list[Effect]:
        """Begin to ask."""
        return [SetTimer(RESEND, self._resend_ns)]

    def ask(self, value: Value) -> list[Effect]:
        """Want a value in the log; once it is there, or has been asked for, nothing happens."""
        if value.digest in self.open or self.entered.has(value):
            return []
        self.open[value.digest] = value
        return self._request(value)

    def keep(self, wanted: Iterable[Value]) -> None:
        """Ask for nothing else any more; what members have heard of may be logged all the same."""
        digests = {value.digest for value in wanted}
        self.open = {key: value for key, value in self.open.items() if key in digests}

    def resend(self) -> list[Effect]:
        """The timer has fired: repeat all that is open, or ask one member for news."""
        effects = [effect for value in self.open.values() for effect in self._request(value)]
        if not effects:
            effects = [self._ask_one()]
        return [*effects, SetTimer(RESEND, self._resend_ns)]

    def hear(self, entries: Entries) -> tuple[list[Logged], list[Effect]]:
        """What is new in the log; there may be more."""
        found = self.entered.take(entries.decisions)
        for entry in found:
            self.open.pop(entry.value.digest, None)
        is_full = bool(found) and len(entries.decisions) == BATCH
        return found, [self._ask_one()] if is_full else []

    def _request(self, value: Value) -> list[Effect]:
        request = Request(self._name, self.entered.known, value)
        return [Send(member, request) for member in self._members]

    def _ask_one(self) -> Effect:
        self._turn += 1
        to = self._members[self._turn % len(self._members)]
        return Send(to, Request(self._name, self.entered.known))


@dataclass(frozen=True, slots=True)
class Ask(Message):
    """The application wants a value in the log. It never leaves the machine."""

    value: Value


class Client:
    """A node that does nothing else: told to `Ask`, it puts out what is `Logged`."""

    def __init__(self, petitioner: Petitioner) -> None:
        self._petitioner = petitioner

    def start(self, now_ns: int) -> list[Effect]:
        """Begin to ask."""
        return self._petitioner.start()

    def on_message(self, message: Message, now_ns: int) -> list[Effect]:
        """The application, or a member of the log."""
        match message:
            case Ask():
                return self._petitioner.ask(message.value)
            case Entries():
                found, effects = self._petitioner.hear(message)
                return [*(Output(entry) for entry in found), *effects]
        return []

    def on_timer(self, name: str, now_ns: int) -> list[Effect]:
        """Ask again."""
        return self._petitioner.resend()
