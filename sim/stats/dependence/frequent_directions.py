"""The few directions in which most agents move, in l series, whatever the number of agents.

Rows of A are the agents' series of length 1, so A A^T is their correlation matrix and has the same
eigenvalues as A^T A. A sketch B of at most l rows keeps ``|A^T A - B^T B|_2 <= |A - A_r|_F^2 / (l
- r)`` for every r < l, also after merging (Liberty 2013; Ghashami, Liberty, Phillips & Woodruff
2016): whenever there are more rows, the l-th squared singular value is taken off all of them. What
was taken off so far is carried along, and is a bound by itself. Gaps are zeros (`Standard.unit`).

`error` is the largest error of an eigenvalue as a share of their sum, the number of agents.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from sim.stats.dependence.contract import Floats, Ints, Reading, State, same_length
from sim.stats.dependence.pairs import Pairs
from sim.stats.dependence.series import OfSeries
from sim.stats.dependence.standard import Standard


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Directions(State):
    """A sketch of the rows below."""

    agents: Ints
    """(1,): rows that went in."""
    rows: Floats
    """(at most l, instants): the series, or once there were more, what stands for them."""
    lost: Floats
    """(1,): what was taken off the squares; no direction is off by more."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Spectrum(Reading):
    """The largest eigenvalues of the correlation matrix of the agents."""

    agents: int
    eigenvalues: Floats
    """(at most l,), descending; each true one is between this and this plus `lost`."""
    directions: Floats
    """(at most l, instants): the course of each, of length 1."""
    lost: float


@dataclass(frozen=True)
class FrequentDirections(OfSeries[Directions, Spectrum]):
    """Raises ValueError for fewer than two rows: with one, everything is taken off."""

    rows: int = 20
    """l: the most rows of a sketch."""

    name: ClassVar[str] = "frequent_directions"

    def __post_init__(self) -> None:
        if self.rows < 2:
            raise ValueError(f"a sketch of directions has at least 2 rows, not {self.rows}")

    def of(self, standard: Standard) -> Directions:
        """Each agent is a row."""
        return self._sketch(
            standard.unit.T, 0.0, len(standard.agents), standard.operations + standard.values.size
        )

    def merge(self, states: Sequence[Directions]) -> Directions:
        """All rows below each other, cut to l once: the bounds add up."""
        same_length(states, [state.rows.shape[1] for state in states], "instants")
        rows = np.concatenate([state.rows for state in states])
        lost = math.fsum(float(state.lost[0]) for state in states)
        return self._sketch(rows, lost, sum(int(state.agents[0]) for state in states), 0)

    def _sketch(self, rows: Floats, lost: float, agents: int, operations: int) -> Directions:
        kept, cut = shrink(rows, self.rows)
        if len(rows) > self.rows:
            operations += decomposition_operations(*rows.shape)
        return Directions(
            agents=np.array([agents]),
            rows=kept,
            lost=np.array([lost + cut]),
            operations=operations,
        )

    def read(self, state: Directions) -> Spectrum:
        """What is left of the eigenvalues, and along which course the agents move together."""
        squares, directions = _decompose(state.rows)
        return Spectrum(
            agents=int(state.agents[0]),
            eigenvalues=squares,
            directions=directions,
            lost=float(state.lost[0]),
            operations=decomposition_operations(*state.rows.shape),
        )

    def error(self, reading: Spectrum, truth: Pairs) -> float:
        """Largest error of an eigenvalue over the number of agents; NaN if a pair is unknown."""
        if np.isnan(truth.matrix).any() or not len(truth.matrix):
            return math.nan
        exact = np.asarray(np.linalg.eigvalsh(truth.matrix)[::-1], np.float64)
        return eigenvalue_error(reading.eigenvalues, exact)


def eigenvalue_error(said: Floats, exact: Floats) -> float:
    """Largest difference of two descending spectra, as a share of the sum of the exact one.

    What is left out is 0: spectra of n agents by n and of T instants by T differ in zeros alone.
    """
    spectra = np.zeros((2, max(len(said), len(exact))))
    spectra[0, : len(said)], spectra[1, : len(exact)] = said, exact
    return float(np.abs(spectra[0] - spectra[1]).max() / exact.sum())


def shrink(rows: Floats, most: int) -> tuple[Floats, float]:
    """At most `most` rows that stand for `rows` (n, d), and what was taken off the squares."""
    if len(rows) <= most:
        return rows, 0.0
    squares, directions = _decompose(rows)
    cut = float(squares[most - 1]) if len(squares) >= most else 0.0
    left = np.sqrt(np.maximum(squares[:most] - cut, 0.0))
    return np.asarray(left[left > 0, None] * directions[:most][left > 0]), cut


def bound(rows: Floats, most: int) -> float:
    """What the theory allows the spectral norm of A^T A - B^T B to be: the best over all r."""
    squares, _ = _decompose(rows)
    tails = np.sum(squares) - np.concatenate(([0.0], np.cumsum(squares)))
    return float(min(tails[r] / (most - r) for r in range(min(most, len(tails)))))


def decomposition_operations(n: int, d: int) -> int:
    """Multiply-adds of a thin singular value decomposition (Golub & Van Loan 2013, section 8.6)."""
    short, long = min(n, d), max(n, d)
    return 3 * long * short**2 + 10 * short**3


def _decompose(rows: Floats) -> tuple[Floats, Floats]:
    """Squared singular values, descending, and right singular vectors as rows."""
    _, lengths, directions = np.linalg.svd(rows, full_matrices=False)
    return np.square(lengths), directions
