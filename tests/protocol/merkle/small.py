"""A small network for the tests: 12 agents, 4 locals, 2 regionals, 1 root; two features."""

import itertools
from dataclasses import replace

import numpy as np

from sim.protocol.merkle.encoding import Name, decode, encode
from sim.protocol.merkle.hashes import Commitment, merge, node_hash
from sim.protocol.merkle.keys import Keys
from sim.protocol.merkle.registry import Registry
from sim.protocol.merkle.statements import show, state
from sim.protocol.merkle.tree import commit_tree
from sim.stats.moments import COUNT, Layout
from sim.telemetry.tree import Groups

FEATURES = 2
COUNTS = (12, 4, 2, 1)
VALUES = 5
EPOCH = 3
KEYS = Keys(b"the secret of this run")
LOCAL = Name(1, 1)
"""The member that most tests look at: it has the agents 3, 4 and 5."""


def registry(counts=COUNTS, features=FEATURES, **changes):
    starts = [Groups(*pair).starts for pair in itertools.pairwise(counts)]
    options = {"counts_max": VALUES + 1, "versions_per_epoch": 10} | changes
    return Registry.of(features, starts, options.pop("counts_max"), **options)


def agent_rows(agents=COUNTS[0], features=FEATURES, seed=1):
    """Wide rows of agents that measured `VALUES` values of about two scales each."""
    values = np.random.default_rng(seed).integers(-(2**21), 2**21, (agents, VALUES, features))
    sums, squares = values.sum(axis=1), (values**2).sum(axis=1)
    means = np.rint(sums / VALUES).astype(np.int64)
    ends = np.full((agents, 1), VALUES), np.ones((agents, 1), np.int64)
    narrow = np.concatenate([*ends, sums, squares, means, means**2], axis=1)
    return Layout(features).widen(narrow)


def versions(agents=COUNTS[0]):
    return np.arange(agents) + 10 * EPOCH - 5


def tree(rows=None, *, epoch=EPOCH, known=None, **changes):
    """A round in which everybody is honest, but for what `changes` say."""
    known = registry() if known is None else known
    agents = len(known.seated[0])
    rows = agent_rows(agents, known.features) if rows is None else rows
    return commit_tree(known, epoch, versions(agents) % (10 * epoch + 10), rows, **changes)


def opening(name=LOCAL, **changes):
    """What a member shows."""
    return tree(**changes).opening(name.tier, name.number, KEYS)


def row_of(commitment):
    return decode([commitment.row], FEATURES)[0]


def changed_row(commitment, column, by=1):
    """The encoded summary with one number changed."""
    row = row_of(commitment)
    row[column] += by
    return encode(row, FEATURES)


def inflated(row, factor=2):
    """An encoded summary with all its sums multiplied, the counts as they were."""
    numbers = decode([row], FEATURES)[0]
    numbers[COUNT + 2 :] *= factor
    return encode(numbers, FEATURES)


def forge(children, claim=None, name=LOCAL, epoch=EPOCH):
    """An opening that a liar makes as well as it can: hashed and signed by itself."""
    rows = [child.commitment.row for child in children]
    claim = merge(rows, FEATURES) if claim is None else claim
    hash_ = node_hash(name, epoch, [child.commitment for child in children], claim)
    signer = KEYS.signer(name)
    return show(signer, state(signer, epoch, 0, Commitment(hash_, claim)), children)


def with_row(statement, row):
    """Somebody else's statement with another summary; the signature is what it was."""
    return replace(statement, commitment=Commitment(statement.commitment.hash, row))
