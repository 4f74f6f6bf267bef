"""Tampering with what an aggregator commits to, one field at a time, as well as a liar can.

The liar makes its commitment anew: it hashes and signs what it claims itself, so only what it
cannot make up (the statements of its children, the merge that follows from them) gives it away.
Every bit of the field in question is flipped in turn, or every child is meddled with in turn.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from sim.engine.streams import Streams
from sim.protocol.merkle.checks import check_opening
from sim.protocol.merkle.encoding import Name, decode, encode
from sim.protocol.merkle.hashes import Commitment, merge, node_hash
from sim.protocol.merkle.keys import Keys
from sim.protocol.merkle.registry import Registry
from sim.protocol.merkle.statements import Opening, Statement, report, show, state
from sim.stats.moments import Layout

UNITS: Final = {"refused": "share"}
KEYS: Final = Keys(b"experiment")
LOCAL: Final = Name(1, 0)
EPOCH, VALUES, FEATURES = 3, 5, 2

Children = Sequence[Statement]


def run(seed: int, field: str, children: int) -> dict[str, float]:
    """The share of tampered commitments that a checker refuses."""
    known = Registry.of(FEATURES, [np.array([0, children])], VALUES, versions_per_epoch=10)
    honest = [_statement(agent, row) for agent, row in enumerate(rows(seed, children))]
    refused = [bool(check_opening(one, KEYS, known)) for one in FIELDS[field](honest)]
    return {"refused": float(np.mean(refused))}


def rows(seed: int, children: int) -> np.ndarray:
    """Wide summaries of agents that measured some values."""
    stream = Streams(seed).stream("evidence", "tampering")
    values = stream.integers(-(2**20), 2**20, (children, VALUES, FEATURES))
    sums, squares = values.sum(axis=1), (values**2).sum(axis=1)
    means = np.rint(sums / VALUES).astype(np.int64)
    ends = np.full((children, 1), VALUES), np.ones((children, 1), np.int64)
    return Layout(FEATURES).widen(np.concatenate([*ends, sums, squares, means, means**2], axis=1))


def _statement(agent: int, row: np.ndarray) -> Statement:
    return report(KEYS.signer(Name(0, agent)), EPOCH, 10 * EPOCH + 5, row, FEATURES)


def _shown(children: Children, claim: bytes | None = None, hash_: bytes | None = None) -> Opening:
    """What a liar shows that hashes and signs as it should."""
    row = merge([child.commitment.row for child in children], FEATURES) if claim is None else claim
    own = node_hash(LOCAL, EPOCH, [child.commitment for child in children], row)
    signer = KEYS.signer(LOCAL)
    return show(signer, state(signer, EPOCH, 0, Commitment(hash_ or own, row)), children)


def _flips(data: bytes) -> Iterator[bytes]:
    for bit in range(8 * len(data)):
        changed = bytearray(data)
        changed[bit // 8] ^= 1 << bit % 8
        yield bytes(changed)


def _nothing(children: Children) -> Iterator[Opening]:
    yield _shown(children)


def _child_row(children: Children) -> Iterator[Opening]:
    first, *rest = children
    for row in _flips(first.commitment.row):
        yield _shown([replace(first, commitment=Commitment(first.commitment.hash, row)), *rest])


def _child_hash(children: Children) -> Iterator[Opening]:
    first, *rest = children
    for hash_ in _flips(first.commitment.hash):
        yield _shown([replace(first, commitment=Commitment(hash_, first.commitment.row)), *rest])


def _merge(children: Children) -> Iterator[Opening]:
    for row in _flips(_shown(children).statement.commitment.row):
        yield _shown(children, row)


def _hash(children: Children) -> Iterator[Opening]:
    for hash_ in _flips(_shown(children).statement.commitment.hash):
        yield _shown(children, hash_=hash_)


def _omitted(children: Children) -> Iterator[Opening]:
    for place in range(len(children)):
        yield _shown([*children[:place], *children[place + 1 :]])


def _twice(children: Children) -> Iterator[Opening]:
    for child in children:
        yield _shown([*children, child])


def _largest(children: Children) -> Iterator[Opening]:
    """The largest child for the sum of all: the trick against trees that hash totals alone."""
    rows = [decode([child.commitment.row], FEATURES)[0] for child in children]
    yield _shown(children, encode(np.maximum.reduce(rows), FEATURES))


def _stale(children: Children) -> Iterator[Opening]:
    for place, child in enumerate(children):
        signer, (_, row) = KEYS.signer(child.author), child.commitment
        old = report(signer, EPOCH - 1, 10 * EPOCH - 5, decode([row], FEATURES)[0], FEATURES)
        yield _shown([*children[:place], old, *children[place + 1 :]])


FIELDS: Final[Mapping[str, Callable[[Children], Iterator[Opening]]]] = {
    "nothing": _nothing,
    "a child's summary": _child_row,
    "a child's hash": _child_hash,
    "the merged summary": _merge,
    "the hash": _hash,
    "which children there are": _omitted,
    "how often a child counts": _twice,
    "the sum to the largest child": _largest,
    "a child's words of the round before": _stale,
}
"""What is tampered with, by the words that results have."""
