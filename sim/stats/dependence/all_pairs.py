"""The flat way: every series travels to the root, which correlates every pair.

It is exact, and nothing is merged on the way: n T values arrive, and n (n - 1) / 2 products of T
values each are worked out. The other methods are held against it.

`error` is the root mean square over pairs; it is what rounding leaves.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import ArrayLike

from sim.stats.dependence.contract import Bools, Dependence, Floats, Ints, State, same_length, table
from sim.stats.dependence.pairs import Pairs, rms_error
from sim.stats.dependence.standard import numbered, standardise


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class AllSeries(State):
    """The raw series of all agents below."""

    agents: Ints
    """(agents,)"""
    series: Floats
    """(instants, agents), with NaN in gaps."""


@dataclass(frozen=True)
class AllPairs(Dependence[AllSeries, Pairs, Pairs]):
    """8 bytes a value and 8 a number; the root does the work."""

    name: ClassVar[str] = "all_pairs"
    takes: ClassVar[Literal["samples", "series"]] = "series"
    reference: ClassVar[str] = "all_pairs"

    def lift(
        self,
        values: ArrayLike,
        agents: ArrayLike | None = None,
        shared: np.random.Generator | None = None,
    ) -> AllSeries:
        """Of series (instants, agents)."""
        del shared
        series = table(values)
        return AllSeries(agents=numbered(series, agents), series=series, operations=0)

    def merge(self, states: Sequence[AllSeries]) -> AllSeries:
        """Puts the columns side by side."""
        same_length(states, [len(state.series) for state in states], "instants")
        agents = np.concatenate([state.agents for state in states])
        series = np.concatenate([state.series for state in states], axis=1)
        return AllSeries(agents=agents, series=series, operations=0)

    def read(self, state: AllSeries) -> Pairs:
        """The correlations of all agents that vary.

        Raises ValueError for an agent that came in twice.
        """
        order = np.argsort(state.agents, kind="stable")
        standard = standardise(state.series[:, order], state.agents[order])
        n, instants = len(standard.agents), len(state.series)
        return Pairs(
            agents=standard.agents,
            matrix=correlations(standard.values, standard.seen),
            operations=standard.operations + instants * n * (n - 1) // 2,
        )

    def error(self, reading: Pairs, truth: Pairs) -> float:
        """Root mean square over pairs."""
        return rms_error(reading, truth)


def correlations(values: Floats, seen: Bools) -> Floats:
    """Correlations (n, n) of standardised series (instants, n): 1 on the diagonal.

    Each is over the instants at which both were seen; NaN where there is none. With gaps it may
    be a little beyond 1, as the scales are those of all that was seen of an agent.
    """
    known = seen.astype(np.float64)
    together = (
        np.full((values.shape[1],) * 2, float(len(values))) if seen.all() else known.T @ known
    )
    with np.errstate(invalid="ignore"):
        matrix = np.asarray(values.T @ values / np.where(together > 0, together, np.nan))
    np.fill_diagonal(matrix, 1.0)
    return matrix
