"""The direction in which agents move together most, in a few rounds up and down the tree.

The correlation matrix Z^T Z of unit series Z (instants, agents) is never built. In a round the
root sends a direction v (instants,) down, each local answers with the sum of z_i (z_i v) over its
agents, and the sum over all is the next v: 2 n T multiply-adds and T numbers a message. An error
shrinks by the ratio of the second to the first eigenvalue a round. Sums are of floats, so
two trees agree to rounding only. Golub & Van Loan (2013), section 7.3.1.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.stats.dependence.contract import Floats, Reading
from sim.stats.dependence.standard import Standard


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Leading(Reading):
    """The largest eigenvalue of the agents' correlation matrix; NaN if no agent varies."""

    eigenvalue: float
    direction: Floats
    """(instants,): the common course, of length 1."""

    def loadings(self, standard: Standard) -> Floats:
        """Entries of the eigenvector (agents,) of a local's agents: each can know its own."""
        return np.asarray(standard.unit.T @ self.direction / math.sqrt(self.eigenvalue))


def answer(standard: Standard, direction: Floats) -> Floats:
    """What a local sends up: the sum of z_i (z_i v); (instants,)."""
    unit = standard.unit
    return np.asarray(unit @ (unit.T @ direction))


def leading(parts: Sequence[Standard], start: Floats, rounds: int) -> Leading:
    """All rounds, over the locals' standardised series, from a direction (instants,) on.

    `start` may be anything that is not orthogonal to the result, such as random numbers.
    """
    direction, eigenvalue, operations = start / np.linalg.norm(start), math.nan, 0
    for _ in range(rounds):
        total = np.sum([answer(part, direction) for part in parts], axis=0)
        operations += sum(2 * part.values.size + len(total) for part in parts)
        length = float(np.linalg.norm(total))
        if length == 0:
            break
        direction, eigenvalue = total / length, length
    return Leading(eigenvalue=eigenvalue, direction=direction, operations=operations)
