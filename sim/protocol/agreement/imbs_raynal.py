"""Imbs and Raynal's reliable broadcast: INIT, WITNESS; n > 5f, no signatures, no timers.

The same guarantees as Bracha's with n^2 - 1 messages and 2 delays in the good case, for members
that are more often correct.

- Witness the writer's first value; witness also what n - 2f members witness, of which n - 3f heard
  it from the writer: with n > 5f that is so for one value only. Deliver at n - f.
- A correct member may therefore witness two values: that it was told, and that of the many.

Imbs and Raynal, "Trading off t-resilience for efficiency in asynchronous Byzantine reliable
broadcast" (arXiv 1510.06882).
"""

from dataclasses import dataclass

from sim.protocol.agreement.contract import Decided, Membership, Propose, Value, ValueSaid
from sim.protocol.agreement.settings import writer_of
from sim.protocol.agreement.slots import Slots
from sim.protocol.agreement.tally import Tally
from sim.protocol.effects import Broadcast, Effect, Output
from sim.protocol.messages import Message


@dataclass(frozen=True, slots=True)
class Init(ValueSaid):
    """The writer's value for a slot."""


@dataclass(frozen=True, slots=True)
class Witness(ValueSaid):
    """The writer said this value to me, or to many."""


class ImbsRaynal:
    """The node. Raises ValueError unless n > 5f, and for an option that is none."""

    def __init__(self, membership: Membership) -> None:
        committee = membership.committee
        if committee.n <= 5 * committee.f:
            raise ValueError(
                f"imbs_raynal needs n > 5f: {committee.n} members tolerate {(committee.n - 1) // 5}"
            )
        self._me, self._writer = membership.member, writer_of(membership)
        self._accepts = membership.acceptable
        self._many, self._enough = committee.n - 2 * committee.f, committee.n - committee.f
        self._slots: Slots[_Slot] = Slots(_Slot)

    def start(self, now_ns: int) -> list[Effect]:
        """Nothing to do before the writer has a value."""
        return []

    def on_timer(self, name: str, now_ns: int) -> list[Effect]:
        """There are no timers."""
        return []

    def on_message(self, message: Message, now_ns: int) -> list[Effect]:
        """Take in a candidate or a message of another member."""
        match message:
            case Witness():
                return self._on_witness(message)
            case Init() if message.sender == self._writer:
                return self._on_init(message)
            case Propose():
                self._slots.reach(message.slot)
                return self._send(message) if self._me == self._writer else []
        return []

    def _send(self, candidate: Propose) -> list[Effect]:
        state = self._slots.hear(candidate.slot)
        if state is None or state.has_sent:
            return []
        state.has_sent = True
        return [Broadcast(Init(self._me, candidate.slot, candidate.value))]

    def _on_init(self, init: Init) -> list[Effect]:
        state = self._slots.hear(init.slot)
        if state is None or state.witnessed or not self._accepts(init.slot, init.value):
            return []
        return self._witness(state, init.slot, init.value)

    def _on_witness(self, witness: Witness) -> list[Effect]:
        slot, value = witness.slot, witness.value
        state = self._slots.hear(slot)
        if state is None:
            return []
        witnesses = state.witnesses.add(witness.sender, value.digest)
        effects: list[Effect] = []
        if witnesses >= self._many and value.digest not in state.witnessed:
            effects += self._witness(state, slot, value)
        if witnesses >= self._enough:
            self._slots.close(slot)
            effects.append(Output(Decided(slot, value)))
        return effects

    def _witness(self, state: "_Slot", slot: int, value: Value) -> list[Effect]:
        state.witnessed += (value.digest,)
        return [Broadcast(Witness(self._me, slot, value))]


class _Slot:
    """One slot, as far as this member has seen it."""

    __slots__ = ("has_sent", "witnessed", "witnesses")

    def __init__(self) -> None:
        self.witnesses = Tally(votes=2)
        self.witnessed: tuple[bytes, ...] = ()
        self.has_sent = False
