"""Consensus-free: one writer numbers its values, everybody takes the newest; n - 1 messages.

Right where a value has one natural author (consensus number 1). The writer decides at once and
waits for nobody, so it is as available as the writer itself. What it does not give: a correct
reader may be behind, slots may be skipped, and a writer that lies can tell everybody another value;
whoever minds takes a broadcast.
"""

from dataclasses import dataclass

from sim.protocol.agreement.contract import Decided, Membership, Propose, Value, ValueSaid
from sim.protocol.agreement.settings import writer_of
from sim.protocol.effects import Broadcast, Effect, Output
from sim.protocol.messages import Message


@dataclass(frozen=True, slots=True)
class Version(ValueSaid):
    """The writer's value for a slot; of a higher slot it is newer."""


class Versions:
    """The node. Decides slots in increasing order, not all of them. Option: `writer`."""

    def __init__(self, membership: Membership) -> None:
        self._me, self._writer = membership.member, writer_of(membership)
        self._accepts = membership.acceptable
        self._newest = 0

    def start(self, now_ns: int) -> list[Effect]:
        """Nothing to do before the writer has a value."""
        return []

    def on_timer(self, name: str, now_ns: int) -> list[Effect]:
        """There are no timers."""
        return []

    def on_message(self, message: Message, now_ns: int) -> list[Effect]:
        """Take in a candidate or the writer's version."""
        match message:
            case Propose() if self._me == self._writer:
                decided = self._take(message.slot, message.value)
                version = Version(self._me, message.slot, message.value)
                return [*decided, Broadcast(version)] if decided else []
            case Version() if message.sender == self._writer:
                return self._take(message.slot, message.value)
        return []

    def _take(self, slot: int, value: Value) -> list[Effect]:
        if slot <= self._newest or not self._accepts(slot, value):
            return []
        self._newest = slot
        return [Output(Decided(slot, value))]
