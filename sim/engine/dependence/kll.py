"""KLL sketches of the values of all agents as summaries of a run, for each node and feature.

Coins come from a stream of the round, in the order of nodes and tiers, so a run is repeatable.
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from sim.engine.dependence.sketched import NOTHING, errors, ordered
from sim.stats.sketches.kll import Kll, merge, sketch
from sim.telemetry.tree import Groups

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Sketches = Mapping[int, tuple[Kll, ...]]
"""By node, those of its features; nodes that have heard nothing have none."""


class KllSummary:
    """KLL of size `k`; reads the quantiles `at`. `coins` makes the generator of a round.

    See `Summary`. A child that is a round late counts with what it said then.
    """

    rounds_kept = 1

    def __init__(
        self, k: int, at: Sequence[float], coins: Callable[[int], np.random.Generator]
    ) -> None:
        self._k = k
        self._at = np.array(at)
        self._coins_of = coins
        self._coins = coins(0)
        self.spent = 0

    def lift(self, version: int, vectors: Floats, groups: Groups) -> Sketches:
        """See `Summary.lift`."""
        self._coins = self._coins_of(version)
        lifted = {}
        for node, (first, last) in enumerate(pairwise(groups.starts.tolist())):
            mine = vectors[:, first:last]
            known = mine[~np.isnan(mine).any(axis=2)]
            if len(known):
                lifted[node] = tuple(sketch(column, self._k, self._coins) for column in known.T)
                self.spent += known.size
        return lifted

    def pick(self, state: Sketches, nodes: Bools) -> Sketches:
        """See `Mergeable.pick`."""
        return {node: one for node, one in state.items() if nodes[node]}

    def join(self, states: Sequence[Sketches]) -> Sketches:
        """See `Mergeable.join`."""
        return {node: one for state in states for node, one in state.items()}

    def merge(self, state: Sketches, groups: Groups) -> Sketches:
        """See `Mergeable.merge`: children in their order."""
        children: dict[int, list[tuple[Kll, ...]]] = {}
        for node in sorted(state):
            children.setdefault(int(groups.parent_of[node]), []).append(state[node])
            self.spent += _kept(state[node])
        return {
            parent: tuple(merge(each, self._coins) for each in zip(*below, strict=True))
            for parent, below in children.items()
        }

    def sizes(self, state: Sketches, nodes: int) -> Ints:
        """See `Summary.sizes`."""
        return np.array(
            [sum(each.size_bytes for each in state.get(node, ())) for node in range(nodes)]
        )

    def truth(self, version: int, vectors: Floats) -> Floats:  # noqa: ARG002
        """See `Summary.truth`."""
        return ordered(vectors)

    def judge(self, state: Sketches | None, truth: Floats) -> Mapping[str, float]:
        """See `Summary.judge`."""
        if not state or not len(truth):
            return NOTHING
        self.spent += _kept(state[0])
        read = np.stack([each.quantiles(self._at) for each in state[0]], axis=1)
        return {"coverage": state[0][0].count / len(truth), **errors(read, self._at, truth)}


def _kept(sketches: tuple[Kll, ...]) -> int:
    """Values that are in some sketches."""
    return sum(len(values) for each in sketches for values in each.lists)
