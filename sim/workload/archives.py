"""Traces from NPZ archives: which of the arrays belong together.

An archive may hold one entity (``train``, ``test``, ``label``) or many (``web-1_train``,
``web-1_test``, ``web-1_label``, ``web-2_train``, ...). A pattern with a ``*`` picks an array of
each entity, the star standing for its name; a plain name picks the array that is called so, or
else, as ``*_name`` would, one of each entity. Entities are taken in the order of their names.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from sim.errors import InputError
from sim.network.npz_files import Arrays, check_numbers, npz_archive
from sim.workload.behaviour import Floats
from sim.workload.raw_trace import RawTrace, Wanted


def read_npz(file: Path, wanted: Wanted) -> list[tuple[RawTrace, ...]]:
    """Every entity of an archive as a trace. Raises InputError."""
    with npz_archive(file) as archive:
        return _traces(file, list(archive), archive, wanted)


def _traces(
    file: Path, names: Sequence[str], archive: Arrays, wanted: Wanted
) -> list[tuple[RawTrace, ...]]:
    parts = [_pick(file, names, array) for array in wanted.arrays]
    labels = None if wanted.labels is None else _pick(file, names, str(wanted.labels))
    traces = []
    for entity in sorted(parts[-1]):
        arrays = [
            _member(file, array, part, entity)
            for array, part in zip(wanted.arrays, parts, strict=True)
        ]
        trace = [_table(f"{file}[{name}]", archive[name]) for name in arrays]
        if labels is not None:
            label = _member(file, str(wanted.labels), labels, entity)
            trace = _marked(trace, f"{file}[{label}]", archive[label])
        traces.append(tuple(trace))
    return traces


def _pick(file: Path, names: Sequence[str], array: str) -> dict[str, str]:
    """Entity -> name of its array; the entity of an archive with only one has no name."""
    if array in names:
        return {"": array}
    before, _, after = (array if "*" in array else f"*_{array}").partition("*")
    found = {
        name[len(before) : len(name) - len(after)]: name
        for name in names
        if name.startswith(before) and name.endswith(after) and len(name) > len(before) + len(after)
    }
    if not found:
        raise InputError(f"{file}: has no array {array!r}, only {', '.join(names)}")
    return found


def _member(file: Path, array: str, found: Mapping[str, str], entity: str) -> str:
    if entity not in found:
        of = f" of {entity!r}" if entity else ""
        raise InputError(f"{file}: has no array {array!r}{of}, only {', '.join(found.values())}")
    return found[entity]


def _marked(trace: list[RawTrace], source: str, labels: np.ndarray[Any, Any]) -> list[RawTrace]:
    """The labels belong to the last part; what is played before it counts as normal."""
    *before, last = trace
    marks = _numbers(source, labels)
    if marks.shape != (len(last.values),):
        rows = f"{last.source} has {len(last.values)} rows"
        raise InputError(f"{source}: has the shape {marks.shape}, but {rows}")
    blank = [_with_marks(part, np.zeros(len(part.values))) for part in before]
    return [*blank, _with_marks(last, marks)]


def _with_marks(part: RawTrace, marks: Floats) -> RawTrace:
    return RawTrace(part.source, part.names, part.values, part.first_row, marks)


def _table(source: str, values: np.ndarray[Any, Any]) -> RawTrace:
    table = _numbers(source, values)
    if table.ndim == 1:
        table = table[:, None]
    if table.ndim != 2:
        raise InputError(f"{source}: has the shape {table.shape}, not (rows, columns)")
    return RawTrace(source, (), table)


def _numbers(source: str, values: np.ndarray[Any, Any]) -> Floats:
    check_numbers(source, values, "fiub")
    return values.astype(np.float64)
