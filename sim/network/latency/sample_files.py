"""A sample of times from a column of a CSV file: which rows, which column, in which unit.

Whatever is wrong is an InputError that names the file and the cell.
"""

import math
from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sim.errors import InputError
from sim.network.input_files import is_number, parse_cell, read_rows
from sim.units import parse_duration

Rows = Sequence[Sequence[str]]


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
    """The times in ns of a CSV column, named in the first row or numbered from 1.

    `unit` is one that durations have, such as ms. `where` (``vendor=GCP``) keeps the rows that have
    this text in another column, `least_ns` and `most_ns` the times from the one to the other, and
    `missing` says what becomes of empty cells. Raises InputError for a missing column, for a cell
    that is no time, and if nothing is left.
    """
    rows = read_rows(file)
    index = _column_index(file, rows[0], column)
    first = 0 if is_number(rows[0][index]) else 1
    kept = [row for row in range(first, len(rows)) if where is None or _is(file, rows, row, where)]
    if missing == "skip":
        kept = [row for row in kept if any(rows[row][index : index + 1])]
    # Where short ones are left out anyway, an end before its begin is one of them.
    low = 0.0 if least_ns is None else -math.inf
    scale = parse_duration(f"1{unit}")
    values = np.array([_number(file, rows, row, index, low) for row in kept]) * scale
    high = math.inf if most_ns is None else most_ns
    values = values[(values >= (least_ns or 0.0)) & (values <= high)]
    if not len(values):
        of = f" where {where}" if where else ""
        limits = " from `least` to `most`" if kept else ""
        raise InputError(f"{file}: column {column} holds no values{of}{limits}")
    return values


def _is(file: str, rows: Rows, row: int, where: str) -> bool:
    """Whether a row has a text in a column: ``column=text``."""
    column, sign, text = where.partition("=")
    if not sign:
        raise InputError(f"{file}: {where!r} is not a column and its text, such as vendor=GCP")
    index = _column_index(file, rows[0], column)
    return list(rows[row][index : index + 1]) == [text]


def _column_index(file: str, header: Sequence[str], column: str | int) -> int:
    if column in header:
        return header.index(str(column))
    if str(column).isdecimal() and 1 <= int(column) <= len(header):
        return int(column) - 1
    raise InputError(f"{file}: has no column {column!r}; the first row is {', '.join(header)}")


def _number(file: str, rows: Rows, row: int, column: int, low: float) -> float:
    if column >= len(rows[row]):
        raise InputError(f"{file}: row {row + 1} has only {len(rows[row])} columns")
    value = parse_cell(file, rows, row, column)
    if value < low:
        where = f"row {row + 1}, column {column + 1}"
        raise InputError(f"{file}: {where}: a delay of {value} is less than {low:g}")
    return value
