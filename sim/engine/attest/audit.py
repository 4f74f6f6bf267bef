"""Audits: the root asks some children of each aggregator whether they are listed as they said.

The children are drawn anew in every round, by a hash of a seed that is revealed after the root has
committed. They and their aggregators are asked directly, past the tree, and answer directly; a pair
of whom one does not answer is no finding. Who left a child out is *caught*: one word stands against
another, for a message may have been lost on the way, so it is no proof. Who made up what a child
said is convicted, because it has no signature for it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from sim.engine.attest.ways import Ways
from sim.engine.world import World
from sim.protocol.merkle.encoding import Name
from sim.protocol.merkle.registry import Registry
from sim.protocol.merkle.tree import CommittedTree
from sim.protocol.merkle.watchers import audited
from sim.stats.sketches.bottom_k import derive
from sim.telemetry.mail import Mail

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Findings:
    """What the audits of one round brought to light."""

    caught: tuple[Name, ...] = ()
    """Aggregators whose list differs from what a child says."""
    forgers: tuple[Name, ...] = ()
    """Those among them that list a summary which the child never signed."""


class Audits:
    """The audits of one run: of `size` children of each aggregator and round."""

    def __init__(self, registry: Registry, seed: bytes, size: int) -> None:
        self._seed = seed
        self._size = size
        self._starts = registry.starts
        self._mails: dict[int, Mail] = {}
        self._drawn: dict[int, Bools] = {}
        """By tier, the children that are audited in this round; (n,)."""

    def install(self, ways: Ways) -> None:
        """Lay the ways from the root to everybody that may be asked, and back."""
        if self._size:
            self._mails = {tier: ways.ask(tier, self._size) for tier in range(len(self._starts))}

    def publish(self, number: int, now_ns: int, registry: Registry, world: World) -> None:
        """The root draws, and asks: the children that were drawn, and every aggregator."""
        if not self._mails or not world.is_up(len(self._starts))[0]:
            self._drawn = {}
            return
        self._drawn = self._draw(derive(self._seed, f"round {number}"), registry)
        for tier, mail in self._mails.items():
            mail.publish(number, now_ns, self._drawn[tier] if tier == 0 else None)

    def findings(self, number: int, tree: CommittedTree, silent: Bools) -> Findings:
        """What the answers that have arrived say; `silent` agents (n,) did not report at all."""
        caught: list[Name] = []
        forgers: list[Name] = []
        for tier in self._drawn:
            wrong = self._drawn[tier] & self._answered(number, tier) & self._opened(number, tier)
            differs, omitted = tree.listed[tier].differs(tree.own[tier]), tree.listed[tier].absent
            unheard = omitted & ~silent if tier == 0 else np.zeros(len(omitted), np.bool_)
            caught += self._parents(tree.registry, tier, wrong & (differs | unheard))
            forgers += self._parents(tree.registry, tier, wrong & differs & ~omitted)
        return Findings(tuple(caught), tuple(forgers))

    def _draw(self, seed: bytes, registry: Registry) -> dict[int, Bools]:
        drawn = {}
        for tier, starts in enumerate(self._starts):
            drawn[tier] = np.zeros(int(starts[-1]), np.bool_)
            for seat, (first, last) in enumerate(pairwise(starts.tolist())):
                name = registry.name(tier + 1, seat)
                positions = audited(name, seed, last - first, self._size)
                drawn[tier][first + np.array(positions)] = True
        return drawn

    def _answered(self, number: int, tier: int) -> Bools:
        """Whose answer is at the root; (n,)."""
        return np.asarray(self._mails[tier].posts[-1].version_held == number)

    def _opened(self, number: int, tier: int) -> Bools:
        """Whose parent has answered, too, (n,); what the root itself lists it knows."""
        children = np.diff(self._starts[tier])
        if tier + 1 == len(self._starts):
            return np.ones(int(children.sum()), np.bool_)
        return np.repeat(self._answered(number, tier + 1), children)

    def _parents(self, registry: Registry, tier: int, wrong: Bools) -> Iterator[Name]:
        hit = np.logical_or.reduceat(wrong, self._starts[tier][:-1])
        yield from (registry.name(tier + 1, int(seat)) for seat in np.flatnonzero(hit))
