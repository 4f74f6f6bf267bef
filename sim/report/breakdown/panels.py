"""A sweep over a share of liars as panels of lines: what stands side by side, what is compared.

A panel a placement, or a value of the last of several other swept parameters; a line for each
combination of the rest. A panel without any bias is left out.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.errors import ResultsError
from sim.measure.breakdown import METRIC, Breakdown, breakdown, is_share_of_liars
from sim.measure.metrics import MetricValue
from sim.report.sweeps.curves import Curve, Curves, SweptCell, curves
from sim.report.sweeps.curves_figure import check
from sim.units import parse_share

PANELS_MAX: Final = 4


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """A rule in a panel: its biases (sd) at the shares (0 to 1), and where it breaks down."""

    label: str
    shares: NDArray[np.float64]
    values: tuple[MetricValue | None, ...]
    found: Breakdown

    def column(self, name: str) -> NDArray[np.float64]:
        """A figure of each value; NaN where there is none."""
        figures = (math.nan if one is None else getattr(one, name) for one in self.values)
        return np.array(list(figures), np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """What has a panel of its own."""

    title: str
    lines: tuple[Line, ...]


def panels(cells: Sequence[SweptCell], path: str) -> list[Panel]:
    """The panels over the share at `path`.

    Raises ResultsError if there is no bias at all, and for more panels or lines than can be told
    apart.
    """
    known = [_panel(title, some, path) for title, some in _apart(cells, path) if _has_bias(some)]
    if not known:
        raise ResultsError(f"{METRIC} is undefined in every cell of this sweep")
    return known


def _has_bias(cells: Sequence[SweptCell]) -> bool:
    values = [cell.values[METRIC].value for cell in cells if METRIC in cell.values]
    return not all(map(math.isnan, values))


def _apart(cells: Sequence[SweptCell], path: str) -> list[tuple[str, Sequence[SweptCell]]]:
    """The title of each panel and its cells."""
    others = curves(cells, path).others
    if len(others) < 2:
        return [("", cells)]
    apart = next((other for other in others if other.endswith(".placement")), others[-1])
    texts = list(dict.fromkeys(cell.settings[apart] for cell in cells))
    if len(texts) > PANELS_MAX:
        raise ResultsError(f"{len(texts)} values of {apart} are too many, at most {PANELS_MAX}")
    return [
        (f"{apart}: {text}", [cell for cell in cells if cell.settings[apart] == text])
        for text in texts
    ]


def share_path(cells: Sequence[SweptCell], x: str | None) -> str:
    """The path along x; `x` if that is one. Raises ResultsError if no share of liars is swept."""
    paths = [path for path in cells[0].settings if is_share_of_liars(path)]
    if x is not None and x not in paths:
        raise ResultsError(f"{x!r} is no share of liars that is swept; {_known(paths)}")
    if not paths:
        raise ResultsError(f"no share of liars is swept; {_known(paths)}")
    return paths[0] if x is None else x


def _known(paths: Sequence[str]) -> str:
    return f"there is {', '.join(paths) or 'none such as adversaries[0].share'}"


def _panel(title: str, cells: Sequence[SweptCell], path: str) -> Panel:
    found = curves(cells, path)
    check(found, [METRIC])
    return Panel(title, tuple(_line(line, found) for line in found.lines))


def _line(line: Curve, found: Curves) -> Line:
    shares = [parse_share(text) for text in found.axis.texts]
    values = tuple(None if cell is None else cell.values.get(METRIC) for cell in line.cells)
    biases = [math.nan if one is None else one.value for one in values]
    return Line(short(line.label), np.array(shares), values, breakdown(shares, biases))


def short(setting: str) -> str:
    """A setting as a label.

    >>> short("{kind: robust, estimator: {kind: median}, f: 20%}"), short("mean")
    ('robust, estimator median, f 20%', 'mean')
    """
    for letters, instead in (("{", ""), ("}", ""), ("kind: ", ""), (": ", " ")):
        setting = setting.replace(letters, instead)
    return setting
