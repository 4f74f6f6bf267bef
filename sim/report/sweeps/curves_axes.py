"""The axes of curves over a sweep: where values stand, in which units, on which scales.

What something costs, over plain numbers, has both axes logarithmic: a power law is a straight line
there. Otherwise numbers that span a lot are spread by their logarithms, along x alone.
"""

import math
from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator, NullFormatter
from numpy.typing import NDArray

from sim.measure.detection import CENTRAL, PREFIX
from sim.measure.metrics import MetricValue
from sim.report.growth.table import COSTS, POINTS_MIN
from sim.report.sweeps.curves import Axis, Curves
from sim.report.sweeps.curves_words import is_of_kinds
from sim.units import format_size

LABELS_MAX: Final = 40
"""So many letters below an axis stand beside each other; more are slanted."""
EDGE: Final = 0.06
"""What is left free at each end of an axis, as a share of what is shown."""
PANEL_POINTS: Final = 480.0
"""Width of a panel that stands alone, in typographic points."""
MARK_POINTS: Final = 6.0
WIDE: Final = 25.0
"""A numeric axis on which the largest number is more times the smallest is logarithmic."""
AROUND: Final = 1.6
"""What is left free at each end of a logarithmic axis, as a factor."""
MANY: Final = 1e4
"""From here on numbers have commas, and no factor above the axis."""


def column_of(values: Sequence[MetricValue | None], name: str) -> NDArray[np.float64]:
    """A figure of each value as it is drawn: shares in percent, NaN where there is none."""
    return np.array(
        [
            math.nan if one is None else getattr(one, name) * (100 if one.unit == "share" else 1)
            for one in values
        ],
        np.float64,
    )


def is_cost(found: Curves, metric: str) -> bool:
    """Whether a metric is what something costs, at three or more sizes."""
    axis = found.axis
    if not (metric.endswith(COSTS) and axis.is_numeric and len(axis.places) >= POINTS_MIN):
        return False
    values = [cell.values[metric].value for cell in found.cells if metric in cell.values]
    return min(axis.places) > 0 and min(value for value in values if not math.isnan(value)) > 0


def draw_x_axis(axes: Axes, found: Curves, metric: str, aside: float, columns: int) -> None:
    """A mark for each value; points moved by `aside` points of type stay within the frame."""
    axis = found.axis
    positive = [place for place in axis.places if place > 0]
    spans = axis.is_numeric and min(axis.places) >= 0 and positive
    if is_cost(found, metric):
        axes.set_xscale("log")
    elif spans and max(positive) > WIDE * min(positive):
        axes.set_xscale("symlog", linthresh=min(positive), linscale=0.5)
    _ticks(axes, axis)
    warp = axes.xaxis.get_transform()
    first, last = warp.transform([axis.places[0], axis.places[-1]])
    edge = max(EDGE, (aside + MARK_POINTS) * columns / PANEL_POINTS)
    free = edge * (last - first) or 0.5
    axes.set_xlim(*warp.inverted().transform([first - free, last + free]))
    axes.set_xlabel(axis.path)


def is_slanted(axis: Axis) -> bool:
    """Whether there is no room for labels beside each other."""
    return is_of_kinds(axis) and sum(map(len, axis.texts)) > LABELS_MAX


def _ticks(axes: Axes, axis: Axis) -> None:
    axes.set_xticks(axis.places, [shown(text) for text in axis.texts])
    if is_slanted(axis):
        axes.tick_params(axis="x", rotation=30)
        for label in axes.get_xticklabels():
            label.set(horizontalalignment="right", rotation_mode="anchor")
    axes.minorticks_off()


def shown(text: str) -> str:
    """A value as it stands below an axis: of a list what is in it.

    >>> shown("[age, coverage]"), shown("[]"), shown("5%")
    ('age, coverage', 'none', '5%')
    """
    return (text[1:-1].strip() or "none") if text.startswith("[") else text


def draw_y_axis(axes: Axes, found: Curves, metric: str, claimed: Sequence[float] = ()) -> None:
    """All values, and as much of their intervals as leaves the lines readable; its unit."""
    names = (metric, f"{metric}{CENTRAL}")
    values = [cell.values[name] for cell in found.cells for name in names if name in cell.values]
    here, low, high = (column_of(values, name) for name in ("value", "low", "high"))
    here, low, high = (column[np.isfinite(column)] for column in (here, low, high))
    here = np.append(here, claimed)
    if is_cost(found, metric):
        axes.set_yscale("log")
        axes.set_ylim(here.min() / AROUND, here.max() * AROUND)
        axes.yaxis.set_major_locator(LogLocator(numticks=6))
        axes.yaxis.set_minor_formatter(NullFormatter())
    elif len(here):
        first, last = float(here.min()), float(here.max())
        room = max(last - first, 0.05 * abs(last), 1e-9)
        bottom = max(first - room / 2, min(first, float(low.min(initial=first))))
        top = min(last + room / 2, max(last, float(high.max(initial=last))))
        axes.set_ylim(bottom - EDGE * room, top + EDGE * room)
    _unit(axes, metric, values[0].unit, float(here.max(initial=0.0)))


def _unit(axes: Axes, metric: str, unit: str, largest: float) -> None:
    """Sizes as people write them, counts with commas; a plain number has no unit."""
    write: Callable[[float], str] | None = format_size if unit == "B" else None
    if unit == "1" and largest >= MANY:
        write = "{:,.12g}".format
    if write is not None:
        axes.yaxis.set_major_formatter(lambda value, _: write(value))
    told = {"share": " (%)", "1": "", "B": ""}.get(unit, f" ({unit})")
    axes.set_ylabel(f"{metric.removeprefix(PREFIX)}{told}")
