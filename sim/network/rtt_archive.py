"""Round trips between hosts, measured again and again, from an NPZ archive.

An array is (hosts, hosts), (hosts, hosts, times), or (times, pairs) with the pairs of the strict
upper triangle row by row. What is 0 or not finite was not measured. Both directions of a pair are
measurements of it.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.errors import InputError
from sim.network.npz_files import check_numbers, npz_archive
from sim.network.tails import Sampled

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Measurements:
    """Half of each round trip in ns, a row a pair of hosts a < b in the order of `triu_indices`."""

    hosts: tuple[int, ...]
    """Their numbers in the file."""
    one_way_ns: Floats
    """(pairs, measurements), nan where there is none."""

    @classmethod
    def of(cls, numbers: Floats, unit_ns: float) -> "Measurements":
        """Of an array of one of the three shapes. Raises ValueError for any other."""
        pairs = _pairs(numbers)
        measured = (pairs > 0) & np.isfinite(pairs)
        if not measured.any():
            raise ValueError("holds no round trip")
        one_way_ns = np.where(measured, pairs, math.nan) * (unit_ns / 2)
        return cls(tuple(range(_hosts(len(pairs)))), one_way_ns)

    def some(self, count: int | None) -> "Measurements":
        """So many of the hosts, evenly through the file; all if there are not more, or for None."""
        hosts = len(self.hosts)
        if count is None or count >= hosts:
            return self
        kept = np.linspace(0, hosts - 1, count).round().astype(np.int64)
        row_of = np.zeros((hosts, hosts), np.int64)
        row_of[np.triu_indices(hosts, 1)] = np.arange(len(self.one_way_ns))
        rows = row_of[np.ix_(kept, kept)][np.triu_indices(count, 1)]
        return Measurements(tuple(kept.tolist()), self.one_way_ns[rows])

    def least_ns(self) -> Floats:
        """The least of each pair, nan where nothing was measured; (pairs,)."""
        return np.asarray(np.fmin.reduce(self.one_way_ns, axis=1))

    def median_ns(self) -> Floats:
        """The median of each pair, nan where nothing was measured; (pairs,)."""
        ascending = np.sort(self.one_way_ns, axis=1)  # nan comes last
        count, rows = (~np.isnan(ascending)).sum(axis=1), np.arange(len(ascending))
        return np.asarray((ascending[rows, (count - 1) // 2] + ascending[rows, count // 2]) / 2)

    def excess_ns(self) -> Floats:
        """What each measurement exceeds the least of its pair by, sorted, pair after pair; flat."""
        ascending = np.sort(self.one_way_ns, axis=1)  # nan comes last
        return np.asarray((ascending - ascending[:, :1])[~np.isnan(ascending)])

    def tails(self, *, only_median: bool = False) -> Sampled:
        """Each message draws one of the measurements of its pair, or all take their median."""
        measured = (~np.isnan(self.one_way_ns)).sum(axis=1)
        if only_median:
            late_ns = self.median_ns() - self.least_ns()
            values, counts = late_ns[measured > 0], np.minimum(measured, 1)
        else:
            values, counts = self.excess_ns(), measured
        hosts = len(self.hosts)
        upper = np.triu_indices(hosts, 1)
        first, count = np.zeros((2, hosts, hosts), np.int64)
        first[upper], count[upper] = np.cumsum(counts) - counts, counts
        return Sampled(values, first + first.T, count + count.T)


def read_measurements(file: str, array: str, unit_ns: int) -> Measurements:
    """All round trips of an array, whose numbers are in `unit_ns`. Raises InputError."""
    try:
        return Measurements.of(_array(file, array), unit_ns)
    except ValueError as error:
        raise InputError(f"{file}[{array}]: {error}") from None


def _array(file: str, array: str) -> Floats:
    with npz_archive(file) as archive:
        if array not in archive:
            raise InputError(f"{file}: has no array {array!r}, only {', '.join(archive)}")
        found = archive[array]
    check_numbers(f"{file}[{array}]", found, "iuf")
    return found.astype(np.float64)


def _pairs(numbers: Floats) -> Floats:
    """The numbers as (pairs, measurements)."""
    if numbers.ndim in (2, 3) and numbers.shape[0] == numbers.shape[1] > 1:
        cube = numbers.reshape(*numbers.shape[:2], -1)
        upper = np.triu_indices(len(cube), 1)
        return np.concatenate([cube[upper], cube.transpose(1, 0, 2)[upper]], axis=1)
    if numbers.ndim == 2 and _hosts(numbers.shape[1]):
        return numbers.T
    shapes = "(hosts, hosts), (hosts, hosts, times) or (times, pairs)"
    raise ValueError(f"has the shape {numbers.shape}, not {shapes}")


def _hosts(pairs: int) -> int:
    """How many hosts have so many pairs; 0 if no number has.

    >>> _hosts(4851), _hosts(4852)
    (99, 0)
    """
    hosts = (1 + math.isqrt(1 + 8 * pairs)) // 2
    return hosts if pairs > 0 and hosts * (hosts - 1) // 2 == pairs else 0
