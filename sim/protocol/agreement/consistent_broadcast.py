"""Signed consistent broadcast: SEND, SIGN, FINAL; n > 3f, 3 (n - 1) messages, a certificate.

No two correct members decide differently, and all decide if the writer is correct (after 2 delays
there is a certificate, after 3 everybody has it). A writer that lies may leave some or all of them
without a decision: that is what reliable broadcast would add, and what single-writer data can do
without.

- A member signs the writer's first value of a slot, and none other.
- Two quorums share a correct member, so there are never certificates for two values.

Reiter, "Secure agreement protocols: reliable and atomic group multicast in Rampart" (CCS 1994);
as a certificate for single-writer data: Baudet, Danezis and Sonnino, "FastPay" (AFT 2020).
"""

from dataclasses import dataclass

from sim.protocol.agreement.certify import certificate_of, is_certified, statement
from sim.protocol.agreement.contract import Decided, Membership, Propose, Value, ValueSaid
from sim.protocol.agreement.settings import writer_of
from sim.protocol.agreement.slots import Slots
from sim.protocol.effects import Broadcast, Effect, Output, Send
from sim.protocol.messages import HEADER_BYTES, Message, Said
from sim.protocol.signatures import DIGEST_BYTES, SIGNATURE_BYTES, Certificate, Signature


@dataclass(frozen=True, slots=True)
class CastSend(ValueSaid):
    """The writer's value for a slot, to be signed."""


@dataclass(frozen=True, slots=True)
class CastSign(Said):
    """The writer said no other value of the slot to me."""

    slot: int
    signature: Signature

    @property
    def size_bytes(self) -> int:
        """On the wire."""
        return HEADER_BYTES + SIGNATURE_BYTES

    @property
    def signatures(self) -> int:
        """The one it carries."""
        return 1


@dataclass(frozen=True, slots=True)
class CastFinal(Said):
    """The value with its certificate, which convinces also those who never saw it before."""

    slot: int
    value: Value
    certificate: Certificate

    @property
    def size_bytes(self) -> int:
        """On the wire."""
        return HEADER_BYTES + DIGEST_BYTES + self.value.size_bytes + self.certificate.size_bytes

    @property
    def signatures(self) -> int:
        """All of the certificate."""
        return len(self.certificate.signatures)


class ConsistentBroadcast:
    """The node; the certificate is one for `certify.statement`. Option: `writer`."""

    def __init__(self, membership: Membership) -> None:
        committee = membership.committee
        self._me, self._writer = membership.member, writer_of(membership)
        self._writer_name = committee.names[self._writer]
        self._quorum = committee.quorum
        self._seal, self._notary = membership.seal, membership.notary
        self._accepts = membership.acceptable
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
            case CastSign() if self._me == self._writer:
                return self._on_sign(message)
            case CastSend() if message.sender == self._writer:
                return self._on_send(message)
            case CastFinal() if message.sender == self._writer:
                return self._on_final(message)
            case Propose():
                self._slots.reach(message.slot)
                return self._send(message) if self._me == self._writer else []
        return []

    def _send(self, candidate: Propose) -> list[Effect]:
        state = self._slots.hear(candidate.slot)
        if state is None or state.value is not None:
            return []
        state.value = candidate.value
        return [Broadcast(CastSend(self._me, candidate.slot, candidate.value))]

    def _on_send(self, send: CastSend) -> list[Effect]:
        slot, value = send.slot, send.value
        state = self._slots.hear(slot)
        if state is None or state.has_signed or not self._accepts(slot, value):
            return []
        state.has_signed = True
        signature = self._seal.sign(statement(slot, value.digest))
        return [Send(self._writer_name, CastSign(self._me, slot, signature))]

    def _on_sign(self, sign: CastSign) -> list[Effect]:
        state = self._slots.get(sign.slot)
        if state is None or state.value is None or state.is_final:
            return []
        signed = statement(sign.slot, state.value.digest)
        if sign.signature.member != sign.sender:
            return []
        if not self._notary.is_signed(sign.signature, signed):
            return []
        state.signatures[sign.sender] = sign.signature
        if len(state.signatures) < self._quorum:
            return []
        state.is_final = True
        certificate = certificate_of(signed, state.signatures)
        return [Broadcast(CastFinal(self._me, sign.slot, state.value, certificate))]

    def _on_final(self, final: CastFinal) -> list[Effect]:
        decided = Decided(final.slot, final.value, final.certificate)
        if self._slots.is_closed(final.slot):
            return []
        if not is_certified(self._notary, decided, self._quorum):
            return []
        self._slots.close(final.slot)
        return [Output(decided)]


class _Slot:
    """One slot; the value and its signatures are kept by the writer alone."""

    __slots__ = ("has_signed", "is_final", "signatures", "value")

    def __init__(self) -> None:
        self.value: Value | None = None
        self.signatures: dict[int, Signature] = {}
        self.has_signed = self.is_final = False
