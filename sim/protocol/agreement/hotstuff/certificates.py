"""Quorum certificates: a quorum voted for this value, in this phase of this view of this slot.

In the paper the leader combines votes into one threshold signature. Here a certificate holds the
votes' own signatures, so that it can really be checked, and by default *costs* what a threshold
signature would: one signature on the wire, one to verify. With `threshold` off it costs what it is,
a quorum of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol

from sim.protocol.agreement.contract import Decided, Membership, Value
from sim.protocol.signatures import (
    DIGEST_BYTES,
    SIGNATURE_BYTES,
    Certificate,
    Notary,
    Signature,
    digest,
)


class Phase(IntEnum):
    """What a vote is for. Each phase ends with a certificate that begins the next one."""

    PREPARE = 1
    PRE_COMMIT = 2
    COMMIT = 3


@dataclass(frozen=True, slots=True)
class QuorumCertificate:
    """Votes of a quorum. `value` is a digest; there is one at most for a (phase, view, slot)."""

    phase: Phase
    view: int
    slot: int
    value: bytes
    proof: Certificate
    threshold: bool = True

    @property
    def size_bytes(self) -> int:
        """On the wire."""
        return DIGEST_BYTES + SIGNATURE_BYTES if self.threshold else self.proof.size_bytes

    @property
    def signatures(self) -> int:
        """How many the receiver has to verify."""
        return 1 if self.threshold else len(self.proof.signatures)


class Justified(Protocol):
    """A message with a value and the prepare certificate that demands it."""

    @property
    def view(self) -> int:
        """In which the message is said."""

    @property
    def slot(self) -> int:
        """That it is about."""

    @property
    def high(self) -> QuorumCertificate | None:
        """From an earlier view; None if there is none."""

    @property
    def value(self) -> Value | None:
        """That it is for."""


def statement(phase: Phase, view: int, slot: int, value: bytes) -> bytes:
    """What a vote signs; `value` is the digest of a value."""
    return digest("hotstuff", int(phase), view, slot, value)


def combine(
    phase: Phase,
    view: int,
    slot: int,
    value: bytes,
    votes: Mapping[int, Signature],
    *,
    threshold: bool,
) -> QuorumCertificate:
    """The certificate that these votes make, by member; they have been checked."""
    signatures = tuple(votes[member] for member in sorted(votes))
    proof = Certificate(statement(phase, view, slot, value), signatures)
    return QuorumCertificate(phase, view, slot, value, proof, threshold)


def is_certified(certificate: QuorumCertificate, phase: Phase, membership: Membership) -> bool:
    """Whether exactly a quorum of different members voted for just this, in this phase."""
    quorum, signed = membership.committee.quorum, certificate
    return (
        signed.phase == phase
        and len(signed.proof.signatures) == quorum
        and signed.proof.digest == statement(phase, signed.view, signed.slot, signed.value)
        and membership.notary.is_certified(signed.proof, quorum)
    )


def is_justified(step: Justified, membership: Membership) -> bool:
    """Whether the certificate is a valid one, for this value and slot and from an earlier view.

    A message without a certificate is justified, too: then nothing is known to be prepared.
    """
    high = step.high
    if high is None:
        return True
    return (
        step.value is not None
        and step.value.digest == high.value
        and high.slot == step.slot
        and 0 <= high.view < step.view
        and is_certified(high, Phase.PREPARE, membership)
    )


def proves(decided: Decided, notary: Notary, quorum: int) -> bool:
    """Whether the certificate that a decision carries proves it to anybody.

    A quorum is needed: fewer members may have been ready to commit what was never decided.
    """
    signed = statement(Phase.COMMIT, decided.view, decided.slot, decided.value.digest)
    proof = decided.certificate
    return proof is not None and proof.digest == signed and notary.is_certified(proof, quorum)
