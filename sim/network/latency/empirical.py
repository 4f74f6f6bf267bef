"""Delays that were measured: every draw is one of the values in a file, all equally likely.

The law takes the values; reading them is a function of its own. Nothing is interpolated, so a tail
ends at the largest measurement.
"""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.errors import InputError
from sim.network.input_files import is_number, parse_cell, read_rows
from sim.units import parse_duration


@dataclass(frozen=True, slots=True, init=False)
class Empirical:
    """The quantile function of a sample (step function, inverse of the empirical distribution)."""

    sorted_ns: NDArray[np.float64]

    def __init__(self, values_ns: ArrayLike) -> None:
        values = np.sort(np.asarray(values_ns, dtype=np.float64))
        assert values.ndim == 1
        assert len(values)
        assert values[0] >= 0
        object.__setattr__(self, "sorted_ns", values)

    @property
    def floor_ns(self) -> float:
        """The smallest value measured."""
        return float(self.sorted_ns[0])

    def draw(self, stream: np.random.Generator, out: NDArray[np.float64]) -> None:
        """One uniform each: u is answered by value number floor(u n) of the sorted sample."""
        stream.random(out=out)
        out *= len(self.sorted_ns)
        # mode="clip" only because numpy would copy `out` to be able to raise.
        np.take(self.sorted_ns, out.astype(np.intp), out=out, mode="clip")


def read_delays(
    file: str,
    column: str | int,
    unit: str,
    *,
    where: str | None = None,
    least_ns: float | None = None,
    most_ns: float | None = None,
    missing: Literal["refuse", "skip"] = "refuse",
) -> NDArray[np.float64]:
    """The delays in ns of a CSV column, named in the first row or numbered from 1.

    `unit` is one that durations have, such as ms. `where` (``vendor=GCP``) keeps the rows that have
    this text in another column, `least_ns` and `most_ns` the delays from the one to the other,
    `missing` says what an empty cell is. Raises InputError for a missing column and for a cell that
    is no delay.
    """
    rows = read_rows(file)
    index = _column_index(file, rows[0], column)
    first = 0 if is_number(rows[0][index]) else 1
    kept = _rows_where(file, rows, first, where)
    if missing == "skip":
        kept = [row for row in kept if index < len(rows[row]) and rows[row][index]]
    scale = parse_duration(f"1{unit}")
    values = np.array([_delay(file, rows, row, index) * scale for row in kept])
    low, high = least_ns or 0.0, math.inf if most_ns is None else most_ns
    values = values[(values >= low) & (values <= high)]
    if not len(values):
        of = "" if len(kept) == len(rows) - first else f" where {where or 'a cell is filled'}"
        raise InputError(f"{file}: column {column} holds no values{of}")
    return values


def _rows_where(file: str, rows: list[list[str]], first: int, where: str | None) -> list[int]:
    """The rows from `first` on in which a column has a text: ``column=text``."""
    if where is None:
        return list(range(first, len(rows)))
    column, sign, text = where.partition("=")
    if not sign:
        raise InputError(f"{file}: {where!r} is not a column and its text, such as vendor=GCP")
    index = _column_index(file, rows[0], column)
    return [row for row in range(first, len(rows)) if rows[row][index : index + 1] == [text]]


def _column_index(file: str, header: list[str], column: str | int) -> int:
    if column in header:
        return header.index(str(column))
    if str(column).isdecimal() and 1 <= int(column) <= len(header):
        return int(column) - 1
    raise InputError(f"{file}: has no column {column!r}; the first row is {', '.join(header)}")


def _delay(file: str, rows: list[list[str]], row: int, column: int) -> float:
    if column >= len(rows[row]):
        raise InputError(f"{file}: row {row + 1} has only {len(rows[row])} columns")
    value = parse_cell(file, rows, row, column)
    if value < 0:
        where = f"row {row + 1}, column {column + 1}"
        raise InputError(f"{file}: {where}: a delay of {value} is less than 0")
    return value
