"""Commit-and-attest: the root counts only when everybody whose summary is in it has agreed.

Each agent that finds itself in the root signs an acknowledgement of it. Aggregators pass up the
exclusive or of what they get, 32 bytes whatever the size of the tree, and the root compares it with
what it must be (Chan, Perrig & Song, CCS 2006, section 4; aggregate MACs: Katz & Lindell, CT-RSA
2008). Nobody can make up the acknowledgement of another, so one that is missing, whoever kept it
back, changes the result; that two different sets agree has a probability of 2**-256.

An agent that does not find itself keeps silent: a complaint is a missing acknowledgement. So one
liar can stop attestation for ever, though not make a wrong root pass; `quiet` says where to look.
Wanted is the word of every agent that is up as far as the membership knows, not of those that are
in the root, or whoever is left out would not be missed.
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
    return signer.sign(_message(epoch, root_hash))


def _message(epoch: int, root_hash: bytes) -> bytes:
    return framed(Tag.ACKNOWLEDGEMENT, pack(epoch), root_hash)


def acknowledgements(
    keys: Keys, registry: Registry, epoch: int, root_hash: bytes, agreed: Bools
) -> ByteArray:
    """Those of the agents in the seats where `agreed` (n,), and zeros of the others; (n, 32)."""
    result = np.zeros((len(agreed), HASH_BYTES), np.uint8)
    seats = np.flatnonzero(agreed)
    message = _message(epoch, root_hash)
    names = (Name(0, number) for number in registry.seated[0][seats].tolist())
    given = b"".join(keys.signer(name).sign(message) for name in names)
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


def attest_by_count(
    wanted: Bools,
    agreed: Bools,
    registry: Registry,
    suppress: Sequence[tuple[int, int]] = (),
    proof: FraudProof | None = None,
) -> Attestation:
    """The same outcome without making the acknowledgements, for a million agents.

    Whose are wanted and who agreed, (n,) each; `suppress` as in `aggregate`. It stands on what the
    exclusive or promises: the sum is right exactly if none is missing.
    """
    wrong, some = [wanted & ~agreed], wanted
    for tier in range(len(registry.starts) + 1):
        if tier:
            starts = registry.starts[tier - 1][:-1]
            some = np.logical_or.reduceat(some, starts)
            wrong.append(np.logical_or.reduceat(wrong[-1], starts))
        for _, seat in (one for one in suppress if one[0] == tier):
            wrong[tier][seat] = some[seat]
    named = _lowest(wrong, registry)
    if proof is not None:
        return Attestation(Integrity.DISPUTED, named, proof)
    whole = not wrong[-1].any()
    return Attestation(Integrity.ATTESTED if whole else Integrity.UNATTESTED, named)


def quiet(expected: Tiers, received: Tiers, registry: Registry) -> tuple[Name, ...]:
    """The lowest members that passed up something else than they should, tier by tier."""
    pairs = zip(expected, received, strict=True)
    wrong = [np.asarray((wanted != given).any(axis=1)) for wanted, given in pairs]
    return _lowest(wrong, registry)


def _lowest(wrong: Sequence[Bools], registry: Registry) -> tuple[Name, ...]:
    """Who passes up something wrong though all of its children pass up what is right.

    So it is the member itself, or the message from it, that is to blame.
    """
    named: list[Name] = []
    for tier, mask in enumerate(wrong):
        explained = np.zeros(len(mask), np.bool_)
        if tier:
            explained = np.logical_or.reduceat(wrong[tier - 1], registry.starts[tier - 1][:-1])
        named += [registry.name(tier, int(seat)) for seat in np.flatnonzero(mask & ~explained)]
    return tuple(named)
