"""Commit-and-attest: the root counts only when everybody whose summary is in it has agreed.

Each agent that finds itself in the root signs an acknowledgement of it. Aggregators pass up the
exclusive or of what they get, 32 bytes whatever the size of the tree, and the root compares it with
what it must be (Chan, Perrig & Song, CCS 2006, section 4; aggregate MACs: Katz & Lindell, CT-RSA
2008). Nobody can make up the acknowledgement of another, so one that is missing, whoever kept it
back, changes the result; that two different sets agree has a probability of 2**-256.

An agent that does not find itself keeps silent: a complaint is a missing acknowledgement. So one
liar can stop attestation for ever, though not make a wrong root pass; `quiet` says where to look.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from sim.protocol.merkle.commitments import Bools, ByteArray
from sim.protocol.merkle.encoding import HASH_BYTES, IntArray, Name, Tag, framed, pack
from sim.protocol.merkle.fraud import FraudProof
from sim.protocol.merkle.keys import Keys, Signer
from sim.protocol.merkle.registry import Registry

Tiers = tuple[ByteArray, ...]
"""For each tier from the agents the acknowledgement that each seat passes up; (n, 32)."""


class Integrity(StrEnum):
    """How far a root can be trusted to be the sum of what agents said."""

    ATTESTED = "attested"
    UNATTESTED = "unattested"
    DISPUTED = "disputed"


@dataclass(frozen=True, slots=True)
class Attestation:
    """What came of one round."""

    integrity: Integrity
    quiet: tuple[Name, ...] = ()
    """Below whom acknowledgements are missing: the lowest members of whom it can be said."""
    proof: FraudProof | None = None


def acknowledge(signer: Signer, epoch: int, root_hash: bytes) -> bytes:
    """An agent's word that it found itself in this root; 32 bytes."""
    return signer.sign(framed(Tag.ACKNOWLEDGEMENT, pack(epoch), root_hash))


def acknowledgements(
    keys: Keys, registry: Registry, epoch: int, root_hash: bytes, agreed: Bools
) -> ByteArray:
    """Those of the agents in the seats where `agreed` (n,), and zeros of the others; (n, 32)."""
    result = np.zeros((len(agreed), HASH_BYTES), np.uint8)
    seats = np.flatnonzero(agreed)
    signers = (keys.signer(registry.name(0, int(seat))) for seat in seats)
    given = b"".join(acknowledge(signer, epoch, root_hash) for signer in signers)
    result[seats] = np.frombuffer(given, np.uint8).reshape(-1, HASH_BYTES)
    return result


def aggregate(
    agents: ByteArray, starts: Sequence[IntArray], suppress: Sequence[tuple[int, int]] = ()
) -> Tiers:
    """What each seat passes up, from the agents' own (n, 32).

    `suppress` names seats (tier, seat) that pass up nothing.
    """
    tiers = [agents.copy()]
    for tier in range(len(starts) + 1):
        if tier:
            tiers.append(np.bitwise_xor.reduceat(tiers[-1], starts[tier - 1][:-1], axis=0))
        for _, seat in (one for one in suppress if one[0] == tier):
            tiers[tier][seat] = 0
    return tuple(tiers)


def attest(
    expected: Tiers, received: Tiers, registry: Registry, proof: FraudProof | None = None
) -> Attestation:
    """The outcome at the root, which can work out what is `expected` of every seat.

    Below the root `received` is only looked at if the root's differs: then the root asks again, one
    tier after the other.
    """
    if proof is not None:
        return Attestation(Integrity.DISPUTED, quiet(expected, received, registry), proof)
    if (expected[-1] == received[-1]).all():
        return Attestation(Integrity.ATTESTED)
    return Attestation(Integrity.UNATTESTED, quiet(expected, received, registry))


def quiet(expected: Tiers, received: Tiers, registry: Registry) -> tuple[Name, ...]:
    """The lowest members that passed up something else than they should, tier by tier.

    A member is named if what it passes up is wrong and what each of its children passes up is
    right, so it is the member itself, or the message from it, that is to blame.
    """
    named: list[Name] = []
    below = np.zeros(0, np.bool_)
    for tier, (wanted, given) in enumerate(zip(expected, received, strict=True)):
        wrong = (wanted != given).any(axis=1)
        explained = np.zeros(len(wrong), np.bool_)
        if tier:
            explained = np.logical_or.reduceat(below, registry.starts[tier - 1][:-1])
        named += [registry.name(tier, int(seat)) for seat in np.flatnonzero(wrong & ~explained)]
        below = wrong
    return tuple(named)
