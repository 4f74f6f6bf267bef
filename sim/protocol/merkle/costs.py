"""What a round of attestation sends, counted exactly: one message a line and phase.

    commit    a statement from everybody but the root to its parent
    prove     the root's statement to everybody, with the siblings on the way to it
    attest    an acknowledgement from everybody but the root to its parent
    watch     each aggregator's opening to each of its watchers

A message has a header of 64 bytes, as in telemetry. Sizes are those of the statements, proofs and
openings themselves.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from sim.protocol.merkle.encoding import HASH_BYTES, SIGNATURE_BYTES, IntArray, row_bytes

HEADER_BYTES: Final = 64
_NUMBERS_BYTES: Final = 4 * 8
"""Of a statement: tier, number, epoch and version."""


class Phase(NamedTuple):
    """Messages and their bytes."""

    messages: int
    size_bytes: int


@dataclass(frozen=True, slots=True)
class RoundCost:
    """What each phase of one round sends."""

    commit: Phase
    prove: Phase
    attest: Phase
    watch: Phase

    @property
    def total(self) -> Phase:
        """All of them."""
        phases = (self.commit, self.prove, self.attest, self.watch)
        return Phase(*(sum(column) for column in zip(*phases, strict=True)))


def statement_bytes(features: int) -> int:
    """Size of a statement."""
    return _NUMBERS_BYTES + entry_bytes(features) + SIGNATURE_BYTES


def entry_bytes(features: int) -> int:
    """Size of a hash and a summary: of one sibling in a proof."""
    return HASH_BYTES + row_bytes(features)


def round_cost(starts: Sequence[IntArray], features: int, watchers: int) -> RoundCost:
    """The cost of a round for a tree (`starts` as in `Registry`) with `watchers` an aggregator."""
    sizes = [np.diff(level) for level in starts]
    members = sum(int(size.sum()) for size in sizes)
    aggregators = sum(len(size) for size in sizes)
    statement = statement_bytes(features)
    opened = watchers * ((aggregators + members) * statement + aggregators * SIGNATURE_BYTES)
    opened_to = watchers * aggregators
    siblings = sum(_siblings(sizes))
    return RoundCost(
        commit=Phase(members, members * (HEADER_BYTES + statement)),
        prove=Phase(
            members, members * (HEADER_BYTES + statement) + siblings * entry_bytes(features)
        ),
        attest=Phase(members, members * (HEADER_BYTES + HASH_BYTES)),
        watch=Phase(opened_to, opened_to * HEADER_BYTES + opened),
    )


def _siblings(sizes: Sequence[IntArray]) -> list[int]:
    """Siblings in the proofs of all the members of each tier below the root, from its children."""
    above = np.zeros(1, np.int64)
    totals = []
    for size in reversed(sizes):
        above = np.repeat(above + size - 1, size)
        totals.append(int(above.sum()))
    return totals
