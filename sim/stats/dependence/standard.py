"""Agents' series, standardised, with gaps that do no harm.

Each agent is centred and scaled by what was seen of *it*: y = (x - mean) / sd, and 0 in a gap. The
correlation of two agents is then the mean of y_i y_j over the instants at which both were seen.
Without gaps that is Pearson's, bit for bit the same definition; with gaps it is consistent if
they do not depend on the values. (Carrying the last value forward would invent plateaus, and
pairwise means and deviations would need a pass over the raw values for every pair.)

An agent that was seen fewer than twice, or never moved, has no correlation: it is left out.
"""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from sim.stats.dependence.contract import Bools, Floats, Ints, table

OPERATIONS: Final = 3
"""Multiply-adds for each value: its mean, its square, its scale."""


@dataclass(frozen=True, slots=True, eq=False)
class Standard:
    """Series of the agents that vary."""

    agents: Ints
    """(agents,)"""
    values: Floats
    """(instants, agents); 0 in gaps. The squares of a column add up to the number of its values."""
    seen: Bools
    """(instants, agents): False in gaps."""
    operations: int

    @property
    def unit(self) -> Floats:
        """Columns of length 1, so that an inner product is a correlation; (instants, agents).

        Gaps are zeros: a pair is damped by overlap / sqrt(seen_i seen_j), which is 1 where both
        have the same gaps, and about 1 - p if each misses a share p by chance. Nothing is invented.
        """
        return np.asarray(self.values / np.sqrt(np.maximum(self.seen.sum(axis=0), 1)))


def standardise(values: ArrayLike, agents: ArrayLike | None = None) -> Standard:
    """Standardise series (instants, agents); what is not finite is a gap.

    Raises ValueError unless every column has an agent's number of its own.
    """
    series = table(values)
    numbers = numbered(series, agents)
    seen = np.isfinite(series)
    known = np.where(seen, series, np.nan)
    varies = _varies(known)
    numbers, seen, known = numbers[varies], seen[:, varies], known[:, varies]
    return Standard(numbers, _scaled(known, seen), seen, OPERATIONS * series.size)


def numbered(series: Floats, agents: ArrayLike | None) -> Ints:
    """An agent for every column; raises ValueError unless each has a number of its own."""
    count = series.shape[1]
    numbers = np.arange(count) if agents is None else np.asarray(agents, np.int64)
    if numbers.shape != (count,) or len(np.unique(numbers)) != count:
        raise ValueError(f"{count} columns need as many different agents")
    return np.asarray(numbers, np.int64)


def _varies(known: Floats) -> Bools:
    """Whether two values of a column differ: a rounded variance of 0.1, 0.1, 0.1 is not 0."""
    top = np.max(known, axis=0, initial=-math.inf, where=~np.isnan(known))
    low = np.min(known, axis=0, initial=math.inf, where=~np.isnan(known))
    return np.asarray(top > low)


def _scaled(known: Floats, seen: Bools) -> Floats:
    count = np.maximum(seen.sum(axis=0), 1)
    # Sizes are taken out first, so that no square can overflow or vanish.
    size = np.max(np.abs(known), axis=0, initial=0.0, where=seen)
    sized = np.where(seen, known / np.where(size > 0, size, 1.0), 0.0)
    centred = np.where(seen, sized - sized.sum(axis=0) / count, 0.0)
    return np.asarray(centred / np.sqrt(np.square(centred).sum(axis=0) / count))
