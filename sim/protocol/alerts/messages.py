"""What raisers and keepers of alerts say to each other.

`Raise` and `Certified` come from a raiser, the rest from keepers: `Known` is everything that a
keeper has to say of some alerts, be it its own vote, a certificate or the difference of two sets;
`Summary` and `Holdings` find out where two sets differ.
"""

from dataclasses import dataclass

from sim.protocol.agreement.contract import Decided
from sim.protocol.alerts.contract import Alert, AlertId
from sim.protocol.messages import HEADER_BYTES, Message, Said
from sim.protocol.signatures import DIGEST_BYTES, SIGNATURE_BYTES, Certificate, Signature


@dataclass(frozen=True, slots=True)
class Raise(Message):
    """The raiser asks a keeper to vouch for an alert, or what has become of it."""

    alert: Alert

    @property
    def size_bytes(self) -> int:
        """With the alert."""
        return HEADER_BYTES + self.alert.size_bytes

    @property
    def signatures(self) -> int:
        """The raiser's."""
        return 1


@dataclass(frozen=True, slots=True)
class Certified(Message):
    """The raiser has a certificate and passes it on, for keepers that cannot hear each other."""

    alert: Alert
    certificate: Certificate

    @property
    def size_bytes(self) -> int:
        """With alert and certificate."""
        return HEADER_BYTES + self.alert.size_bytes + self.certificate.size_bytes

    @property
    def signatures(self) -> int:
        """The raiser's and those of the certificate."""
        return 1 + len(self.certificate.signatures)


@dataclass(frozen=True, slots=True)
class Retraction:
    """What proves that an alert was taken back: the agreement protocol's decision."""

    decided: Decided
    """Of the value whose digest is `contract.retraction(...)`, with the protocol's certificate."""

    @property
    def size_bytes(self) -> int:
        """The value's digest and the certificate."""
        certificate = self.decided.certificate
        return DIGEST_BYTES + (0 if certificate is None else certificate.size_bytes)

    @property
    def signatures(self) -> int:
        """Those of the certificate."""
        certificate = self.decided.certificate
        return 0 if certificate is None else len(certificate.signatures)


@dataclass(frozen=True, slots=True)
class Retract(Message):
    """An alert was taken back by consensus, says the application; keepers check the proof."""

    alert: Alert
    retraction: Retraction

    @property
    def size_bytes(self) -> int:
        """With alert and proof."""
        return HEADER_BYTES + self.alert.size_bytes + self.retraction.size_bytes

    @property
    def signatures(self) -> int:
        """The raiser's and those of the proof."""
        return 1 + self.retraction.signatures


@dataclass(frozen=True, slots=True)
class Content:
    """One content of an alert and the keepers' signatures for it that are known."""

    alert: Alert
    signatures: tuple[Signature, ...] = ()

    @property
    def size_bytes(self) -> int:
        """On the wire."""
        return self.alert.size_bytes + len(self.signatures) * SIGNATURE_BYTES


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What a keeper knows of one alert: contents (two prove a lie), certificate, retraction."""

    contents: tuple[Content, ...]
    certificate: Certificate | None = None
    retraction: Retraction | None = None

    @property
    def size_bytes(self) -> int:
        """On the wire."""
        proofs = (self.certificate, self.retraction)
        return sum(part.size_bytes for part in (*self.contents, *proofs) if part is not None)

    @property
    def signatures(self) -> int:
        """The raiser's under each content, the keepers', and those of the proofs."""
        certified = 0 if self.certificate is None else len(self.certificate.signatures)
        retracted = 0 if self.retraction is None else self.retraction.signatures
        vouched = sum(1 + len(content.signatures) for content in self.contents)
        return vouched + certified + retracted


@dataclass(frozen=True, slots=True)
class Known(Said):
    """A keeper passes on what it knows of some alerts, to a keeper or to the raiser."""

    alerts: tuple[Knowledge, ...]

    @property
    def size_bytes(self) -> int:
        """With all of them."""
        return HEADER_BYTES + sum(known.size_bytes for known in self.alerts)

    @property
    def signatures(self) -> int:
        """All of them."""
        return sum(known.signatures for known in self.alerts)


@dataclass(frozen=True, slots=True)
class Summary(Said):
    """The digest of all that a keeper holds; also says that the keeper can be heard."""

    digest: bytes

    @property
    def size_bytes(self) -> int:
        """With the digest."""
        return HEADER_BYTES + DIGEST_BYTES


@dataclass(frozen=True, slots=True)
class Holdings(Said):
    """Answers a summary that differs: what its receiver holds, a fingerprint for each alert."""

    fingerprints: tuple[tuple[AlertId, bytes], ...]

    @property
    def size_bytes(self) -> int:
        """With the fingerprints, and 8 bytes that name each alert."""
        return HEADER_BYTES + len(self.fingerprints) * (8 + DIGEST_BYTES)
