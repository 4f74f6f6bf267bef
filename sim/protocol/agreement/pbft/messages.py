"""What PBFT's members say to each other.

Pre-prepares, prepares and commits carry no signature: the links are authenticated, and a vote
convinces only the member that receives it. What has to convince third parties is signed: state at
a checkpoint, and what a member knows when it leaves a view. View changes are those of the journal
paper (TOCS 2002, section 4.4), which need no signed prepares; but ours are signed, and so need no
acknowledgements.
"""

from dataclasses import dataclass
from typing import Final

from sim.protocol.agreement.contract import Value
from sim.protocol.messages import HEADER_BYTES, Said
from sim.protocol.signatures import (
    DIGEST_BYTES,
    SIGNATURE_BYTES,
    Certificate,
    Signature,
    digest,
)

NUMBER_BYTES: Final = 8


@dataclass(frozen=True, slots=True)
class PrePrepare(Said):
    """The leader of the view proposes a value for a slot."""

    view: int
    slot: int
    value: Value

    @property
    def size_bytes(self) -> int:
        """The only message of the normal case that carries the value."""
        return HEADER_BYTES + self.value.size_bytes


@dataclass(frozen=True, slots=True)
class Prepare(Said):
    """The sender accepts the leader's value, and no other in this view and slot."""

    view: int
    slot: int
    digest: bytes


@dataclass(frozen=True, slots=True)
class Commit(Said):
    """The sender knows that a quorum accepts this value in this view."""

    view: int
    slot: int
    digest: bytes


@dataclass(frozen=True, slots=True)
class Stable:
    """A quorum signed that its decisions up to a slot have this digest; slot 0 needs no proof."""

    slot: int
    state: bytes
    certificate: Certificate | None

    @property
    def size_bytes(self) -> int:
        """On the wire, inside a message."""
        proof = 0 if self.certificate is None else self.certificate.size_bytes
        return NUMBER_BYTES + DIGEST_BYTES + proof

    @property
    def signatures(self) -> int:
        """How many a receiver has to verify."""
        return 0 if self.certificate is None else len(self.certificate.signatures)


@dataclass(frozen=True, slots=True)
class Checkpoint(Said):
    """The sender's decisions up to a slot have this digest."""

    slot: int
    state: bytes
    signature: Signature

    @property
    def size_bytes(self) -> int:
        """A digest and a signature travel along."""
        return HEADER_BYTES + DIGEST_BYTES + SIGNATURE_BYTES

    @property
    def signatures(self) -> int:
        """The sender's."""
        return 1


def checkpoint_digest(slot: int, state: bytes) -> bytes:
    """What is signed under a checkpoint."""
    return digest("checkpoint", slot, state)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A claim: the value was prepared at the member, in this view and no later one."""

    slot: int
    view: int
    value: Value


@dataclass(frozen=True, slots=True)
class PrePrepared:
    """A claim: the member accepted a value with this digest, in this view and no later one."""

    slot: int
    view: int
    digest: bytes


@dataclass(frozen=True, slots=True)
class ViewChange(Said):
    """The sender leaves all views before this one: what it knows, which the next leader needs."""

    view: int
    stable: Stable
    prepared: tuple[Prepared, ...]
    preprepared: tuple[PrePrepared, ...]
    signature: Signature

    @property
    def size_bytes(self) -> int:
        """The prepared values travel along: the next leader may not have them."""
        claims = len(self.prepared) + len(self.preprepared)
        values = sum(claim.value.size_bytes for claim in self.prepared)
        content = values + claims * (2 * NUMBER_BYTES + DIGEST_BYTES)
        return HEADER_BYTES + self.stable.size_bytes + content + SIGNATURE_BYTES

    @property
    def signatures(self) -> int:
        """The sender's and those under its checkpoint."""
        return 1 + self.stable.signatures


def view_change_digest(
    member: int,
    view: int,
    stable: Stable,
    prepared: tuple[Prepared, ...],
    preprepared: tuple[PrePrepared, ...],
) -> bytes:
    """What is signed under a view change. Both lists are preceded by their lengths."""
    parts: list[bytes | int | str] = ["view change", member, view, stable.slot, stable.state]
    parts.append(len(prepared))
    for one in prepared:
        parts += (one.slot, one.view, one.value.digest)
    parts.append(len(preprepared))
    for other in preprepared:
        parts += (other.slot, other.view, other.digest)
    return digest(*parts)


@dataclass(frozen=True, slots=True)
class NewView(Said):
    """The view begins: everybody can work out from these view changes with which values.

    Signed by the leader, so that any member can pass it on.
    """

    view: int
    changes: tuple[ViewChange, ...]
    signature: Signature

    @property
    def size_bytes(self) -> int:
        """All view changes travel along."""
        return HEADER_BYTES + SIGNATURE_BYTES + sum(change.size_bytes for change in self.changes)

    @property
    def signatures(self) -> int:
        """The leader's and those of the view changes."""
        return 1 + sum(change.signatures for change in self.changes)


def new_view_digest(view: int, changes: tuple[ViewChange, ...]) -> bytes:
    """What is signed under a new view; the view changes are signed themselves."""
    return digest("new view", view, *(change.signature.raw for change in changes))


@dataclass(frozen=True, slots=True)
class Fetch(Said):
    """The sender is in this view and lacks this slot and those after it: who can help?"""

    view: int
    slot: int
    stable: int
    """The slot of its latest stable checkpoint."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was decided in a slot, and in which view; others may see the same in a later one."""

    value: Value
    view: int


@dataclass(frozen=True, slots=True)
class Decisions(Said):
    """What the sender decided in consecutive slots, from `first` on."""

    first: int
    outcomes: tuple[Outcome, ...]
    stable: Stable

    @property
    def size_bytes(self) -> int:
        """The values travel along."""
        values = sum(one.value.size_bytes for one in self.outcomes)
        content = values + len(self.outcomes) * (NUMBER_BYTES + DIGEST_BYTES)
        return HEADER_BYTES + self.stable.size_bytes + content

    @property
    def signatures(self) -> int:
        """Those under the checkpoint; the values are believed when f + 1 members say the same."""
        return self.stable.signatures

    def at(self, slot: int) -> Outcome | None:
        """What was decided in a slot, if it is among them."""
        place = slot - self.first
        return self.outcomes[place] if 0 <= place < len(self.outcomes) else None
