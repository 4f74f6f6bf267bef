"""Agents in a tree whose values hang together, to try baselines of dependence on.

Series have a course in common with everybody, one with the agents of their local, and one of their
own: correlations are 0.42 within a local and 0.21 across. Samples are of ten features, correlated
in pairs. Everything depends on the seed and the local alone.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sim.scenario.schema.scenario import Tree
from sim.stats.dependence.contract import Floats, State
from sim.stats.dependence.registry import AnyDependence

TREE = Tree(local=50, regional=10, levels="auto")
FEATURES, SAMPLES = 10, 10
"""Features of a sample, and samples of an agent."""

_COURSE, _DIRECTIONS, _LOCALS = 1, 2, 3


def counts_of(n: int) -> list[int]:
    """Nodes of each tier of the tree of n agents, agents first."""
    # Imported here: what resolves the schema is to be loaded after the schema.
    from sim.scenario.resolve import tier_counts

    return tier_counts(n, TREE)


@dataclass(frozen=True)
class World:
    """Agents in a tree; values are drawn when a local needs them: a million do not fit at once."""

    n: int
    instants: int = 256
    seed: int = 1

    @cached_property
    def counts(self) -> list[int]:
        """Nodes of each tier, agents first."""
        return counts_of(self.n)

    def _rng(self, purpose: int) -> np.random.Generator:
        # Numbers from 1 on: numpy pads keys with zeros, so [seed, 0] is [seed].
        return np.random.default_rng([self.seed, purpose])

    @cached_property
    def course(self) -> Floats:
        return self._rng(_COURSE).normal(size=(self.instants, 1))

    def agents(self, local: int) -> np.ndarray:
        return np.arange(local * TREE.local, min(self.n, (local + 1) * TREE.local))

    def series(self, local: int) -> Floats:
        rng = self._rng(_LOCALS + local)
        own = rng.normal(size=(self.instants, len(self.agents(local))))
        return 0.6 * self.course + 0.6 * rng.normal(size=(self.instants, 1)) + own

    def samples(self, local: int) -> Floats:
        rng = self._rng(_LOCALS + local)
        mixed = rng.normal(size=(SAMPLES * len(self.agents(local)), FEATURES))
        return mixed + 0.5 * mixed[:, ::-1]

    def values(self, method: AnyDependence, local: int) -> Floats:
        return self.samples(local) if method.takes == "samples" else self.series(local)

    def lift(self, method: AnyDependence, local: int) -> State:
        values, shared = self.values(method, local), self._rng(_DIRECTIONS)
        agents = self.agents(local) if method.takes == "series" else None
        return method.lift(values, agents, shared)

    def children(self, tier: int, node: int) -> range:
        if tier + 1 == len(self.counts):
            return range(self.counts[tier - 1])
        return range(node * TREE.regional, min(self.counts[tier - 1], (node + 1) * TREE.regional))
