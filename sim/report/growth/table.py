"""A sweep over a plain number as a table: how each cost grows with it, as a fitted exponent.

A row for each combination of what else was swept. A number is plain if it has no unit: agents,
children, features. What a power law says of three sizes is a hint; its standard error is beside it.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from sim.measure.cells import CellResult
from sim.report.columns import aligned, markdown_table
from sim.report.table import NOTHING
from sim.stats.growth import Growth, fitted_exponent

COSTS: Final = (".messages", ".bytes", ".operations")
"""Ends of the names of what grows."""
ALL_TOGETHER: Final = "traffic."
"""What holds the messages of everything, and is told where nothing tells them apart."""
POINTS_MIN: Final = 3
"""With two sizes a line leaves nothing over, and nobody knows how well it fits."""


@dataclass(frozen=True, slots=True)
class Grown:
    """How costs grow with one path, all else the same."""

    path: str
    further: Mapping[str, str]
    """What else was set in these cells, by path."""
    fits: Mapping[str, Growth | None]
    """By metric; None where it is not known, or 0, in some cells."""


def grown(results: Sequence[CellResult]) -> list[Grown]:
    """A row a combination of the other settings; none of a sweep without a plain number.

    The first swept path with three or more different plain numbers above 0 counts.
    """
    path, names = _plain_path(results), _costs(results)
    if path is None or not names:
        return []
    groups: dict[tuple[str, ...], list[CellResult]] = {}
    for result in results:
        others = tuple(text for name, text in result.cell.settings.items() if name != path)
        groups.setdefault(others, []).append(result)
    found = [_grown(group, path, names) for group in groups.values()]
    return [one for one in found if any(fit is not None for fit in one.fits.values())]


def as_text(found: Sequence[Grown]) -> str:
    """The table for a terminal, below a line that says what it is of."""
    rows, marks = _rows(found)
    head = f"growth with {found[0].path}: fitted exponents, and their standard errors:"
    return "\n".join([head, *aligned(rows, marks)]) + "\n"


def as_markdown(found: Sequence[Grown]) -> str:
    """The table in GitHub's Markdown."""
    (headers, *rows), marks = _rows(found)
    return "\n".join(markdown_table(headers, marks, rows)) + "\n"


def as_json(found: Sequence[Grown]) -> list[dict[str, Any]]:
    """The same for programs."""
    return [asdict(one) for one in found]


def exponent(fit: Growth | None) -> str:
    """An exponent in words.

    >>> exponent(fitted_exponent([100, 300, 1000], [7, 21, 70])), exponent(None)
    ('1.000 ± 0.000', '–')
    """
    return NOTHING if fit is None else f"{fit.exponent:.3f} ± {fit.standard_error:.3f}"


def _plain_path(results: Sequence[CellResult]) -> str | None:
    settings = [result.cell.settings for result in results]
    for path in settings[0] if settings else ():
        sizes = {_plain(each[path]) for each in settings}
        if len(sizes) >= POINTS_MIN and min(sizes) > 0:
            return path
    return None


def _plain(text: str) -> float:
    """A number without a unit; 0 for anything else."""
    try:
        number = float(text)
    except ValueError:
        return 0.0
    return number if math.isfinite(number) else 0.0


def _costs(results: Sequence[CellResult]) -> list[str]:
    values = [value.name for result in results for value in result.values]
    costs = [name for name in dict.fromkeys(values) if name.endswith(COSTS)]
    parts = [name for name in costs if not name.startswith(ALL_TOGETHER)]
    return parts or costs


def _grown(group: Sequence[CellResult], path: str, names: Sequence[str]) -> Grown:
    further = {name: text for name, text in group[0].cell.settings.items() if name != path}
    return Grown(path, further, {name: _fit(group, path, name) for name in names})


def _fit(group: Sequence[CellResult], path: str, metric: str) -> Growth | None:
    """Over the cells that are stored; a cost must be above 0 in each of them, in three or more."""
    stored = [result for result in group if result.is_stored]
    found = [result.value(metric) for result in stored]
    costs = [math.nan if value is None else value.value for value in found]
    if len(costs) < POINTS_MIN or not all(math.isfinite(cost) and cost > 0 for cost in costs):
        return None
    return fitted_exponent([_plain(result.cell.settings[path]) for result in stored], costs)


def _rows(found: Sequence[Grown]) -> tuple[list[list[str]], str]:
    """Headers and rows, and the side of each column."""
    further, metrics = list(found[0].further), list(found[0].fits)
    rows = [[*one.further.values(), *map(exponent, one.fits.values())] for one in found]
    return [[*further, *metrics], *rows], "<" * len(further) + ">" * len(metrics)
