"""Methods of dependence as summaries of a run: a state for each node that has heard anything.

Samples of two rounds are samples, so a child that is a round late counts with what it said before.
Series of two rounds begin at different instants and do not add up: there it counts as missing.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim.stats.dependence.contract import Reading, State
from sim.stats.dependence.covariance import CovarianceReading
from sim.stats.dependence.mean_correlation import MeanCorrelationReading
from sim.stats.dependence.pairs import Pairs, upper
from sim.stats.dependence.registry import AnyDependence, make_dependence
from sim.telemetry.tree import Groups

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

CHECKED_MAX: Final = 1000
"""Agents whose pairs are worked out centrally: half a million correlations tell an error."""
_OF_PAIRS: Final = ("all_pairs", "blocks", "projection")
"""Methods whose error can be found from a sample of agents."""


@dataclass(frozen=True, slots=True)
class States:
    """What some nodes of one tier say, and how many vectors are behind it."""

    of: Mapping[int, State]
    vectors: Mapping[int, int]

    @property
    def seen(self) -> int:
        """Vectors behind all of them."""
        return sum(self.vectors.values())


@dataclass(frozen=True, slots=True)
class Truth:
    """The central reading, and how many vectors there are."""

    reading: Any
    """None where the method's error is not known for so many agents."""
    vectors: int


class MethodSummary:
    """A method of `sim.stats.dependence` by its name. See `Summary`.

    `shared` makes the generator that all locals of a round share, `sample` (agents,) numbers the
    agents whose pairs are checked.
    """

    def __init__(
        self,
        kind: str,
        options: Mapping[str, Any],
        shared: Callable[[int], np.random.Generator],
        sample: Ints,
    ) -> None:
        self.kind = kind
        self._method = make_dependence(kind, options)
        self._central = make_dependence(self._method.reference)
        self._shared = shared
        self._sample = sample
        self.rounds_kept = 1 if self._method.takes == "samples" else 0
        self.spent = 0
        self.read: Any = None
        """What the root read last; None where it had nothing."""
        self.true: Any = None
        """What the central observer read last; None before it had anything."""

    def lift(self, version: int, vectors: Floats, groups: Groups) -> States:
        """See `Summary.lift`. A local that has heard nothing says nothing."""
        states, counts = {}, {}
        for node, (first, last) in enumerate(pairwise(groups.starts.tolist())):
            mine = slice(first, last)
            count = _count(vectors[:, mine])
            if count:
                agents = np.arange(first, last)
                states[node] = self._lift(self._method, version, vectors[:, mine], agents)
                counts[node] = count
                self.spent += states[node].operations
        return States(states, counts)

    def pick(self, state: States, nodes: Bools) -> States:
        """See `Mergeable.pick`."""
        kept = [node for node in state.of if nodes[node]]
        return States(
            {node: state.of[node] for node in kept}, {node: state.vectors[node] for node in kept}
        )

    def join(self, states: Sequence[States]) -> States:
        """See `Mergeable.join`."""
        return States(
            {node: one for state in states for node, one in state.of.items()},
            {node: count for state in states for node, count in state.vectors.items()},
        )

    def merge(self, state: States, groups: Groups) -> States:
        """See `Mergeable.merge`: children in their order."""
        children: dict[int, list[int]] = {}
        for node in sorted(state.of):
            children.setdefault(int(groups.parent_of[node]), []).append(node)
        merged = {
            parent: self._method.merge([state.of[node] for node in nodes])
            for parent, nodes in children.items()
        }
        self.spent += sum(one.operations for one in merged.values())
        counts = {
            parent: sum(state.vectors[node] for node in nodes) for parent, nodes in children.items()
        }
        return States(merged, counts)

    def sizes(self, state: States, nodes: int) -> Ints:
        """See `Summary.sizes`."""
        return np.array(
            [state.of[node].size_bytes if node in state.of else 0 for node in range(nodes)]
        )

    def truth(self, version: int, vectors: Floats) -> Truth:
        """See `Summary.truth`."""
        agents, count = np.arange(vectors.shape[1]), _count(vectors)
        if not count:
            return Truth(None, 0)
        method, whose = self._central, agents
        if len(agents) > CHECKED_MAX and method.takes == "series":
            if self._method.name == "mean_correlation":
                method = self._method  # no pair is needed for the mean of all
            elif self._method.name in _OF_PAIRS:
                whose = self._sample
            else:
                return Truth(None, count)
        state = self._lift(method, version, vectors[:, whose], whose)
        self.true = method.read(state)
        return Truth(self.true, count)

    def judge(self, state: States | None, truth: Truth) -> Mapping[str, float]:
        """See `Summary.judge`."""
        self.read = None
        if state is None or 0 not in state.of or not truth.vectors:
            return {"coverage": 0.0, "mean": math.nan, "error": math.nan}
        self.read = reading = self._method.read(state.of[0])
        self.spent += reading.operations
        known = truth.reading is not None
        error = self._method.error(reading, truth.reading) if known else math.nan
        coverage = state.seen / truth.vectors
        return {"coverage": coverage, "mean": mean_correlation(reading), "error": error}

    def _lift(self, method: AnyDependence, version: int, vectors: Floats, agents: Ints) -> State:
        """A state of one method, of vectors (instants, agents, features)."""
        if method.takes == "samples":
            lifted: State = method.lift(vectors.reshape(-1, vectors.shape[2]))
        else:
            shared = self._shared(version) if method.draws else None
            lifted = method.lift(vectors[:, :, 0], agents, shared)
        return lifted


def mean_correlation(reading: Reading) -> float:
    """That of all pairs of agents, or of features; NaN where a method does not say it."""
    if isinstance(reading, Pairs | MeanCorrelationReading):
        return reading.mean
    if isinstance(reading, CovarianceReading):
        known = upper(reading.correlation)
        known = known[~np.isnan(known)]
        return float(known.mean()) if len(known) else math.nan
    return math.nan


def _count(vectors: Floats) -> int:
    """Vectors that are known."""
    return int(np.count_nonzero(~np.isnan(vectors).any(axis=2)))
