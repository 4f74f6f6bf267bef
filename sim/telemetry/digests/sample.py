"""The sample digest: the signed summaries of the k agents that come first in an epoch's lottery.

What the tree above does to it cannot matter: the k smallest of a union are the same in any order
and grouping (`sim.stats.sketches.bottom_k`). Agents sign their summaries, so a lying aggregator can
leave some out and change none; the rule at the root counts in agents.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from sim.stats.robust.contract import Rule
from sim.stats.robust.needs import liars
from sim.stats.robust.spread import baseline
from sim.stats.sketches.bottom_k import truncate
from sim.telemetry.digests.contract import Estimate
from sim.telemetry.digests.items import Items
from sim.telemetry.tree import Groups

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

ROW_BYTES = 8 + 8 + 32
"""Of each summary beside its numbers: who, which version, and a signature."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A table: row i says that `node` holds the summary of `agent`; all have one row an entry."""

    node: Ints
    agent: Ints
    count: Floats
    mean: Floats
    variance: Floats

    def rows(self, which: Ints | Bools) -> "Sample":
        """Some of the rows, in the order given."""
        return Sample(*(getattr(self, field.name)[which] for field in fields(self)))


class SampleDigest:
    """The k agents of smallest `priority` (agents,), and a rule over them. See `Digest`."""

    signed = True

    def __init__(
        self,
        rule: Rule,
        share: float,
        cap: int,
        features: int,
        k: int,
        priority: NDArray[np.uint64],
    ) -> None:
        self._rule = rule
        self._share = share
        self._cap = cap
        self._features = features
        self._k = k
        self._priority = priority
        # Nobody sends what could only be in the sample if half of those before it were silent.
        first = np.argsort(priority, kind="stable")[: 2 * k]
        self._candidates = np.sort(first)

    def lift(self, items: Items, groups: Groups) -> Sample:
        """See `Digest.lift`."""
        agent = self._candidates[items.count[self._candidates] > 0]
        node = groups.parent_of[agent].astype(np.int64)
        return self._truncated(
            Sample(node, agent, items.count[agent], items.mean[agent], items.variance[agent])
        )

    def pick(self, state: Sample, nodes: Bools) -> Sample:
        """See `Digest.pick`."""
        return state.rows(nodes[state.node])

    def join(self, states: Sequence[Sample]) -> Sample:
        """See `Digest.join`."""
        return Sample(
            *(
                np.concatenate([getattr(state, field.name) for state in states])
                for field in fields(Sample)
            )
        )

    def merge(self, state: Sample, groups: Groups) -> Sample:
        """See `Digest.merge`."""
        parent = groups.parent_of[state.node].astype(np.int64)
        return self._truncated(replace(state, node=parent))

    def change(self, state: Sample, nodes: Ints, means: Floats) -> Sample:  # noqa: ARG002
        """Summaries are signed: nothing can be changed."""
        return state

    def means(self, state: Sample, nodes: Ints) -> Floats:
        """Nobody needs them where nothing can be changed."""
        return np.full((len(nodes), state.mean.shape[1]), np.nan)

    def read(self, state: Sample) -> Estimate:
        """See `Digest.read`."""
        n = len(state.agent)
        expected = min(self._k, len(self._priority))
        if n == 0:
            nothing = np.full(self._features, np.nan)
            return Estimate(0, expected, nothing, nothing, nothing)
        f = liars(self._share, n)
        found = baseline(
            self._rule,
            state.count[None],
            state.mean[None],
            state.variance[None],
            f=f,
            cap=float(self._cap),
        )
        return Estimate(n, expected, found.mean[0], found.within_sd[0], found.between_sd[0])

    def size_bytes(self, agents: int) -> int:
        """See `Digest.size_bytes`."""
        return min(agents, self._k) * (ROW_BYTES + 8 * (1 + 2 * self._features))

    def _truncated(self, table: Sample) -> Sample:
        kept = truncate(table.node, table.agent, self._priority[table.agent], self._k)
        return table.rows(kept)
