"""Correlations from k numbers an agent: random projections with a seed that all share.

Every agent projects its series of length 1 on the same k random directions of independent normal
numbers. The mean product of two agents' numbers is their correlation, without bias, with standard
deviation sqrt((1 + rho^2) / k): to be within 0.1 at 95 % takes k = 385 (1 + rho^2) (theory, section
2.3). It saves bytes if k is below the number of instants, and no pair: all are still listed.
Johnson & Lindenstrauss (1984); the variance is that of a product of two normal numbers. Gaps are
zeros (`Standard.unit`).

`error` is the root mean square over pairs.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import ArrayLike

from sim.stats.dependence.contract import Dependence, Floats, Ints, State, same_length
from sim.stats.dependence.pairs import Pairs, rms_error
from sim.stats.dependence.standard import standardise


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Projected(State):
    """k numbers of each agent."""

    agents: Ints
    """(agents,)"""
    numbers: Floats
    """(k, agents)"""
    draw: Floats
    """(1,): first number of the first direction. States of other directions do not merge."""


@dataclass(frozen=True)
class Projection(Dependence[Projected, Pairs, Pairs]):
    """Raises ValueError for fewer than one direction."""

    k: int = 400
    """Directions, and numbers an agent."""

    name: ClassVar[str] = "projection"
    takes: ClassVar[Literal["samples", "series"]] = "series"
    reference: ClassVar[str] = "all_pairs"
    draws: ClassVar[bool] = True

    def __post_init__(self) -> None:
        if self.k < 1:
            raise ValueError(f"a projection has at least 1 direction, not {self.k}")

    def lift(
        self,
        values: ArrayLike,
        agents: ArrayLike | None = None,
        shared: np.random.Generator | None = None,
    ) -> Projected:
        """Of series (instants, agents). Raises ValueError without a shared generator, too."""
        if shared is None:
            raise ValueError("a projection needs a generator that all locals share")
        standard = standardise(values, agents)
        directions = shared.standard_normal((self.k, len(standard.values)))
        return Projected(
            agents=standard.agents,
            numbers=directions @ standard.unit,
            draw=directions.ravel()[:1],
            operations=standard.operations + self.k * standard.values.size,
        )

    def merge(self, states: Sequence[Projected]) -> Projected:
        """Puts the agents side by side."""
        same_length(states, [len(state.numbers) for state in states], "directions")
        draws = np.concatenate([state.draw for state in states])
        if (draws != draws[0]).any():
            raise ValueError("projections on different directions do not merge")
        agents = np.concatenate([state.agents for state in states])
        numbers = np.concatenate([state.numbers for state in states], axis=1)
        return Projected(agents=agents, numbers=numbers, draw=states[0].draw, operations=0)

    def read(self, state: Projected) -> Pairs:
        """Estimates for all pairs; they may be beyond 1."""
        order = np.argsort(state.agents)
        numbers = state.numbers[:, order]
        matrix = np.asarray(numbers.T @ numbers / self.k)
        np.fill_diagonal(matrix, 1.0)
        operations = self.k * len(order) * (len(order) - 1) // 2
        return Pairs(agents=state.agents[order], matrix=matrix, operations=operations)

    def error(self, reading: Pairs, truth: Pairs) -> float:
        """Root mean square over pairs; about 1 / sqrt(k) where most correlations are small."""
        return rms_error(reading, truth)


def standard_deviation(rho: float, k: int) -> float:
    """Of the estimate of one correlation from k directions.

    >>> round(standard_deviation(0.5, 400), 4)
    0.0559
    """
    return math.sqrt((1 + rho**2) / k)


def directions_needed(half_width: float, rho: float) -> int:
    """Directions with which an estimate is within `half_width` in 95 of 100 cases.

    >>> directions_needed(0.1, 0.0)
    385
    """
    return math.ceil((1.959963984540054 / half_width) ** 2 * (1 + rho**2))
