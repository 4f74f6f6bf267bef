"""The full covariance of features over samples, merged without any rounding.

A state is count, sums and sums of products in quanta of `fixed_point`: whole numbers, so every
order and every tree gives the same bits. Of d features it has 1 + d + d (d + 1) / 2 numbers (66
for d = 10: 528 bytes as doubles), where the products take two limbs of 8 bytes (968 bytes).

`error` is E_cov of the theory, section 9: the norm of S^-1/2 S' S^-1/2 - I.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final, Literal

import numpy as np
from numpy.typing import ArrayLike

from sim.stats import fixed_point
from sim.stats.dependence.contract import (
    Dependence,
    Floats,
    Ints,
    Reading,
    State,
    same_length,
    table,
)

_EXACT: Final = 2.0**53


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class CoMoments(State):
    """Sums of d features and of their products, in quanta and squares of quanta."""

    count: Ints
    """(1,): samples without a gap."""
    sums: Ints
    """(d,)"""
    high: Ints
    """(d (d + 1) / 2,): high limbs of the products, row by row of the upper triangle."""
    low: Ints
    """Low limbs, in [0, 2**32)."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class CovarianceReading(Reading):
    """In units of the features' scales. NaN while there are too few samples."""

    count: int
    mean: Floats
    """(d,)"""
    matrix: Floats
    """(d, d), with divisor count - 1."""

    @property
    def correlation(self) -> Floats:
        """(d, d); NaN for a feature that does not vary."""
        sd = np.sqrt(np.diag(self.matrix))
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(self.matrix / np.outer(sd, sd))


@dataclass(frozen=True)
class Covariance(Dependence[CoMoments, CovarianceReading, CovarianceReading]):
    """d x d, exact. Values are in scales, rounded to 2^-20 and clipped at 16 of them."""

    name: ClassVar[str] = "covariance"
    takes: ClassVar[Literal["samples", "series"]] = "samples"
    reference: ClassVar[str] = "covariance"

    def lift(
        self,
        values: ArrayLike,
        agents: ArrayLike | None = None,
        shared: np.random.Generator | None = None,
    ) -> CoMoments:
        """Of samples (samples, d); rows with anything that is not finite are left out."""
        del agents, shared
        samples = table(values)
        whole = samples[np.isfinite(samples).all(axis=1)]
        _, largest = fixed_point.quantise(whole)
        high, low = _products(whole, largest)
        sums = whole.astype(np.int64).sum(axis=0)
        operations = len(whole) * (len(sums) + len(high))
        count = np.array([len(whole)])
        return CoMoments(count=count, sums=sums, high=high, low=low, operations=operations)

    def merge(self, states: Sequence[CoMoments]) -> CoMoments:
        """Adds whole numbers: associative, commutative, exact."""
        same_length(states, [len(state.sums) for state in states], "features")
        high = np.sum([state.high for state in states], axis=0)
        low = np.sum([state.low for state in states], axis=0)
        fixed_point.normalise(high, low)
        return CoMoments(
            count=np.sum([state.count for state in states], axis=0),
            sums=np.sum([state.sums for state in states], axis=0),
            high=high,
            low=low,
            operations=len(states) * (1 + len(states[0].sums) + len(high)),
        )

    def read(self, state: CoMoments) -> CovarianceReading:
        """The subtraction n Q - S S is on Python integers, so it cannot cancel."""
        n, d = int(state.count[0]), len(state.sums)
        sums = [int(total) for total in state.sums]
        rows, columns = (index.tolist() for index in np.triu_indices(d))
        matrix = np.full((d, d), math.nan)
        products = fixed_point.join(state.high, state.low)
        for row, column, product in zip(rows, columns, products, strict=True):
            if n > 1:
                spread = (n * product - sums[row] * sums[column]) / (n * (n - 1))
                matrix[row, column] = matrix[column, row] = spread * fixed_point.QUANTUM**2
        mean = np.array([total / n if n else math.nan for total in sums]) * fixed_point.QUANTUM
        return CovarianceReading(count=n, mean=mean, matrix=matrix, operations=2 * len(rows))

    def error(self, reading: CovarianceReading, truth: CovarianceReading) -> float:
        """E_cov, a relative error: 0.01 is a variance, in the worst direction, off by 1 %."""
        return error_cov(reading.matrix, truth.matrix)


def error_cov(estimate: Floats, truth: Floats) -> float:
    """E_cov of matrices (d, d): ``|| S^-1/2 S' S^-1/2 - I ||`` in the largest singular value.

    Directions in which the truth does not vary have no unit and are left out; NaN if none is left.
    """
    if np.isnan(estimate).any() or np.isnan(truth).any():
        return math.nan
    variances, axes = np.linalg.eigh(truth)
    varies = variances > len(truth) * np.finfo(float).eps * max(variances.max(initial=0.0), 0.0)
    if not varies.any():
        return math.nan
    whiten = axes[:, varies] / np.sqrt(variances[varies])
    off = whiten.T @ estimate @ whiten - np.eye(whiten.shape[1])
    return float(np.abs(np.linalg.eigvalsh((off + off.T) / 2)).max())


def _products(whole: Floats, largest: float) -> tuple[Ints, Ints]:
    """Two limbs of the sums of products of whole numbers (samples, d).

    In float64 by BLAS, in blocks that are small enough for every sum in them to be exact: 32
    samples if values reach the limit of 2**24, more if they are smaller.
    """
    count, d = whole.shape
    block = int(min(_EXACT // max(largest, 1.0) ** 2, max(count, 1)))
    padded = np.zeros((-(-count // block), block, d))
    padded.reshape(-1, d)[:count] = whole
    squares = np.matmul(np.swapaxes(padded, 1, 2), padded).astype(np.int64)
    high, low = fixed_point.split(squares[(slice(None), *np.triu_indices(d))])
    high, low = high.sum(axis=0), low.sum(axis=0)
    fixed_point.normalise(high, low)
    return high, low
