"""What the members of a HotStuff committee say to each other.

Eight kinds of step make a decision, each of n - 1 messages: NewView, Prepare, Vote, PreCommit,
Vote, Commit, Vote, Decide. The others are for when something went wrong.
"""

from dataclasses import dataclass
from typing import Final

from sim.protocol.agreement.contract import Value
from sim.protocol.agreement.hotstuff.certificates import Phase, QuorumCertificate
from sim.protocol.messages import HEADER_BYTES, Said
from sim.protocol.signatures import DIGEST_BYTES, SIGNATURE_BYTES, Signature

_LARGEST: Final = 1 << 63


def _bytes_of(value: Value | None, certificate: QuorumCertificate | None) -> int:
    of_value = 0 if value is None else DIGEST_BYTES + value.size_bytes
    return HEADER_BYTES + of_value + (0 if certificate is None else certificate.size_bytes)


@dataclass(frozen=True, slots=True)
class NewView(Said):
    """To the leader: I am in this view, at this slot, and this is the highest prepare certificate.

    `value` is what the certificate is for; both are None if there is none.
    """

    view: int
    slot: int
    high: QuorumCertificate | None = None
    value: Value | None = None
    has_candidate: bool = False
    """Whether the sender could propose something itself, if it were the leader."""

    @property
    def size_bytes(self) -> int:
        """With the value that a certificate demands."""
        return _bytes_of(self.value, self.high)

    @property
    def signatures(self) -> int:
        """Those of the certificate."""
        return 0 if self.high is None else self.high.signatures


@dataclass(frozen=True, slots=True)
class Prepare(Said):
    """The leader's proposal; `high` justifies it if it is not the leader's own."""

    view: int
    slot: int
    value: Value
    high: QuorumCertificate | None = None

    @property
    def size_bytes(self) -> int:
        """With the whole value."""
        return _bytes_of(self.value, self.high)

    @property
    def signatures(self) -> int:
        """Those of the certificate; the link vouches for the leader."""
        return 0 if self.high is None else self.high.signatures


@dataclass(frozen=True, slots=True)
class Vote(Said):
    """To the leader: a share of the certificate that ends the phase; `value` is a digest."""

    phase: Phase
    view: int
    slot: int
    value: bytes
    signature: Signature

    @property
    def size_bytes(self) -> int:
        """With digest and signature."""
        return HEADER_BYTES + DIGEST_BYTES + SIGNATURE_BYTES

    @property
    def signatures(self) -> int:
        """The leader checks each share."""
        return 1


@dataclass(frozen=True, slots=True)
class Certified(Said):
    """A phase has ended: here is its certificate. The kind says which one it must be."""

    certificate: QuorumCertificate

    @property
    def view(self) -> int:
        """In which the votes were given."""
        return self.certificate.view

    @property
    def slot(self) -> int:
        """For which the votes were given."""
        return self.certificate.slot

    @property
    def size_bytes(self) -> int:
        """Certificates name the value by its digest."""
        return _bytes_of(None, self.certificate)

    @property
    def signatures(self) -> int:
        """Those of the certificate."""
        return self.certificate.signatures


@dataclass(frozen=True, slots=True)
class PreCommit(Certified):
    """A quorum voted to prepare."""


@dataclass(frozen=True, slots=True)
class Commit(Certified):
    """A quorum voted to pre-commit: whoever sees this locks the value."""


@dataclass(frozen=True, slots=True)
class Decide(Certified):
    """A quorum voted to commit: this is decided."""


@dataclass(frozen=True, slots=True)
class Wish(Said):
    """To all: I wait in vain at this slot and want to go on to this view."""

    view: int
    slot: int
    gives_way: bool = False
    """The sender leads the view before, and lacks what others have: they need not wait for it."""


@dataclass(frozen=True, slots=True)
class Fetch(Said):
    """What was decided in this slot?"""

    slot: int


@dataclass(frozen=True, slots=True)
class Decision(Said):
    """The answer, which proves itself. `newest` is the last slot that the sender knows of."""

    value: Value
    certificate: QuorumCertificate
    newest: int

    @property
    def slot(self) -> int:
        """That was asked for."""
        return self.certificate.slot

    @property
    def view(self) -> int:
        """In which it was decided."""
        return self.certificate.view

    @property
    def size_bytes(self) -> int:
        """With the whole value."""
        return _bytes_of(self.value, self.certificate)

    @property
    def signatures(self) -> int:
        """Those of the certificate."""
        return self.certificate.signatures


def is_well_formed(message: Said, members: int) -> bool:
    """Whether it is from one of so many members, and its numbers are such as fit a wire."""
    slot, view = getattr(message, "slot", 0), getattr(message, "view", 0)
    return (
        0 <= message.sender < members
        and 0 <= slot < _LARGEST
        and 0 <= view < _LARGEST
        and getattr(message, "phase", Phase.PREPARE) in tuple(Phase)
    )


Step = NewView | Prepare | Vote | Certified
"""What belongs to one view of one slot, and is put by if it comes ahead of its time."""
