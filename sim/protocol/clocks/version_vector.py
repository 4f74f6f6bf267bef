"""Version vectors: for each of a few writers, how many of its versions a state contains.

They tell exactly whether one state contains another or both went their own ways, which no single
number can; so they have an entry for each writer, and are for the children of one node or the
replicas of a root, not for a million agents. A writer that lies about its own entry can make
states look concurrent or contained: where liars are, compare digests too.

Source: Parker et al., "Detection of Mutual Inconsistency in Distributed Systems", IEEE TSE 9(3),
1983.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

ENTRY_BYTES: Final = 16
"""8 bytes name a writer, 8 count its versions."""


class Relation(Enum):
    """How one state stands to another."""

    EQUAL = "equal"
    BEFORE = "before"
    AFTER = "after"
    CONCURRENT = "concurrent"


@dataclass(frozen=True, slots=True)
class VersionVector:
    """`versions` maps a writer to the number of its versions, from 1; who is absent has none.

    >>> one = VersionVector().bumped("a")
    >>> one.relation(one.bumped("b")), one.bumped("a").relation(one.bumped("b"))
    (<Relation.BEFORE: 'before'>, <Relation.CONCURRENT: 'concurrent'>)
    """

    versions: Mapping[str, int] = field(default_factory=dict)

    def bumped(self, writer: str) -> "VersionVector":
        """With one more version of this writer."""
        return VersionVector({**self.versions, writer: self.versions.get(writer, 0) + 1})

    def merged(self, other: "VersionVector") -> "VersionVector":
        """Of a state that contains both: the larger number of each writer."""
        larger = {
            writer: max(number, self.versions.get(writer, 0))
            for writer, number in other.versions.items()
        }
        return VersionVector({**self.versions, **larger})

    def contains(self, other: "VersionVector") -> bool:
        """Whether a state with this vector has all that one with the other has."""
        return all(
            self.versions.get(writer, 0) >= number for writer, number in other.versions.items()
        )

    def relation(self, other: "VersionVector") -> Relation:
        """Whether this state is before the other, after it, equal, or concurrent."""
        match other.contains(self), self.contains(other):
            case True, True:
                return Relation.EQUAL
            case True, False:
                return Relation.BEFORE
            case False, True:
                return Relation.AFTER
        return Relation.CONCURRENT

    @property
    def size_bytes(self) -> int:
        """On the wire."""
        return ENTRY_BYTES * len(self.versions)
