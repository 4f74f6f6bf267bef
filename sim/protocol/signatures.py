"""Signatures of a committee: who can sign as whom, and proof that a quorum did.

A signature is a real keyed hash over a real digest of what is signed. It *stands for* a digital
signature (see `merkle.keys`): a member is handed its own `Seal` and nothing else, so nobody signs
in another's name. What checking costs a machine is simulated time, charged by its host for
`Message.signatures`; the computer that runs the simulation checks each signature once and
remembers it.
"""

import hashlib
import hmac
from dataclasses import dataclass, field
from typing import Final

SIGNATURE_BYTES: Final = 64
DIGEST_BYTES: Final = 32


def digest(*parts: bytes | int | str) -> bytes:
    """32 bytes that stand for these parts; each is preceded by its kind and length."""
    state = hashlib.sha256()
    for part in parts:
        raw = part if isinstance(part, bytes) else str(part).encode()
        state.update(b"%c%d:" % (type(part).__name__[0].encode(), len(raw)))
        state.update(raw)
    return state.digest()


@dataclass(frozen=True, slots=True)
class Signature:
    """`member` signed the digest of something."""

    member: int
    raw: bytes


@dataclass(frozen=True, slots=True)
class Certificate:
    """Signatures of different members of a committee under one digest, in the order of members."""

    digest: bytes
    signatures: tuple[Signature, ...]

    @property
    def size_bytes(self) -> int:
        """On the wire."""
        return DIGEST_BYTES + len(self.signatures) * SIGNATURE_BYTES


@dataclass(frozen=True, slots=True)
class Seal:
    """Signs as one member. All that a liar ever holds."""

    member: int
    key: bytes = field(repr=False)

    def sign(self, signed: bytes) -> Signature:
        """The member's signature under a digest."""
        return Signature(self.member, hmac.digest(self.key, signed, "sha256"))


class Notary:
    """Checks everybody's signatures; deals out the seals. One for a committee."""

    def __init__(self, secret: bytes, members: int) -> None:
        self._seals = tuple(
            Seal(member, hmac.digest(secret, b"member %d" % member, "sha256"))
            for member in range(members)
        )
        self._found: dict[tuple[Signature, bytes], None] = {}
        """Signatures that were good; what a liar makes up is not remembered."""

    def seal(self, member: int) -> Seal:
        """To be handed to that member alone."""
        return self._seals[member]

    def is_signed(self, signature: Signature, signed: bytes) -> bool:
        """Whether the member that the signature names made it, under this digest."""
        key = (signature, signed)
        if key in self._found:
            return True
        is_good = self._check(signature, signed)
        if is_good:
            self._found[key] = None
        return is_good

    def is_certified(self, certificate: Certificate, signers: int) -> bool:
        """Whether at least so many different members signed the certificate's digest."""
        members = {signature.member for signature in certificate.signatures}
        return len(members) == len(certificate.signatures) >= signers and all(
            self.is_signed(one, certificate.digest) for one in certificate.signatures
        )

    def _check(self, signature: Signature, signed: bytes) -> bool:
        if not 0 <= signature.member < len(self._seals):
            return False
        return hmac.compare_digest(self._seals[signature.member].sign(signed).raw, signature.raw)
