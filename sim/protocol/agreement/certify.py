"""Certificates for decisions of protocols that make none: every member signs what it decided.

A wrapper around any agreement node: when the inner node decides, its member broadcasts a signed
`Vouch`, and the decision comes out once a quorum vouches for the same digest. One delay and
n (n - 1) messages more. (Approximate agreement leaves members with different values: no quorum
vouches for one, so there is nothing to certify.)
"""

from dataclasses import dataclass, replace

from sim.protocol.agreement.contract import Decided, Membership, NodeMaker, Propose
from sim.protocol.agreement.slots import Slots
from sim.protocol.effects import Broadcast, Effect, Output
from sim.protocol.messages import HEADER_BYTES, Message, Said
from sim.protocol.signatures import (
    DIGEST_BYTES,
    SIGNATURE_BYTES,
    Certificate,
    Notary,
    Signature,
    digest,
)


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

    f + 1 are enough where the inner protocol agrees whatever happens: one of them is correct.
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
        self._me, self._seal, self._notary = membership.member, membership.seal, membership.notary
        self._slots: Slots[_Slot] = Slots(_Slot)

    def start(self, now_ns: int) -> list[Effect]:
        """Start the inner node."""
        return self._carry_on(self._inner.start(now_ns))

    def on_message(self, message: Message, now_ns: int) -> list[Effect]:
        """Take in a vouch; everything else is for the inner node."""
        if isinstance(message, Vouch):
            return self._on_vouch(message)
        if isinstance(message, Propose):
            self._slots.reach(message.slot)
        return self._carry_on(self._inner.on_message(message, now_ns))

    def on_timer(self, name: str, now_ns: int) -> list[Effect]:
        """All timers are the inner node's."""
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
        signature = self._seal.sign(statement(slot, value))
        vouch = Broadcast(Vouch(self._me, slot, value, signature))
        return [vouch, *self._settle(slot, state)]

    def _on_vouch(self, vouch: Vouch) -> list[Effect]:
        signed = statement(vouch.slot, vouch.digest)
        if vouch.signature.member != vouch.sender:
            return []
        if not self._notary.is_signed(vouch.signature, signed):
            return []
        state = self._slots.hear(vouch.slot)
        if state is None:
            return []
        state.vouches.setdefault(vouch.sender, vouch)
        return self._settle(vouch.slot, state)

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
