"""Traces from NPZ, CSV and Parquet files: rows of finite numbers, or an error that says where.

A reader per suffix gives the raw columns with NaN for what is missing; choosing columns, holding
values over gaps and comparing widths is common to all. Rows and columns in messages count from 1
as the file shows them. How the arrays of an archive make traces is told in `archives`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from sim.errors import InputError
from sim.network.input_files import input_path, is_number, read_rows
from sim.workload.archives import read_npz
from sim.workload.behaviour import Bools, Floats
from sim.workload.raw_trace import RawTrace, Reader, Wanted

Columns = str | Sequence[str | int]


@dataclass(frozen=True, slots=True, eq=False)
class Recording:
    """One trace: `values` (rows, features), and which rows its recorder called anomalous."""

    values: Floats
    anomalous: Bools
    """(rows,); nowhere true where there are no labels."""


def read_recordings(
    paths: str | Sequence[str],
    *,
    directory: str = ".",
    array: str | Sequence[str] = "test",
    labels: str | int | None = None,
    columns: Columns = "all",
    missing: str = "refuse",
) -> list[Recording]:
    """All traces of files and folders, in the order of paths and then of names.

    Of a folder the NPZ files are taken; if it has none, the CSV files; else the Parquet files.

    `array` names the array of an NPZ file (see `archives`), or several that are played one after
    the other. `labels` names what is 1 in anomalous rows and 0 in others: of an NPZ file an array
    (for the last of `array`), of another file a column, which is then no feature. `columns` are
    names or numbers from 1, or "all". With `missing` = "hold" a gap repeats the value before it.
    Raises InputError for anything that is not a table of finite numbers.
    """
    wanted = Wanted((array,) if isinstance(array, str) else tuple(array), labels)
    found = [
        trace
        for path in ([paths] if isinstance(paths, str) else paths)
        for file in _files(input_path(path, directory))
        for trace in READERS[file.suffix.lower()](file, wanted)
    ]
    parts = [
        [_recording(part, wanted, columns, hold=missing == "hold") for part in trace]
        for trace in found
    ]
    _check_widths(found, parts)
    return [_joined(trace) for trace in parts]


def read_traces(
    paths: str | Sequence[str],
    *,
    directory: str = ".",
    array: str | Sequence[str] = "test",
    columns: Columns = "all",
    missing: str = "refuse",
) -> list[Floats]:
    """The values of `read_recordings` alone."""
    recordings = read_recordings(
        paths, directory=directory, array=array, columns=columns, missing=missing
    )
    return [recording.values for recording in recordings]


def _check_widths(found: Sequence[Sequence[RawTrace]], parts: list[list[Recording]]) -> None:
    width = parts[0][0].values.shape[1]
    for raws, recordings in zip(found, parts, strict=True):
        for raw, recording in zip(raws, recordings, strict=True):
            columns = recording.values.shape[1]
            if columns != width:
                others = f"{found[0][0].source} has {width}"
                raise InputError(f"{raw.source}: has {columns} columns, but {others}")


def _joined(parts: list[Recording]) -> Recording:
    """The parts one after the other."""
    if len(parts) == 1:
        return parts[0]
    values = np.concatenate([part.values for part in parts])
    return Recording(values, np.concatenate([part.anomalous for part in parts]))


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


def _read_csv(file: Path, wanted: Wanted) -> list[tuple[RawTrace, ...]]:  # noqa: ARG001
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
    return [(RawTrace(str(file), names, values, first_row),)]


def _cell(where: str, index: int, text: str) -> float:
    if not text:
        return np.nan
    try:
        return float(text)
    except ValueError:
        raise InputError(f"{where}, column {index + 1}: {text!r} is not a number") from None


def _read_parquet(file: Path, wanted: Wanted) -> list[tuple[RawTrace, ...]]:  # noqa: ARG001
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(file)
        cells = [column.cast(pa.float64()).to_numpy() for column in table.columns]
    except (OSError, pa.ArrowException) as error:
        raise InputError(f"{file}: is not a Parquet file of numbers: {error}") from None
    values = np.column_stack(cells) if cells else np.empty((0, 0))
    return [(RawTrace(str(file), tuple(table.column_names), values),)]


READERS: Final[Mapping[str, Reader]] = {
    ".npz": read_npz,
    ".csv": _read_csv,
    ".parquet": _read_parquet,
}


def _recording(raw: RawTrace, wanted: Wanted, columns: Columns, *, hold: bool) -> Recording:
    if not raw.values.size:
        raise InputError(f"{raw.source}: is empty")
    indices = list(range(raw.values.shape[1]))
    marks, label = raw.marks, None
    if marks is None and wanted.labels is not None:
        label = _index(raw, wanted.labels)
        marks = raw.values[:, label]
        indices.remove(label)
    if columns != "all":
        indices = [_index(raw, column) for column in columns]
    if label in indices or not indices:
        raise InputError(f"{raw.source}: the column of labels, {wanted.labels!r}, is no feature")
    return Recording(_complete(raw, indices, hold=hold), _anomalous(raw, marks))


def _anomalous(raw: RawTrace, marks: Floats | None) -> Bools:
    if marks is None:
        return np.zeros(len(raw.values), np.bool_)
    wrong = np.flatnonzero((marks != 0) & (marks != 1))
    if len(wrong):
        row, mark = wrong[0] + raw.first_row, marks[wrong[0]]
        raise InputError(f"{raw.source}: row {row}: the label is {mark:g}, not 0 or 1")
    anomalous: Bools = marks == 1
    return anomalous


def _index(raw: RawTrace, column: str | int) -> int:
    if column in raw.names:
        return raw.names.index(str(column))
    width = raw.values.shape[1]
    if isinstance(column, int) and 1 <= column <= width:
        return column - 1
    names = f" ({', '.join(raw.names)})" if raw.names else ""
    raise InputError(f"{raw.source}: has no column {column!r} among its {width}{names}")


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
        raise InputError(f"{raw.source}: {where}: {problem}")
    return values


def _held(values: Floats) -> Floats:
    """Every NaN replaced by the last value above it in its column, if there is one."""
    rows = np.arange(len(values))[:, None]
    last = np.maximum.accumulate(np.where(np.isnan(values), 0, rows), axis=0)
    return np.take_along_axis(values, last, axis=0)
