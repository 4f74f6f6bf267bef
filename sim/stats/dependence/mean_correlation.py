"""The mean correlation of all pairs of agents in O(n T), exactly, without looking at a pair.

With z_i an agent's series of length 1, ``|sum z_i|^2 = n + sum over pairs``, so the mean over all
pairs is (|sum z_i|^2 - n) / (n (n - 1)) (theory, section 2.3). A state has two numbers an instant:
the sum of the standardised values, and how many agents were seen. With gaps the mean is weighted
by how often a pair was seen together. Sums are whole numbers of 2^-32: any tree, the same bits.

`error` is the difference to the plain mean over all known pairs.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from sim.stats.dependence.contract import Ints, Reading, State, same_length
from sim.stats.dependence.pairs import Pairs
from sim.stats.dependence.series import OfSeries
from sim.stats.dependence.standard import Standard

QUANTUM: Final = 2.0**-32
_MOST: Final = 2.0**31
"""Agents times the root of instants: a value is at most that root, and 63 bits hold the sum."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class SumOfSeries(State):
    """What the agents below have in common, instant by instant."""

    agents: Ints
    """(1,): agents that vary."""
    sums: Ints
    """(instants,): sums of standardised values, in quanta."""
    seen: NDArray[np.int32]
    """(instants,): agents that were seen."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class MeanCorrelationReading(Reading):
    """One number for n (n - 1) / 2 pairs."""

    agents: int
    mean: float
    """NaN if no two agents were seen together."""


@dataclass(frozen=True)
class MeanCorrelation(OfSeries[SumOfSeries, MeanCorrelationReading]):
    """12 bytes an instant, whatever the number of agents."""

    name: ClassVar[str] = "mean_correlation"

    def of(self, standard: Standard) -> SumOfSeries:
        """Sums over the agents, instant by instant."""
        whole = np.rint(standard.values / QUANTUM).astype(np.int64)
        return _state(
            np.array([len(standard.agents)]),
            whole.sum(axis=1),
            standard.seen.sum(axis=1).astype(np.int32),
            standard.operations + whole.size,
        )

    def merge(self, states: Sequence[SumOfSeries]) -> SumOfSeries:
        """Adds whole numbers. Raises ValueError where they could overflow, too (2e9 values)."""
        same_length(states, [len(state.sums) for state in states], "instants")
        return _state(
            np.sum([state.agents for state in states], axis=0),
            np.sum([state.sums for state in states], axis=0),
            np.sum([state.seen for state in states], axis=0).astype(np.int32),
            len(states) * len(states[0].sums),
        )

    def read(self, state: SumOfSeries) -> MeanCorrelationReading:
        """Every pair counts with the number of instants at which both were seen."""
        seen = state.seen.astype(np.float64)
        together = float(np.square(seen).sum() - seen.sum())
        common = float(np.square(state.sums * QUANTUM).sum() - seen.sum())
        mean = common / together if together > 0 else math.nan
        agents = int(state.agents[0])
        return MeanCorrelationReading(agents=agents, mean=mean, operations=2 * len(seen))

    def error(self, reading: MeanCorrelationReading, truth: Pairs) -> float:
        """Absolute difference of the means."""
        return abs(reading.mean - truth.mean)


def _state(agents: Ints, sums: Ints, seen: NDArray[np.int32], operations: int) -> SumOfSeries:
    if float(agents[0]) * math.sqrt(len(sums)) >= _MOST:
        raise ValueError(f"{int(agents[0])} agents and {len(sums)} instants overflow 63 bits")
    return SumOfSeries(agents=agents, sums=sums, seen=seen, operations=operations)
