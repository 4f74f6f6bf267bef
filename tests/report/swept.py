"""Sweeps as lists of cells, without a run."""

import math
from itertools import product

from sim.measure.metrics import MetricValue
from sim.report.sweeps.curves import SweptCell


def value(metric, figure, unit="share", half=0.02, n=5):
    return MetricValue(metric, figure, unit, n, figure - half, figure + half, 0)


def swept(grid, figure_of, metrics=("detection.recall",), unit="share"):
    """A cell for each point of the grid; ``figure_of(*texts)`` is each metric there."""
    cells = []
    for texts in product(*grid.values()):
        figure = figure_of(*texts)
        values = {name: value(name, figure, unit) for name in metrics if not math.isnan(figure)}
        cells.append(SweptCell(dict(zip(grid, texts, strict=True)), values))
    return cells


LOSS = {"topology.loss": ["0%", "10%", "50%"], "detection.decide": ["local", "root"]}


def falling(loss, decide="root"):
    """Recall that falls with loss where the root decides, and does not where locals do."""
    share = float(loss.removesuffix("%")) / 100
    return 0.9 - (share if decide == "root" else 0)
