"""A logarithmic axis with numbers that people read: 0.1, 0.2, 0.5, 1."""

from typing import Final

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

NARROW: Final = 500.0
"""Up to this ratio of the ends of an axis 2 and 5 have marks, too."""


def log_axis(axes: Axes, label: str, narrow: float = NARROW) -> None:
    """Make the y axis logarithmic, with few marks; more of them up to `narrow`."""
    axes.set_yscale("log")
    low, high = axes.get_ylim()
    steps = (1.0, 2.0, 5.0) if high / low < narrow else (1.0,)
    axes.yaxis.set_major_locator(LogLocator(subs=steps, numticks=9))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.set_ylabel(label)
