"""Traces from NPZ, CSV and Parquet files: rows of finite numbers, or an error that says where.

A reader per suffix gives the raw columns with NaN for what is missing; choosing columns, holding
values over gaps and comparing widths is common to all. Rows and columns in messages count from 1
as the file shows them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from sim.errors import InputError
from sim.network.input_files import input_path, is_number, read_rows
from sim.workload.behaviour import Floats

Columns = str | Sequence[str | int]


@dataclass(frozen=True, slots=True)
class RawTrace:
    """What a file holds: `values` (rows, columns), the first of them in row `first_row`."""

    label: str
    names: tuple[str, ...]
    """Empty where the columns have no names."""
    values: Floats
    first_row: int = 1


def read_traces(
    paths: str | Sequence[str],
    *,
    directory: str = ".",
    array: str = "test",
    columns: Columns = "all",
    missing: str = "refuse",
) -> list[Floats]:
    """All traces of files and folders, in the order of paths and then of names.

    Of a folder the NPZ files are taken; if it has none, the CSV files; else the Parquet files.

    `array` picks the arrays of an NPZ file called so or ending in ``_<array>``. `columns` are
    names or numbers from 1, or "all". With `missing` = "hold" a gap repeats the value before it.
    Raises InputError for anything that is not a table of finite numbers.
    """
    found = [
        raw
        for path in ([paths] if isinstance(paths, str) else paths)
        for file in _files(input_path(path, directory))
        for raw in READERS[file.suffix.lower()](file, array)
    ]
    traces = [_complete(raw, _indices(raw, columns), hold=missing == "hold") for raw in found]
    width = traces[0].shape[1]
    for raw, trace in zip(found, traces, strict=True):
        if trace.shape[1] != width:
            others = f"{found[0].label} has {width}"
            raise InputError(f"{raw.label}: has {trace.shape[1]} columns, but {others}")
    return traces


def _files(path: str) -> list[Path]:
    place = Path(path)
    known = " or ".join(READERS)
    if place.is_dir():
        # A folder of traces often holds tables about them too, so only one kind of file is taken.
        entries = sorted(place.iterdir())
        for suffix in READERS:
            files = [file for file in entries if file.suffix.lower() == suffix]
            if files:
                return files
        raise InputError(f"{path}: this folder holds no {known} file")
    if not place.is_file():
        raise InputError(f"{path}: there is no such file")
    if place.suffix.lower() not in READERS:
        raise InputError(f"{path}: a trace is a {known} file")
    return [place]


def _read_npz(file: Path, array: str) -> list[RawTrace]:
    import zipfile

    try:
        with np.load(file, allow_pickle=False) as archive:
            names = [name for name in archive.files if name == array]
            names = names or [name for name in archive.files if name.endswith(f"_{array}")]
            if not names:
                has = ", ".join(archive.files)
                raise InputError(f"{file}: has no array {array!r}, only {has}")
            return [_of_array(f"{file}[{name}]", archive[name]) for name in names]
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise InputError(f"{file}: is not a readable NPZ file: {error}") from None


def _of_array(label: str, values: np.ndarray[Any, Any]) -> RawTrace:
    if values.dtype.kind not in "fiub":
        raise InputError(f"{label}: holds {values.dtype}, not numbers")
    if values.ndim == 1:
        values = values[:, None]
    if values.ndim != 2:
        raise InputError(f"{label}: has the shape {values.shape}, not (rows, columns)")
    return RawTrace(label, (), values.astype(np.float64))


def _read_csv(file: Path, array: str) -> list[RawTrace]:  # noqa: ARG001
    rows = read_rows(str(file))
    has_header = not any(is_number(cell) for cell in rows[0])
    names = tuple(rows[0]) if has_header else ()
    first_row = 2 if has_header else 1
    body = rows[first_row - 1 :]
    values = np.empty((len(body), len(rows[0])))
    for number, cells in enumerate(body):
        where = f"{file}: row {number + first_row}"
        if len(cells) != len(rows[0]):
            raise InputError(f"{where} has {len(cells)} columns where row 1 has {len(rows[0])}")
        values[number] = [_cell(where, index, text) for index, text in enumerate(cells)]
    return [RawTrace(str(file), names, values, first_row)]


def _cell(where: str, index: int, text: str) -> float:
    if not text:
        return np.nan
    try:
        return float(text)
    except ValueError:
        raise InputError(f"{where}, column {index + 1}: {text!r} is not a number") from None


def _read_parquet(file: Path, array: str) -> list[RawTrace]:  # noqa: ARG001
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(file)
        cells = [column.cast(pa.float64()).to_numpy() for column in table.columns]
    except (OSError, pa.ArrowException) as error:
        raise InputError(f"{file}: is not a Parquet file of numbers: {error}") from None
    values = np.column_stack(cells) if cells else np.empty((0, 0))
    return [RawTrace(str(file), tuple(table.column_names), values)]


READERS: Final[Mapping[str, Callable[[Path, str], list[RawTrace]]]] = {
    ".npz": _read_npz,
    ".csv": _read_csv,
    ".parquet": _read_parquet,
}


def _indices(raw: RawTrace, columns: Columns) -> list[int]:
    if not raw.values.size:
        raise InputError(f"{raw.label}: is empty")
    if columns == "all":
        return list(range(raw.values.shape[1]))
    return [_index(raw, column) for column in columns]


def _index(raw: RawTrace, column: str | int) -> int:
    if column in raw.names:
        return raw.names.index(str(column))
    width = raw.values.shape[1]
    if isinstance(column, int) and 1 <= column <= width:
        return column - 1
    names = f" ({', '.join(raw.names)})" if raw.names else ""
    raise InputError(f"{raw.label}: has no column {column!r} among its {width}{names}")


def _complete(raw: RawTrace, indices: Sequence[int], *, hold: bool) -> Floats:
    """Finite values everywhere in these columns; the first cell that cannot be had is named."""
    values = raw.values[:, indices]
    if hold:
        values = _held(values)
    bad = np.argwhere(~np.isfinite(values))
    if len(bad):
        row, column = bad[0][0], indices[bad[0][1]]
        value = values[row, bad[0][1]]
        problem = f"{value} is not finite"
        if np.isnan(value):
            problem = "is missing, and no value before it to hold" if hold else "is missing"
        name = f" ({raw.names[column]})" if raw.names else ""
        where = f"row {row + raw.first_row}, column {column + 1}{name}"
        raise InputError(f"{raw.label}: {where}: {problem}")
    return values


def _held(values: Floats) -> Floats:
    """Every NaN replaced by the last value above it in its column, if there is one."""
    rows = np.arange(len(values))[:, None]
    last = np.maximum.accumulate(np.where(np.isnan(values), 0, rows), axis=0)
    return np.take_along_axis(values, last, axis=0)
