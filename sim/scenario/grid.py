"""The grid of a scenario: ``sweep: {path: [values]}`` as cells, every one checked like a file.

The cells are all combinations, in the order of the file, the last path fastest. A cell is what
``--set path=value`` for each of its settings would give, so everything that is said of it can be
tried alone. Whatever is wrong in any cell is found before the first one runs, and is told at the
value that is to blame: for a mistake that stands elsewhere that is the last value in which the
cell differs from the first cell, because cells come in the order in which values change.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from itertools import combinations, product
from typing import Any, Final

from sim.errors import Mistake, ScenarioError
from sim.scenario.document import Document, Path, Place, parse_value
from sim.scenario.flow import flow
from sim.scenario.nearest import did_you_mean
from sim.scenario.overrides import assign, parse_path
from sim.scenario.plan import Plan

CELLS_MAX: Final = 10_000
REFUSED: Final[Mapping[str, str]] = {
    "schema": "it is the language that the file is written in",
    "name": "the cells of a sweep are kept together, under one name",
    "about": "it is a comment and changes nothing",
    "seed": "cells are compared under the same chance; for more seeds raise `replications`",
    "replications": "cells are compared replication by replication; `--set` changes all of them",
    "thresholds": "what is asked is the same of all cells",
    "gate": "what is asked is the same of all cells",
    "sweep": "a sweep cannot hold another",
}
"""Blocks that cannot be swept, and why."""

PlanOf = Callable[[Document], tuple[Plan | None, list[Mistake]]]


@dataclass(frozen=True, slots=True)
class Cell:
    """One point of the grid: what is set there, as YAML by path, and the plan that it gives."""

    settings: Mapping[str, str]
    plan: Plan

    @property
    def changes(self) -> tuple[str, ...]:
        """The settings as ``--set`` takes them."""
        return tuple(f"{path}={value}" for path, value in self.settings.items())

    def __str__(self) -> str:
        """``topology.loss=1% tree.local=20``."""
        return " ".join(self.changes)


@dataclass(frozen=True, slots=True)
class GridFacts:
    """A grid in numbers: runs are cells times replications, messages those of all runs."""

    cells: int
    runs: int
    messages: float


@dataclass(frozen=True, slots=True)
class _Axis:
    """A path that is swept, its name in the file, its values, and the same as text."""

    name: str
    path: Path
    values: Sequence[Any]
    texts: Sequence[str]


def read_grid(
    document: Document, known: Iterable[Mistake], plan_of: PlanOf
) -> tuple[tuple[Cell, ...], list[Mistake]]:
    """The cells of a document, and what is wrong with them that is not `known` already.

    `plan_of` turns a document without a sweep into a plan and its mistakes.
    """
    sweep = document.data.get("sweep") if isinstance(document.data, dict) else None
    if not isinstance(sweep, dict) or not all(isinstance(v, list) and v for v in sweep.values()):
        return (), []  # there is none, or the schema has said what is wrong with it
    axes, mistakes = _axes(document, sweep)
    mistakes += _size(document, axes)
    if mistakes or not axes:
        return (), mistakes
    return _Cells(document, axes, known, plan_of).read()


def chosen(cells: Sequence[Cell], only: Sequence[str]) -> tuple[Cell, ...]:
    """The cells that have the given settings, such as ``topology.loss=1%``.

    Several values of one path are alternatives. Raises ScenarioError for a path or a value that is
    not in the grid.
    """
    wanted: dict[str, list[str]] = {}
    mistakes = []
    for text in only:
        path, _, value = text.partition("=")
        problem, hint = _not_in_grid(cells, path, value)
        if problem:
            mistakes.append(Mistake(f"--only {text}", 0, 0, "", problem, hint))
        wanted.setdefault(path, []).append(_canonical(value))
    if mistakes:
        raise ScenarioError(tuple(mistakes))
    return tuple(
        cell
        for cell in cells
        if all(cell.settings[path] in values for path, values in wanted.items())
    )


def check_no_setting_is_hidden(cells: Sequence[Cell], changes: Iterable[str]) -> None:
    """Refuse a ``--set`` that the sweep would overwrite in every cell. Raises ScenarioError."""
    swept = [parse_path(path) for path in (cells[0].settings if cells else ())]
    mistakes = []
    for text in changes:
        path = parse_path(text.partition("=")[0].strip())
        if any(path[: len(other)] == other for other in swept):
            problem = "is swept in this file, so the value would never be used"
            mistakes.append(Mistake(f"--set {text}", 0, 0, "", problem, "--only chooses cells"))
    if mistakes:
        raise ScenarioError(tuple(mistakes))


def grid_facts(cells: Sequence[Cell]) -> GridFacts:
    """What running all of these cells amounts to."""
    from sim.scenario.facts import traffic_facts

    return GridFacts(
        cells=len(cells),
        runs=sum(cell.plan.replications for cell in cells),
        messages=sum(traffic_facts(cell.plan)["in_all_runs"] for cell in cells),
    )


def _not_in_grid(cells: Sequence[Cell], path: str, value: str) -> tuple[str, str]:
    """What is wrong with asking for a setting, and a hint; nothing if it is right."""
    paths = list(cells[0].settings) if cells else []
    if path not in paths:
        return f"{path!r} is not swept", did_you_mean(path, paths)
    values = list(dict.fromkeys(cell.settings[path] for cell in cells))
    if _canonical(value) in values:
        return "", ""
    return f"is not in the grid: {path} takes {', '.join(values)}", ""


def _canonical(value: str) -> str:
    """A value as the settings of cells have it; what is no YAML stays and matches nothing."""
    try:
        return flow(parse_value(value))
    except ValueError:
        return value


def _axes(document: Document, sweep: Mapping[str, Any]) -> tuple[list[_Axis], list[Mistake]]:
    axes, mistakes = [], []
    for name, values in sweep.items():
        texts = [flow(value) for value in values]
        try:
            axes.append(_Axis(name, _swept_path(name), values, texts))
        except ValueError as error:
            mistakes.append(document.mistake(("sweep", name), str(error)))
        mistakes += [
            document.mistake(("sweep", name, index), f"{text} is there twice")
            for index, text in enumerate(texts)
            if text in texts[:index]
        ]
    for first, second in combinations(axes, 2):
        if first.path[: len(second.path)] == second.path:
            problem = f"is overwritten by {second.name}, which stands behind it"
            mistakes.append(document.mistake(("sweep", first.name), problem))
    return axes, mistakes


def _swept_path(name: str) -> Path:
    path = parse_path(name)
    if path[0] in REFUSED:
        raise ValueError(f"{path[0]} cannot be swept: {REFUSED[str(path[0])]}")
    return path


def _size(document: Document, axes: Sequence[_Axis]) -> list[Mistake]:
    cells = math.prod(len(axis.values) for axis in axes)
    if cells <= CELLS_MAX:
        return []
    return [document.mistake(("sweep",), f"makes {cells} cells; at most {CELLS_MAX} are allowed")]


class _Cells:
    """Makes the cells one after the other and gathers what is wrong with them, each thing once."""

    def __init__(
        self, document: Document, axes: list[_Axis], known: Iterable[Mistake], plan_of: PlanOf
    ) -> None:
        self.document = document
        self.axes = axes
        self.plan_of = plan_of
        self.told: set[Any] = set(known)
        self.mistakes: list[Mistake] = []
        self.own_places = {
            place for path, place in document.places.items() if path[:1] == ("sweep",)
        }

    def read(self) -> tuple[tuple[Cell, ...], list[Mistake]]:
        points = product(*(range(len(axis.values)) for axis in self.axes))
        cells = [self._cell(point) for point in points]
        return tuple(cell for cell in cells if cell is not None), self.mistakes

    def _cell(self, point: tuple[int, ...]) -> Cell | None:
        document = self._document(point)
        plan, found = self.plan_of(document)
        for mistake in (*document.mistakes, *found):
            self._tell(mistake, point)
        return None if plan is None else Cell(dict(self._settings(point)), plan)

    def _settings(self, point: tuple[int, ...]) -> Iterator[tuple[str, str]]:
        for axis, index in zip(self.axes, point, strict=True):
            yield axis.name, axis.texts[index]

    def _document(self, point: tuple[int, ...]) -> Document:
        """The document of a cell; each value keeps the place that it has in the sweep."""
        data = {key: value for key, value in self.document.data.items() if key != "sweep"}
        document = Document(self.document.file, deepcopy(data), dict(self.document.places))
        for axis, index in zip(self.axes, point, strict=True):
            source: Path = ("sweep", axis.name, index)
            value, place = deepcopy(axis.values[index]), self.document.place(source)
            try:
                assign(document, axis.path, value, place)
            except ValueError as error:
                document.mistakes.append(self.document.mistake(("sweep", axis.name), str(error)))
            document.places |= _moved(self.document.places, source, axis.path)
        return document

    def _tell(self, mistake: Mistake, point: tuple[int, ...]) -> None:
        """Note a mistake if it is new: one at a value of the sweep, once for that value."""
        place = Place(mistake.file, mistake.line, mistake.column)
        at_value = place in self.own_places
        key = (place, mistake.path) if at_value and place.line else mistake
        if key in self.told or mistake in self.told:
            return
        self.told.add(key)
        self.mistakes.append(mistake if at_value else self._blamed(mistake, point))

    def _blamed(self, mistake: Mistake, point: tuple[int, ...]) -> Mistake:
        """A mistake that stands elsewhere, told at the value that brought it about."""
        changed = [axis for axis, index in enumerate(point) if index] or list(range(len(point)))
        settings = list(self._settings(point))
        words = " ".join("=".join(settings[axis]) for axis in changed)
        last = changed[-1]
        place = self.document.place(("sweep", self.axes[last].name, point[last]))
        problem = f"{mistake.problem} (with {words})"
        return Mistake(place.file, place.line, place.column, mistake.path, problem, mistake.hint)


def _moved(places: Mapping[Path, Place], source: Path, target: Path) -> dict[Path, Place]:
    """The places below `source`, as places below `target`."""
    depth = len(source)
    return {
        (*target, *path[depth:]): place
        for path, place in places.items()
        if path[:depth] == source and len(path) > depth
    }
