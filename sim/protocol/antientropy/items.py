"""What replicas exchange: one version of what one writer says, signed by it.

Each key has a single writer, who numbers what it says: (epoch, version). Should a lying writer sign
two contents under one number, the larger digest wins, so that replicas agree even then.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum

from sim.protocol.signatures import DIGEST_BYTES, Notary, Signature, digest


class Priority(IntEnum):
    """What is shipped first."""

    ALERT = 0
    EVIDENCE = 1
    BASELINE = 2


@dataclass(frozen=True, slots=True)
class Item:
    """`size_bytes` is all that travels for it: numbers, content and signature."""

    key: int
    """Number of the writer."""
    epoch: int
    version: int
    digest: bytes
    """32 bytes that stand for the content."""
    size_bytes: int
    born_ns: int = 0
    priority: int = Priority.BASELINE
    signature: Signature | None = None
    content: object = field(default=None, compare=False)

    @property
    def rank(self) -> tuple[int, int, bytes]:
        """Of two items with one key the higher rank is the newer."""
        return self.epoch, self.version, self.digest

    @property
    def is_well_formed(self) -> bool:
        """Whether the numbers are such as a store can hold; a liar's may be anything."""
        return (
            0 <= self.key < 1 << 63
            and 0 <= self.epoch < 1 << 32
            and 0 <= self.version < 1 << 63
            and 0 <= self.size_bytes < 1 << 40
            and 0 <= self.born_ns < 1 << 63
            and 0 <= self.priority <= Priority.BASELINE
            and len(self.digest) == DIGEST_BYTES
        )


Genuine = Callable[[Item], bool]
"""Whether an item is what its writer said; asked before anything of a peer is taken in."""


def trusting(item: Item) -> bool:  # noqa: ARG001
    """Every item is genuine: for stores whose writers and replicas cannot lie."""
    return True


def statement(item: Item) -> bytes:
    """The digest under which the writer puts its signature."""
    numbers = (item.key, item.epoch, item.version, item.size_bytes, item.born_ns)
    return digest("item", *numbers, int(item.priority), item.digest)


def signed_by_writer(notary: Notary) -> Genuine:
    """The hook for items whose key is the writer's number in `notary`."""

    def is_genuine(item: Item) -> bool:
        signature = item.signature
        if signature is None or signature.member != item.key:
            return False
        return notary.is_signed(signature, statement(item))

    return is_genuine
