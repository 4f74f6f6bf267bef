"""Bracha's reliable broadcast: SEND, ECHO, READY; n > 3f, no signatures, no timers.

All correct members deliver the same value or none does, and the writer's if it is correct.
2 n^2 - n - 1 messages and 3 delays in the good case.

- Echo the writer's first value. Be ready at an echo quorum, or at f + 1 readies: one of them is
  correct. Deliver at 2 f + 1 readies: f + 1 of them are correct, so all will be ready.
- ECHO carries the value and READY its digest: where 2 f + 1 are ready, f + 1 correct members
  have echoed the value to everybody.
- After delivery nothing more is needed of a member: it has been ready, and all rests on that.

Bracha, "Asynchronous Byzantine agreement protocols" (Information and Computation, 1987).
"""

from collections.abc import Callable
from dataclasses import dataclass

from sim.protocol.agreement.contract import (
    Decided,
    Membership,
    Propose,
    Value,
    anything,
)
from sim.protocol.agreement.settings import writer_of
from sim.protocol.agreement.slots import Slots
from sim.protocol.agreement.tally import Tally
from sim.protocol.effects import Broadcast, Effect, Output
from sim.protocol.messages import HEADER_BYTES, Message, Said
from sim.protocol.signatures import DIGEST_BYTES


@dataclass(frozen=True, slots=True)
class BrachaSend(Said):
    """The writer's value; the sender is the writer."""

    slot: int
    round: int
    value: Value

    @property
    def size_bytes(self) -> int:
        """On the wire."""
        return HEADER_BYTES + DIGEST_BYTES + self.value.size_bytes


@dataclass(frozen=True, slots=True)
class BrachaEcho(Said):
    """The writer said this value to me."""

    writer: int
    slot: int
    round: int
    value: Value

    @property
    def size_bytes(self) -> int:
        """On the wire."""
        return HEADER_BYTES + DIGEST_BYTES + self.value.size_bytes


@dataclass(frozen=True, slots=True)
class BrachaReady(Said):
    """No other value of the writer can be delivered."""

    writer: int
    slot: int
    round: int
    digest: bytes

    @property
    def size_bytes(self) -> int:
        """On the wire."""
        return HEADER_BYTES + DIGEST_BYTES


Deliver = Callable[[int, int, int, Value], list[Effect]]
"""Is told (writer, slot, round, value), once for each broadcast."""


class ReliableBroadcasts:
    """All broadcasts in which one member takes part: one for each (writer, slot, round).

    `accepts(slot, value)` is asked before a value is echoed. `is_genuine(value)` throws out what
    does not have the digest it says; without it, digests are taken to bind what they name.
    """

    def __init__(
        self,
        membership: Membership,
        writers: tuple[int, ...],
        deliver: Deliver,
        *,
        rounds: int = 1,
        accepts: Callable[[int, Value], bool] = anything,
        is_genuine: Callable[[Value], bool] | None = None,
    ) -> None:
        self._member, committee = membership.member, membership.committee
        self._quorum, self._amplify = committee.quorum, committee.one_correct
        self._enough = 2 * committee.f + 1
        self._deliver, self._accepts, self._is_genuine = deliver, accepts, is_genuine
        self._places = frozenset((writer, round) for writer in writers for round in range(rounds))
        self._slots: Slots[_Slot] = Slots(_Slot)

    def reach(self, slot: int) -> None:
        """This member has a candidate for the slot."""
        self._slots.reach(slot)

    def send(self, slot: int, round: int, value: Value) -> list[Effect]:
        """Broadcast a value of this member's own, the first time for a slot and round."""
        broadcast = self._hear(self._member, slot, round)
        if broadcast is None or broadcast.has_sent:
            return []
        broadcast.has_sent = True
        return [Broadcast(BrachaSend(self._member, slot, round, value))]

    def on_message(self, message: Message) -> list[Effect]:
        """Take in a message; of other kinds than this protocol's it is ignored."""
        match message:
            case BrachaEcho():
                return self._on_echo(message)
            case BrachaReady():
                return self._on_ready(message)
            case BrachaSend():
                return self._on_send(message)
        return []

    def _hear(self, writer: int, slot: int, round: int) -> "_Reliable | None":
        """A broadcast about which something is said; None if it is none, or over."""
        place = (writer, round)
        state = self._slots.hear(slot) if place in self._places else None
        if state is None or place in state.delivered:
            return None
        broadcast = state.open.get(place)
        if broadcast is None:
            broadcast = state.open[place] = _Reliable(writer, slot, round)
        return broadcast

    def _is_forged(self, value: Value) -> bool:
        return self._is_genuine is not None and not self._is_genuine(value)

    def _on_send(self, send: BrachaSend) -> list[Effect]:
        broadcast = self._hear(send.sender, send.slot, send.round)
        if broadcast is None or broadcast.has_echoed or self._is_forged(send.value):
            return []
        if not self._accepts(send.slot, send.value):
            return []
        broadcast.has_echoed = True
        echo = BrachaEcho(self._member, send.sender, send.slot, send.round, send.value)
        return [Broadcast(echo)]

    def _on_echo(self, echo: BrachaEcho) -> list[Effect]:
        broadcast = self._hear(echo.writer, echo.slot, echo.round)
        if broadcast is None or self._is_forged(echo.value):
            return []
        digest = echo.value.digest
        echoes = broadcast.echoes.add(echo.sender, digest)
        if echoes:
            broadcast.values.setdefault(digest, echo.value)
        effects = self._be_ready(broadcast, digest) if echoes >= self._quorum else []
        return effects + self._settle(broadcast, digest)

    def _on_ready(self, ready: BrachaReady) -> list[Effect]:
        broadcast = self._hear(ready.writer, ready.slot, ready.round)
        if broadcast is None:
            return []
        readies = broadcast.readies.add(ready.sender, ready.digest)
        effects = self._be_ready(broadcast, ready.digest) if readies >= self._amplify else []
        return effects + self._settle(broadcast, ready.digest)

    def _be_ready(self, broadcast: "_Reliable", digest: bytes) -> list[Effect]:
        if broadcast.is_ready:
            return []
        broadcast.is_ready = True
        slot, round = broadcast.slot, broadcast.round
        return [Broadcast(BrachaReady(self._member, broadcast.writer, slot, round, digest))]

    def _settle(self, broadcast: "_Reliable", digest: bytes) -> list[Effect]:
        """Deliver the value if so many are ready for it; it may be the last thing that came in."""
        value = broadcast.values.get(digest)
        if value is None or broadcast.readies.count(digest) < self._enough:
            return []
        self._close(broadcast)
        return self._deliver(broadcast.writer, broadcast.slot, broadcast.round, value)

    def _close(self, broadcast: "_Reliable") -> None:
        state = self._slots.get(broadcast.slot)
        assert state is not None, broadcast.slot
        place = (broadcast.writer, broadcast.round)
        del state.open[place]
        state.delivered.add(place)
        if len(state.delivered) == len(self._places):
            self._slots.close(broadcast.slot)


class _Slot:
    """The broadcasts of one slot, by (writer, round)."""

    __slots__ = ("delivered", "open")

    def __init__(self) -> None:
        self.open: dict[tuple[int, int], _Reliable] = {}
        self.delivered: set[tuple[int, int]] = set()


class _Reliable:
    """One broadcast, as far as this member has seen it."""

    __slots__ = (
        "echoes", "has_echoed", "has_sent", "is_ready", "readies", "round", "slot", "values",
        "writer",
    )  # fmt: skip

    def __init__(self, writer: int, slot: int, round: int) -> None:
        self.writer, self.slot, self.round = writer, slot, round
        self.echoes, self.readies = Tally(), Tally()
        self.values: dict[bytes, Value] = {}
        self.has_sent = self.has_echoed = self.is_ready = False


class Bracha:
    """The node: every slot is one broadcast of the writer (option `writer`)."""

    def __init__(self, membership: Membership) -> None:
        writer = writer_of(membership)
        self._is_writer = membership.member == writer
        self._broadcasts = ReliableBroadcasts(
            membership, (writer,), self._decide, accepts=membership.acceptable
        )

    def start(self, now_ns: int) -> list[Effect]:
        """Nothing to do before the writer has a value."""
        return []

    def on_message(self, message: Message, now_ns: int) -> list[Effect]:
        """Take in a candidate or a message of another member."""
        if not isinstance(message, Propose):
            return self._broadcasts.on_message(message)
        self._broadcasts.reach(message.slot)
        return self._broadcasts.send(message.slot, 0, message.value) if self._is_writer else []

    def on_timer(self, name: str, now_ns: int) -> list[Effect]:
        """There are no timers."""
        return []

    def _decide(self, writer: int, slot: int, round: int, value: Value) -> list[Effect]:
        return [Output(Decided(slot, value))]
