"""What members say, signed: a statement about oneself, and an opening of what one merged.

A statement goes to the parent once a round. An opening shows everything an aggregator made its
statement from; it is signed, too, so that what is wrong in it can be held against its author.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sim.protocol.merkle.encoding import SIGNATURE_BYTES, IntArray, Name, Tag, encode, framed, pack
from sim.protocol.merkle.hashes import Commitment, commit, leaf_hash, nothing
from sim.protocol.merkle.keys import Keys, Signer


@dataclass(frozen=True, slots=True)
class Statement:
    """What a member commits to in a round. Numbers are of 64 bits."""

    author: Name
    epoch: int
    version: int
    """The number of the report that an agent's summary is of; 0 for aggregators."""
    commitment: Commitment
    signature: bytes

    @property
    def message(self) -> bytes:
        """What is signed. The summary is in it, for without its parts a hash does not bind it."""
        numbers = pack(*self.author, self.epoch, self.version)
        return framed(Tag.STATEMENT, numbers, *self.commitment)

    @property
    def size_bytes(self) -> int:
        """On the wire, without a header."""
        return 4 * 8 + self.commitment.size_bytes + SIGNATURE_BYTES

    def is_signed(self, keys: Keys) -> bool:
        """Whether its author really said it."""
        return keys.verify(self.author, self.message, self.signature)


@dataclass(frozen=True, slots=True)
class Opening:
    """An aggregator's statement with the statements of its children, one for each seat."""

    statement: Statement
    children: tuple[Statement, ...]
    signature: bytes

    @property
    def message(self) -> bytes:
        """What is signed: all of it, with the children's signatures."""
        parts = [part for child in self.children for part in (child.message, child.signature)]
        return framed(Tag.OPENING, self.statement.message, *parts)

    @property
    def size_bytes(self) -> int:
        """On the wire, without a header."""
        children = sum(child.size_bytes for child in self.children)
        return self.statement.size_bytes + children + SIGNATURE_BYTES

    def is_signed(self, keys: Keys) -> bool:
        """Whether the author of the statement showed this, and said what it shows."""
        author = self.statement.author
        return self.statement.is_signed(keys) and keys.verify(author, self.message, self.signature)


def state(signer: Signer, epoch: int, version: int, commitment: Commitment) -> Statement:
    """Sign a commitment, whatever it is."""
    unsigned = Statement(signer.name, epoch, version, commitment, b"")
    return Statement(signer.name, epoch, version, commitment, signer.sign(unsigned.message))


def report(signer: Signer, epoch: int, version: int, row: IntArray, features: int) -> Statement:
    """What an agent states of its own summary; row (wide,)."""
    encoded = encode(row, features)
    hash_ = leaf_hash(signer.name.number, epoch, version, encoded)
    return state(signer, epoch, version, Commitment(hash_, encoded))


def absent(name: Name, epoch: int, features: int) -> Statement:
    """How a parent lists a child of which it has no acceptable statement; nobody signs it."""
    return Statement(name, epoch, 0, nothing(features), bytes(SIGNATURE_BYTES))


def show(signer: Signer, statement: Statement, children: Sequence[Statement]) -> Opening:
    """Sign an opening, whatever is in it."""
    unsigned = Opening(statement, tuple(children), b"")
    return Opening(statement, tuple(children), signer.sign(unsigned.message))


def merge_and_show(
    signer: Signer, epoch: int, children: Sequence[Statement], features: int
) -> Opening:
    """What an honest aggregator states of its children (one statement for each seat), opened."""
    commitments = [child.commitment for child in children]
    commitment = commit(signer.name, epoch, commitments, features)
    return show(signer, state(signer, epoch, 0, commitment), children)
