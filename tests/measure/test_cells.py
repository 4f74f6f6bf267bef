"""Which metrics of a sweep are worth a column if nobody says."""

import math
from pathlib import Path

from sim.measure.cells import CellResult, most_different
from sim.measure.metrics import MetricValue
from sim.scenario.grid import Cell


def cells(**values):
    """Two or more cells; each metric has a value in each of them."""
    return [
        CellResult(
            Cell({"topology.loss": str(number)}, None),
            Path(),
            "pass",
            [MetricValue(name, value, "s", 1, value, value, 0) for name, value in found],
        )
        for number, found in enumerate(
            [list(zip(values, row, strict=True)) for row in zip(*values.values(), strict=True)]
        )
    ]


def test_what_differs_most_for_its_size_comes_first():
    results = cells(large=[1000, 1100], small=[0.1, 0.3], middle=[1.0, 2.0])
    assert most_different(results, 2) == ["small", "middle"]


def test_what_is_the_same_in_all_cells_is_left_out():
    assert most_different(cells(same=[0.5, 0.5], nought=[0.0, 0.0], lost=[0.0, 3.0]), 3) == ["lost"]


def test_a_figure_that_is_known_in_one_cell_alone_says_nothing_about_the_others():
    assert most_different(cells(one=[math.nan, 3.0], same=[1.0, 1.0]), 3) == []


def test_what_never_ends_in_one_cell_differs_from_what_ends_in_another():
    results = cells(both=[math.inf, math.inf], one=[math.inf, 2.0], little=[1.0, 2.0])
    assert most_different(results, 3) == ["one", "little"]


def test_of_equals_the_one_that_is_measured_first_is_first():
    assert most_different(cells(b=[0.0, 1.0], a=[0.0, 2.0], c=[3.0, 0.0]), 2) == ["b", "a"]
