"""Every pair within a local exactly; between locals, only what their group means say.

Of n = 1000 agents below 20 locals that is 20 * 1225 + 190 = 24,690 numbers instead of 499,500. A
pair across two locals is lost, but not the *mean* of all pairs across them: that is the product of
the sums of their standardised series (as in `mean_correlation`). With n agents in groups of m it
is n m / 2 pairs and (n / m)^2 / 2 between groups: square again, with a factor 1 / m^2.

`error` is the root mean square over all pairs, where a pair across takes the mean of its block.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from sim.stats.dependence.all_pairs import correlations
from sim.stats.dependence.contract import Floats, Ints, Reading, State, same_length
from sim.stats.dependence.pairs import Pairs, rms_error, upper
from sim.stats.dependence.series import OfSeries
from sim.stats.dependence.standard import Standard, standardise


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class GroupSums(State):
    """Groups below, one after the other."""

    agents: Ints
    """(agents,)"""
    sizes: Ints
    """(groups,): agents in each."""
    within: Floats
    """The pairs of each group, row by row above the diagonal, one group after the other."""
    sums: Floats
    """(groups, instants): sums of standardised values."""
    seen: NDArray[np.int32]
    """(groups, instants): agents that were seen."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class BlockReading(Reading):
    """Blocks of the correlation matrix."""

    agents: Ints
    """(n,), group by group."""
    sizes: Ints
    """(groups,)"""
    within: tuple[Floats, ...]
    """(m, m) for each group."""
    between: Floats
    """(groups, groups): correlations of the group means."""
    across: Floats
    """(groups, groups): mean correlation of the pairs of an agent here and one there."""

    @property
    def numbers(self) -> int:
        """Correlations that are known: pairs within groups, and pairs of groups."""
        groups = len(self.sizes)
        return int((self.sizes * (self.sizes - 1) // 2).sum()) + groups * (groups - 1) // 2

    def pairs(self) -> Pairs:
        """All pairs, where a pair across groups takes the mean of its block."""
        group = np.repeat(np.arange(len(self.sizes)), self.sizes)
        matrix = self.across[np.ix_(group, group)]
        ends = np.cumsum(self.sizes)
        for end, block in zip(ends.tolist(), self.within, strict=True):
            matrix[end - len(block) : end, end - len(block) : end] = block
        order = np.argsort(self.agents)
        return Pairs(agents=self.agents[order], matrix=matrix[np.ix_(order, order)], operations=0)


@dataclass(frozen=True)
class Blocks(OfSeries[GroupSums, BlockReading]):
    """What is lifted together is a group."""

    name: ClassVar[str] = "blocks"

    def of(self, standard: Standard) -> GroupSums:
        """One group."""
        instants, n = standard.values.shape
        return GroupSums(
            agents=standard.agents,
            sizes=np.array([n]),
            within=upper(correlations(standard.values, standard.seen)),
            sums=standard.values.sum(axis=1)[None],
            seen=standard.seen.sum(axis=1).astype(np.int32)[None],
            operations=standard.operations + instants * (n * (n - 1) // 2 + n),
        )

    def merge(self, states: Sequence[GroupSums]) -> GroupSums:
        """Puts the groups one after the other."""
        same_length(states, [state.sums.shape[1] for state in states], "instants")
        return GroupSums(
            agents=np.concatenate([state.agents for state in states]),
            sizes=np.concatenate([state.sizes for state in states]),
            within=np.concatenate([state.within for state in states]),
            sums=np.concatenate([state.sums for state in states]),
            seen=np.concatenate([state.seen for state in states]),
            operations=0,
        )

    def read(self, state: GroupSums) -> BlockReading:
        """The blocks, and what is known between them."""
        groups, instants = state.sums.shape
        seen = state.seen.astype(np.float64)
        with np.errstate(invalid="ignore", divide="ignore"):
            across = np.asarray(state.sums @ state.sums.T / (seen @ seen.T))
            means = state.sums / seen
        return BlockReading(
            agents=state.agents,
            sizes=state.sizes,
            within=_matrices(state.sizes, state.within),
            between=_between(means.T),
            across=across,
            operations=3 * instants * groups * (groups - 1) // 2,
        )

    def error(self, reading: BlockReading, truth: Pairs) -> float:
        """Root mean square over all pairs."""
        return rms_error(reading.pairs(), truth)


def _matrices(sizes: Ints, within: Floats) -> tuple[Floats, ...]:
    """Symmetric matrices from what is above their diagonals."""
    ends = np.cumsum(sizes * (sizes - 1) // 2)[:-1]
    blocks = []
    for size, pairs in zip(sizes.tolist(), np.split(within, ends), strict=True):
        matrix = np.eye(size)
        matrix[np.triu_indices(size, 1)] = pairs
        blocks.append(np.asarray(matrix + np.triu(matrix, 1).T))
    return tuple(blocks)


def _between(means: Floats) -> Floats:
    """Correlations of group means (instants, groups); NaN for a group that does not move."""
    standard = standardise(means)
    matrix = np.full((means.shape[1],) * 2, np.nan)
    matrix[np.ix_(standard.agents, standard.agents)] = correlations(standard.values, standard.seen)
    return matrix
