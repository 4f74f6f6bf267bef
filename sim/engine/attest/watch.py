"""Watchers in a run: who is shown whose books, who finds something, and what reaches the root.

Each aggregator opens its books to its watchers, and its parent shows them what it was told: in the
round, and in the last report before it. A correct watcher that finds a proof sends it straight to
the root; one that lies itself keeps silent, so an aggregator is safe only if all of its watchers
are liars.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from sim.engine.attest.ways import Pairs, Ways
from sim.engine.lies.actor import Actor
from sim.engine.world import World
from sim.protocol.merkle.encoding import Name
from sim.protocol.merkle.fraud import FraudProof
from sim.protocol.merkle.registry import Registry
from sim.protocol.merkle.tree import CommittedTree
from sim.protocol.merkle.watchers import watchers_of
from sim.stats.moments import canonical
from sim.telemetry.mail import Mail
from sim.telemetry.tree import Groups

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]
Find = Callable[[int, bool], Mapping[int, FraudProof]]
"""Proofs against the aggregators of a tier, by seat; False: by their books, True: by telling two
things."""


class Watching:
    """The watchers of one run; `silent` says who would never tell now, (agents,)."""

    def __init__(
        self,
        levels: Sequence[Groups],
        registry: Registry,
        seed: bytes,
        size: int,
        silent: Callable[[], Bools],
    ) -> None:
        self._levels = tuple(levels)
        self._pairs = {
            tier: _pairs(tier, groups.parents, registry, seed, size)
            for tier, groups in enumerate(levels, start=1)
        }
        self._silent = silent
        self._books: dict[int, Mail] = {}
        self._told: dict[int, Mail] = {}
        self._find: Find = lambda *_: {}

    def install(self, ways: Ways, find: Find) -> None:
        """Lay the ways to the watchers, and from them to the root."""
        self._find = find
        top = len(self._levels)
        for tier, pairs in self._pairs.items():
            if not len(pairs.watcher):
                continue
            self._books[tier] = ways.watch(
                "books", tier, pairs.node, pairs.watcher, ways.opening_bytes(), self._by_books(tier)
            )
            if tier < top:
                parent = self._levels[tier].parent_of[pairs.node].astype(np.int64)
                size, found = ways.statement_bytes(2), self._by_telling(tier)
                name = f"word {tier}"
                self._told[tier] = ways.watch(name, tier + 1, parent, pairs.watcher, size, found)

    def publish(self, number: int, now_ns: int, world: World) -> None:
        """Aggregators open their books, and show what their children told them."""
        for tier, mail in self._books.items():
            mail.publish(number, now_ns, world.is_up(tier)[self._pairs[tier].node])
        for tier, mail in self._told.items():
            parent = self._levels[tier].parent_of[self._pairs[tier].node]
            mail.publish(number, now_ns, world.is_up(tier + 1)[parent])

    def arrived(self, number: int) -> Iterator[FraudProof]:
        """The proofs of a round that are at the root, each once."""
        for told, mails in ((False, self._books), (True, self._told)):
            for tier, mail in mails.items():
                here = mail.posts[-1].version_held == number
                seats = np.unique(self._pairs[tier].node[here]).tolist()
                proofs = self._find(tier, told) if seats else {}
                yield from (proofs[seat] for seat in seats if seat in proofs)

    def told_otherwise(
        self,
        tree: CommittedTree,
        actors: Sequence[Actor],
        lost: Mapping[int, Bools],
        now_ns: int,
    ) -> dict[Name, Ints]:
        """What liars show others than their parents, (wide,), where it is not the same.

        Of whom the parent has heard nothing (`lost`, by tier) it can tell nothing.
        """
        found = {}
        for actor in actors:
            who = np.arange(len(actor.nodes))
            if not actor.overrides("commit_to_others"):
                continue
            for one in who[actor.acting(who, now_ns)].tolist():
                if lost[actor.plan.tier][actor.nodes[one]]:
                    continue
                row = _otherwise(tree, actor, one)
                name = tree.registry.name(actor.plan.tier, int(actor.nodes[one]))
                if (row != tree.own[actor.plan.tier].rows[actor.nodes[one]]).any():
                    found[name] = row
                    actor.note(np.array([one]), now_ns)
        return found

    def _by_books(self, tier: int) -> Callable[[int], Bools]:
        pairs = self._pairs[tier]

        def finds(_: int) -> Bools:
            guilty = list(self._find(tier, False))
            return np.asarray(np.isin(pairs.node, guilty) & ~self._silent()[pairs.watcher])

        return finds

    def _by_telling(self, tier: int) -> Callable[[int], Bools]:
        """They need both: what the parent was told, and the books."""
        pairs = self._pairs[tier]

        def finds(number: int) -> Bools:
            guilty = list(self._find(tier, True))
            has_books = self._books[tier].posts[0].version_held == number
            both = np.isin(pairs.node, guilty) & has_books
            return np.asarray(both & ~self._silent()[pairs.watcher])

        return finds


def _pairs(tier: int, parents: int, registry: Registry, seed: bytes, size: int) -> Pairs:
    """The watchers of every aggregator of a tier, in the order of seats."""
    chosen = [
        watchers_of(registry.name(tier, seat), seed, registry, size) for seat in range(parents)
    ]
    nodes = np.repeat(np.arange(parents), size)
    return Pairs(nodes, np.array(chosen, np.int64).reshape(-1))


def _otherwise(tree: CommittedTree, actor: Actor, one: int) -> Ints:
    tier, seat = actor.plan.tier, int(actor.nodes[one])
    seats = tree.registry.child_seats(tier, seat)
    children = tree.listed[tier - 1].rows[seats.start : seats.stop]
    merged = children.sum(axis=0)
    row = actor.strategy.commit_to_others(one, children, canonical(merged, tree.registry.features))
    return canonical(row, tree.registry.features)
