"""Who can sign as whom.

A signature is a keyed MAC (HMAC-SHA256) under a key derived from the run's secret and the member's
name. It *stands for* a digital signature: it has the one property that the simulation needs, that
nobody signs in another's name, because a member is handed its own `Signer` and nothing else. Unlike
an Ed25519 signature it convinces only who holds the `Keys`, here the watchers and the court, and it
is half as long (32 bytes).
"""

import hmac
from dataclasses import dataclass, field

from sim.protocol.merkle.encoding import Name


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs as one member. All that a liar ever holds."""

    name: Name
    key: bytes = field(repr=False)

    def sign(self, message: bytes) -> bytes:
        """32 bytes that only this member can make of the message."""
        return hmac.digest(self.key, message, "sha256")


@dataclass(frozen=True, slots=True)
class Keys:
    """The key book of a run: checks everybody's signatures, and deals out the signers."""

    secret: bytes = field(repr=False)

    def signer(self, name: Name) -> Signer:
        """To be handed to that member alone."""
        return Signer(name, hmac.digest(self.secret, name.encoded(), "sha256"))

    def verify(self, name: Name, message: bytes, signature: bytes) -> bool:
        """Whether that member signed the message."""
        return hmac.compare_digest(self.signer(name).sign(message), signature)
