"""A sweep as curves: one parameter along x, a line for each combination of the others.

Settings are texts, as they stand in the scenario file (``1%``, ``500ms``, ``root``). Where all of a
parameter have numbers they are placed by these and in their order, else one after the other.
"""

import csv
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sim.errors import ResultsError
from sim.measure.metrics import MetricValue
from sim.units import parse_duration

RUN: Final = "run"
"""The column behind those of the settings."""
_QUANTITY: Final = re.compile(r"([-+]?[0-9.]+(?:e[-+]?[0-9]+)?) ?(\D*)")


@dataclass(frozen=True, slots=True)
class SweptCell:
    """What was set in a cell, by path, and what came out, by metric."""

    settings: Mapping[str, str]
    values: Mapping[str, MetricValue]


@dataclass(frozen=True, slots=True)
class Axis:
    """A swept parameter, its texts in the order of the axis, and where each stands."""

    path: str
    texts: tuple[str, ...]
    places: tuple[float, ...]
    is_numeric: bool


@dataclass(frozen=True, slots=True)
class Curve:
    """A line: its label (empty if there is only one) and a figure for each text of the axis.

    None where there is no such cell.
    """

    label: str
    cells: tuple[SweptCell | None, ...]


@dataclass(frozen=True, slots=True)
class Curves:
    """All lines of a sweep over one axis; `others` are the paths that tell the lines apart."""

    axis: Axis
    others: tuple[str, ...]
    lines: tuple[Curve, ...]

    @property
    def cells(self) -> list[SweptCell]:
        """All cells that there are."""
        return [cell for line in self.lines for cell in line.cells if cell is not None]


def read_cells(path: Path) -> list[SweptCell]:
    """The cells of a ``sweep.csv``. Raises ResultsError if it is not there or is none."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
    except FileNotFoundError as error:
        raise ResultsError(f"{path} is missing: `sim sweep` writes it") from error
    except (OSError, ValueError) as error:
        raise ResultsError(f"{path} cannot be read: {error}") from error
    try:
        return _cells(rows)
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise ResultsError(f"{path} is no table of a sweep") from error


def _cells(rows: Sequence[Mapping[str, str]]) -> list[SweptCell]:
    columns = list(rows[0])
    paths = columns[: columns.index(RUN)]
    found: dict[tuple[str, ...], dict[str, MetricValue]] = {}
    for row in rows:
        settings = tuple(row[path] for path in paths)
        found.setdefault(settings, {})[row["metric"]] = _value(row)
    return [
        SweptCell(dict(zip(paths, settings, strict=True)), values)
        for settings, values in found.items()
    ]


def _value(row: Mapping[str, str]) -> MetricValue:
    value, low, high = (
        float(row[name]) if row[name] else math.nan for name in ("value", "low", "high")
    )
    n, censored = int(row["n"]), int(row["censored"])
    return MetricValue(row["metric"], value, row["unit"], n, low, high, censored)


def curves(cells: Sequence[SweptCell], x: str | None = None) -> Curves:
    """The lines over the parameter `x`: by default the first one that takes several numbers.

    Raises ResultsError if `x` is not swept.
    """
    axes = {path: axis_of(path, [cell.settings[path] for cell in cells]) for path in _paths(cells)}
    if x is not None and x not in axes:
        raise ResultsError(f"{x!r} is not swept, only {', '.join(axes)}")
    axis = axes[x] if x is not None else _liveliest(list(axes.values()))
    others = tuple(path for path in axes if path != axis.path and len(axes[path].texts) > 1)
    by_place = {_place(cell, (*others, axis.path)): cell for cell in cells}
    combinations = dict.fromkeys(_place(cell, others) for cell in cells)
    return Curves(
        axis=axis,
        others=others,
        lines=tuple(
            Curve(", ".join(texts), tuple(by_place.get((*texts, text)) for text in axis.texts))
            for texts in combinations
        ),
    )


def _paths(cells: Sequence[SweptCell]) -> Iterable[str]:
    return cells[0].settings


def _liveliest(axes: Sequence[Axis]) -> Axis:
    several = [axis for axis in axes if len(axis.texts) > 1] or axes
    return next((axis for axis in several if axis.is_numeric), several[0])


def _place(cell: SweptCell, paths: Sequence[str]) -> tuple[str, ...]:
    return tuple(cell.settings[path] for path in paths)


def axis_of(path: str, texts: Sequence[str]) -> Axis:
    """The axis of a parameter that takes these values.

    >>> axis_of("detection.every", ["2s", "500ms"]).places
    (0.5, 2.0)
    >>> axis_of("detection.scope", ["own", "local"]).places
    (0.0, 1.0)
    """
    distinct = list(dict.fromkeys(texts))
    numbers = next(_numbers(distinct), None)
    if numbers is None:
        return Axis(path, tuple(distinct), tuple(map(float, range(len(distinct)))), False)
    ordered = sorted(zip(numbers, distinct, strict=True))
    return Axis(path, tuple(text for _, text in ordered), tuple(n for n, _ in ordered), True)


def _numbers(texts: Sequence[str]) -> Iterator[list[float]]:
    """The texts as numbers, in any way that all of them can be read."""
    for read in (_in_one_unit, _as_durations):
        try:
            yield read(texts)
        except ValueError:
            continue


def _in_one_unit(texts: Sequence[str]) -> list[float]:
    found = [_QUANTITY.fullmatch(text) for text in texts]
    parts = [match.groups() for match in found if match is not None]
    units = {unit for number, unit in parts if float(number)}  # 0 needs none
    if len(parts) < len(texts) or len(units) > 1:
        raise ValueError("not numbers in one unit")
    return [float(number) for number, _ in parts]


def _as_durations(texts: Sequence[str]) -> list[float]:
    return [parse_duration(text) / 1e9 for text in texts]
