"""What an alert is, what it goes through, and what a node puts out about it.

PROVISIONAL -> COMMITTED | EXPIRED, EXPIRED -> COMMITTED, and anything -> RETRACTED; no other way
back. EXPIRED is what *one* node says of a provisional alert that it has held for long; it stays in
the set and may still be committed. If clocks could forbid a commitment, keepers whose clocks differ
would differ about the alert, and one raised in a partition longer than the limit would be lost.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from sim.protocol.messages import Local
from sim.protocol.signatures import (
    DIGEST_BYTES,
    SIGNATURE_BYTES,
    Certificate,
    Notary,
    Seal,
    Signature,
    digest,
)
from sim.units import NS_PER_S

EXPIRE_NS: Final = 30 * NS_PER_S
"""How long an alert is shown as provisional at most, unless a scenario says otherwise."""
QUOTA: Final = 1000
"""How many alerts one raiser may raise in the life of a committee, unless said otherwise."""

SUBJECT_LENGTH_MAX: Final = 200
_LATEST_NS: Final = 1 << 63

AlertId = tuple[str, int]
"""Who raised the alert, and its number among those of that raiser."""


class State(StrEnum):
    """How far an alert has got, as one node sees it."""

    PROVISIONAL = "provisional"
    COMMITTED = "committed"
    EXPIRED = "expired"
    RETRACTED = "retracted"


@dataclass(frozen=True, slots=True)
class Alert:
    """Something critical, said once and for all by `raiser`. Two are the same if digests are."""

    raiser: str
    number: int
    """Counted by the raiser from 0."""
    raised_ns: int
    """On the raiser's clock."""
    subject: str
    evidence: bytes
    """The digest of what shows it."""
    signature: Signature | None = None
    """The raiser's, under `digest`; nobody raises an alert in another's name."""

    @property
    def id(self) -> AlertId:
        """What tells it from other alerts; a lying raiser may give one to two of them."""
        return self.raiser, self.number

    @property
    def digest(self) -> bytes:
        """Stands for all of its content."""
        said = (self.raiser, self.number, self.raised_ns, self.subject, self.evidence)
        return digest("alert", *said)

    @property
    def size_bytes(self) -> int:
        """On the wire, beside a header."""
        return 16 + len(self.raiser) + len(self.subject) + DIGEST_BYTES + SIGNATURE_BYTES


def vouched(alert_digest: bytes) -> bytes:
    """What a keeper signs to vouch for the alert of this digest."""
    return digest("vouched", alert_digest)


def retraction(raiser: str, number: int) -> bytes:
    """The digest of the value by which an agreement protocol takes an alert back."""
    return digest("retract alert", raiser, number)


@dataclass(frozen=True, slots=True)
class RaiseAlert(Local):
    """The application tells its `Raiser` that something is critical. Never leaves the machine."""

    subject: str
    evidence: bytes


@dataclass(frozen=True, slots=True)
class AlertState:
    """Put out by a node whenever what it shows of an alert changes."""

    alert: Alert
    state: State
    side: tuple[int, ...] = ()
    """Of a provisional alert: the members of the committee that the node can hear of."""
    certificate: Certificate | None = None
    """Of a committed alert: convinces anybody who can verify signatures."""


@dataclass(frozen=True, slots=True)
class Equivocated:
    """Put out by a keeper: the raiser signed two contents for one alert, here is the proof."""

    first: Alert
    second: Alert


@dataclass(frozen=True, slots=True)
class Refused:
    """Put out by a raiser: no keeper would take this alert, so it was not raised."""

    request: RaiseAlert
    why: str


def fits(subject: str, evidence: bytes) -> bool:
    """Whether an alert is small enough to be held by everybody for ever."""
    return len(subject) <= SUBJECT_LENGTH_MAX and len(evidence) <= DIGEST_BYTES


class Raisers:
    """Who may raise alerts, with the notary that knows their signatures, and how many each.

    The numbers of a raiser end at `quota`: that, and not what arrives first, bounds what a keeper
    holds, so that all keepers accept the same alerts of a raiser that floods them.
    """

    def __init__(self, names: Sequence[str], notary: Notary, quota: int = QUOTA) -> None:
        self.notary, self.quota = notary, quota
        self._numbers = {name: number for number, name in enumerate(names)}

    def seal(self, name: str) -> Seal:
        """To be handed to the raiser of this name alone."""
        return self.notary.seal(self._numbers[name])

    def is_genuine(self, alert: Alert) -> bool:
        """Whether the raiser that the alert names raised it, within its quota."""
        return (
            alert.raiser in self._numbers
            and 0 <= alert.number < self.quota
            and abs(alert.raised_ns) < _LATEST_NS
            and fits(alert.subject, alert.evidence)
            and alert.signature is not None
            and alert.signature.member == self._numbers[alert.raiser]
            and self.notary.is_signed(alert.signature, alert.digest)
        )
