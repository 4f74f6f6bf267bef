"""Who watches whom, and what a watcher does with what it is shown.

Watchers of an aggregator are agents, drawn anew each epoch by a hash of its seed (revealed after
seats are fixed), so nobody chooses its own. They are never from the aggregator's own subtree: the
agents below check it anyway when they attest, and a captured group must not watch itself. One
honest watcher suffices, because what it finds is a proof.
"""

from collections.abc import Iterator, Sequence
from hashlib import sha256

from sim.protocol.merkle.checks import check_opening, check_statements, is_absent
from sim.protocol.merkle.encoding import Name, Tag, framed, pack
from sim.protocol.merkle.fraud import (
    Contradiction,
    FraudProof,
    Impossible,
    WrongMerge,
    contradict,
    verify_fraud,
)
from sim.protocol.merkle.keys import Keys
from sim.protocol.merkle.registry import Registry
from sim.protocol.merkle.statements import Opening, Statement
from sim.protocol.merkle.tree import CommittedTree, guilty


def watchers_of(name: Name, seed: bytes, registry: Registry, size: int) -> tuple[int, ...]:
    """The seats of the agents that watch an aggregator, without replacement and in order drawn.

    Under the root everybody is in the subtree, so it is watched by any agents. Raises ValueError
    if there are fewer agents to choose from than `size`.
    """
    agents = len(registry.seated[0])
    own = registry.agents_below(name)
    if len(own) == agents:
        own = range(0)
    if size > agents - len(own):
        raise ValueError(f"{size} watchers of {name} are wanted, {agents - len(own)} can be had")
    return _distinct(_draws(b"watch" + seed, name, agents), size, own)


def audited(name: Name, seed: bytes, children: int, size: int) -> tuple[int, ...]:
    """Which positions among `children` an auditor looks at; all of them if `size` is as many.

    `r` bad ones are missed with probability C(children - r, size) / C(children, size).
    """
    return _distinct(_draws(b"audit" + seed, name, children), min(size, children), range(0))


def _draws(seed: bytes, name: Name, below: int) -> Iterator[int]:
    """Uniform numbers below a limit, as many as wanted. 256 bits leave no bias worth the name."""
    index = 0
    while True:
        digest = sha256(framed(Tag.DRAW, seed, name.encoded(), pack(index))).digest()
        yield int.from_bytes(digest, "little") % below
        index += 1


def _distinct(draws: Iterator[int], size: int, barred: range) -> tuple[int, ...]:
    """The first `size` different draws that are not barred."""
    chosen: dict[int, None] = {}
    while len(chosen) < size:
        draw = next(draws)
        if draw not in barred:
            chosen[draw] = None
    return tuple(chosen)


def proofs_in(tree: CommittedTree, keys: Keys) -> dict[Name, FraudProof]:
    """What one honest watcher of each member would find in a round, tier by tier.

    Only the guilty are looked at one by one; the openings of all others are right.
    """
    found: dict[Name, FraudProof] = {}
    for tier, mask in enumerate(guilty(tree)):
        for seat in map(int, mask.nonzero()[0]):
            name = tree.registry.name(tier, seat)
            if tier == 0:
                found[name] = Impossible(tree.statement(tier, seat, keys))
            else:
                found[name] = WrongMerge(tree.opening(tier, seat, keys))
    return found


class Watcher:
    """Keeps the newest statement of each author and finds what contradicts it or itself.

    Watchers pass on the statements that they are shown; `hear` is for those.
    """

    def __init__(self, keys: Keys, registry: Registry) -> None:
        self.registry = registry
        self._keys = keys
        self._newest: dict[Name, Statement] = {}

    def hear(self, statement: Statement) -> FraudProof | None:
        """Proof against the author of a statement, if there is one. Unsigned ones are ignored."""
        if not statement.is_signed(self._keys):
            return None
        known = self._newest.get(statement.author)
        if known is not None and contradict(known, statement, self.registry) is not None:
            return Contradiction(known, statement)
        if known is None or statement.epoch > known.epoch:
            self._newest[statement.author] = statement
        return None

    def inspect(self, opening: Opening) -> FraudProof | None:
        """Proof against an aggregator or a child of it, by what the aggregator showed."""
        if not opening.is_signed(self._keys):
            return None
        if check_opening(opening, self._keys, self.registry):
            return WrongMerge(opening)
        heard = (self.hear(one) for one in (opening.statement, *opening.children))
        return next((proof for proof in heard if proof is not None), None)

    def audit(self, opening: Opening, positions: Sequence[int]) -> FraudProof | None:
        """Proof against an aggregator by some of its children alone; the merge is not recomputed.

        Positions count the children from 0. What is wrong elsewhere is not found.
        """
        if not opening.is_signed(self._keys):
            return None
        some = [opening.children[position] for position in positions]
        present = [child for child in some if not is_absent(child, self.registry.features)]
        wrong = check_statements(present, self._keys, self.registry)
        return WrongMerge(opening) if wrong else None

    def refuse(self, statement: Statement) -> FraudProof | None:
        """Proof against a child whose statement its parent had to refuse."""
        proof = Impossible(statement)
        return proof if verify_fraud(proof, self._keys, self.registry) else None
