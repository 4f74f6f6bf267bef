"""One look for every figure, and files that are the same bytes every time.

Colours are those of Okabe and Ito (2008), told apart by colour-blind readers; whatever must be
told apart in grey too differs by hatch, dash or marker. No date, no random id and no installed
font gets into a file.
"""

import os
from collections.abc import Sequence
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import Any, Final

import matplotlib as mpl
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from sim.errors import ResultsError

INK: Final = "#222222"
GREY: Final = "#8c8c8c"
PALE: Final = "#d9d9d9"
VERMILLION: Final = "#D55E00"
BLUE: Final = "#0072B2"
SKY: Final = "#56B4E9"
GREEN: Final = "#009E73"
ORANGE: Final = "#E69F00"
PURPLE: Final = "#CC79A7"
HIGHLIGHTS: Final = (VERMILLION, BLUE, ORANGE, PURPLE)

DPI: Final = 150
"""Of PNG. Letters are fitted to its pixels, so figures are laid out at the same: by another they
are up to a twentieth narrower, and labels leave the page."""
STYLE: Final[Any] = {
    "font.family": "DejaVu Sans",  # comes with matplotlib, so it is the same everywhere
    "font.size": 9.5,
    "text.color": INK,
    "axes.edgecolor": GREY,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlelocation": "left",
    "axes.titlesize": 10.5,
    "axes.titleweight": "bold",
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#ebebeb",
    "grid.linewidth": 0.7,
    "xtick.color": INK,
    "ytick.color": INK,
    "legend.frameon": False,
    "legend.fontsize": 9,
    "lines.linewidth": 1.5,
    "hatch.linewidth": 0.8,
    "savefig.dpi": DPI,
    "svg.fonttype": "path",
    "svg.hashsalt": "sim",
    "pdf.fonttype": 42,
}

_UNDATED: Final[dict[str, dict[str, Any]]] = {
    "svg": {"Date": None, "Creator": None},
    "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
    "png": {"Software": None},
}


def new_figure(width_in: float, height_in: float) -> Figure:
    """An empty figure that no window system and no global state knows of."""
    spacing = ConstrainedLayoutEngine(h_pad=0.05, w_pad=0.06, hspace=0.02)
    figure = Figure(figsize=(width_in, height_in), dpi=DPI, layout=spacing)
    FigureCanvasAgg(figure)
    return figure


def styled() -> AbstractContextManager[None]:
    """Draw inside of this: the style holds there and nowhere else."""
    return mpl.rc_context(STYLE)


def save(
    figure: Figure, path_stem: Path | str, formats: Sequence[str] = ("svg", "pdf", "png")
) -> list[Path]:
    """Write ``<path_stem>.<format>`` for each format; the same figure gives the same bytes.

    A file appears whole or not at all. Raises ResultsError when it cannot be written and
    ValueError for a format other than svg, pdf or png.
    """
    unknown = [kind for kind in formats if kind not in _UNDATED]
    if unknown:
        raise ValueError(f"formats are {', '.join(_UNDATED)}, not {unknown[0]!r}")
    _settle(figure)
    return [_save(figure, Path(f"{path_stem}.{kind}"), kind) for kind in formats]


def _settle(figure: Figure) -> None:
    """Lay the figure out for good, on a grid of a millionth of its size.

    The solver of the layout differs in the last bits from call to call, and SVG makes names of all
    bits of a place.
    """
    with styled():
        figure.draw_without_rendering()
    figure.set_layout_engine("none")
    for axes in figure.axes:
        left, bottom, width, height = (round(part, 6) for part in axes.get_position().bounds)
        axes.set_position((left, bottom, width, height))


def _save(figure: Figure, path: Path, kind: str) -> Path:
    half_done = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with styled():
            figure.savefig(half_done, format=kind, metadata=_UNDATED[kind])
        half_done.replace(path)
    except OSError as error:
        raise ResultsError(f"cannot write {path}: {error.strerror}") from error
    finally:
        with suppress(OSError):  # an interrupt, too, leaves nothing behind
            half_done.unlink(missing_ok=True)
    return path
