"""Certificates for decisions of protocols that make none: every member signs what it decided.

A wrapper around any agreement node: when the inner node decides, its member broadcasts a signed
`Vouch`, and the decision comes out once a quorum vouches for the same digest. One delay and
n (n - 1) messages more. (Approximate agreement leaves members with different values: no quorum
vouches for one, so there is nothing to certify.)

Vouches can be lost in a partition. Who holds a decision back vouches again, period after period,
and those who have decided answer with their own vouch: so who was cut off catches up.
"""

from dataclasses import dataclass, replace
from typing import Final

from sim.protocol.agreement.contract import Decided, Membership, NodeMaker, Propose
from sim.protocol.agreement.slots import WINDOW, Slots
from sim.protocol.effects import Broadcast, Effect, Output, Send, SetTimer
from sim.protocol.messages import HEADER_BYTES, Message, Said
from sim.protocol.signatures import (
    DIGEST_BYTES,
    SIGNATURE_BYTES,
    Certificate,
    Notary,
    Signature,
    digest,
)
from sim.units import NS_PER_S

AGAIN: Final = "certify"
"""The timer that runs while a decision is held back."""


def statement(slot: int, value: bytes) -> bytes:
    """What members sign, by digest of the value: it is the one value of the slot.

    >>> statement(1, b"value") == statement(2, b"value")
    False
    """
    return digest("value of slot", slot, value)


def is_certified(notary: Notary, decided: Decided, signers: int) -> bool:
    """Whether a decision carries a certificate of so many members: what a reader checks."""
    certificate = decided.certificate
    return (
        certificate is not None
        and certificate.digest == statement(decided.slot, decided.value.digest)
        and notary.is_certified(certificate, signers)
    )


def certificate_of(signed: bytes, signatures: dict[int, Signature]) -> Certificate:
    """From the signatures of members by number."""
    return Certificate(signed, tuple(signatures[member] for member in sorted(signatures)))


@dataclass(frozen=True, slots=True)
class Vouch(Said):
    """I decided this in the slot."""

    slot: int
    digest: bytes
    signature: Signature
    is_asking: bool = False
    """Whether the sender has said so before, and still waits for a quorum."""

    @property
    def size_bytes(self) -> int:
        """On the wire."""
        return HEADER_BYTES + DIGEST_BYTES + SIGNATURE_BYTES

    @property
    def signatures(self) -> int:
        """The one it carries."""
        return 1


class Certified:
    """The wrapper. Option `signers`: how many signatures are enough, by default a quorum.

    f + 1 are enough where the inner protocol agrees whatever happens: one of them is correct. Half
    of `timeout_ns` (by default a second) is the time from one repetition to the next.
    Raises ValueError for fewer, and for more than can be had while f members are silent.
    """

    def __init__(self, make: NodeMaker, membership: Membership) -> None:
        committee = membership.committee
        self._signers = int(membership.options.get("signers", committee.quorum))
        if not committee.one_correct <= self._signers <= committee.n - committee.f:
            raise ValueError(
                f"{self._signers} signers: a certificate needs {committee.one_correct} to "
                f"{committee.n - committee.f} of {committee.n} members"
            )
        self._inner = make(membership)
        self._names = committee.names
        self._again_ns = max(1, int(membership.options.get("timeout_ns", NS_PER_S)) // 2)
        self._is_waiting = False
        self._own: dict[int, Vouch] = {}
        self._me, self._seal, self._notary = membership.member, membership.seal, membership.notary
        self._slots: Slots[_Slot] = Slots(_Slot)

    def start(self, now_ns: int) -> list[Effect]:
        """Start the inner node; after a restart with its state, vouch again."""
        return [*self._carry_on(self._inner.start(now_ns)), *self._ask_again()]

    def on_message(self, message: Message, now_ns: int) -> list[Effect]:
        """Take in a vouch; everything else is for the inner node."""
        if isinstance(message, Vouch):
            return self._on_vouch(message)
        if isinstance(message, Propose):
            self._slots.reach(message.slot)
        return self._carry_on(self._inner.on_message(message, now_ns))

    def on_timer(self, name: str, now_ns: int) -> list[Effect]:
        """All timers but one are the inner node's."""
        if name == AGAIN:
            return self._ask_again()
        return self._carry_on(self._inner.on_timer(name, now_ns))

    def _carry_on(self, effects: list[Effect]) -> list[Effect]:
        """The inner node's effects, with its decisions held back until they are certified."""
        if not any(isinstance(effect, Output) for effect in effects):
            return effects
        out: list[Effect] = []
        for effect in effects:
            match effect:
                case Output(event=Decided() as decided):
                    out += self._hold(decided)
                case _:
                    out.append(effect)
        return out

    def _hold(self, decided: Decided) -> list[Effect]:
        slot, value = decided.slot, decided.value.digest
        self._slots.reach(slot)
        state = self._slots.hear(slot)
        if state is None:
            return []
        state.decided = decided
        vouch = Vouch(self._me, slot, value, self._seal.sign(statement(slot, value)))
        self._remember(vouch)
        return [Broadcast(vouch), *self._wait(), *self._settle(slot, state)]

    def _remember(self, vouch: Vouch) -> None:
        """What was said of slots that nobody listens to any more is forgotten."""
        self._own[vouch.slot] = vouch
        for slot in [slot for slot in self._own if slot <= vouch.slot - WINDOW]:
            del self._own[slot]

    def _wait(self) -> list[Effect]:
        if self._is_waiting:
            return []
        self._is_waiting = True
        return [SetTimer(AGAIN, self._again_ns)]

    def _ask_again(self) -> list[Effect]:
        """Vouch again for all that is still held back."""
        self._is_waiting = False
        held = [slot for slot, state in self._slots.items() if state.decided is not None]
        if not held:
            return []
        asking = [Broadcast(replace(self._own[slot], is_asking=True)) for slot in held]
        return [*asking, *self._wait()]

    def _on_vouch(self, vouch: Vouch) -> list[Effect]:
        signed = statement(vouch.slot, vouch.digest)
        if vouch.signature.member != vouch.sender:
            return []
        if not self._notary.is_signed(vouch.signature, signed):
            return []
        answer = self._answer(vouch)
        state = self._slots.hear(vouch.slot)
        if state is None:
            return answer
        state.vouches.setdefault(vouch.sender, vouch)
        return [*answer, *self._settle(vouch.slot, state)]

    def _answer(self, asked: Vouch) -> list[Effect]:
        own = self._own.get(asked.slot)
        if own is None or not asked.is_asking or asked.sender == self._me:
            return []
        return [Send(self._names[asked.sender], own)]

    def _settle(self, slot: int, state: "_Slot") -> list[Effect]:
        decided = state.decided
        if decided is None or len(state.vouches) < self._signers:
            return []
        signatures = state.signatures(decided.value.digest)
        if len(signatures) < self._signers:
            return []
        self._slots.close(slot)
        certificate = certificate_of(statement(slot, decided.value.digest), signatures)
        return [Output(replace(decided, certificate=certificate))]


class _Slot:
    """The vouches for one slot, and what the inner node decided in it."""

    __slots__ = ("decided", "vouches")

    def __init__(self) -> None:
        self.decided: Decided | None = None
        self.vouches: dict[int, Vouch] = {}

    def signatures(self, value: bytes) -> dict[int, Signature]:
        return {
            member: vouch.signature
            for member, vouch in self.vouches.items()
            if vouch.digest == value
        }
