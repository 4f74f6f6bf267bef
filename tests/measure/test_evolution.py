"""What is measured of a changing tree, from tables that can be counted by hand."""

import math
from dataclasses import replace

import pytest

from sim.measure.evolution import EVOLUTION_FIGURES
from sim.measure.tables import empty
from tests.report.evolved import evolved, evolved_plan


def figure(name, tables=None):
    return EVOLUTION_FIGURES[f"evolution.{name}"](tables or evolved(), evolved_plan())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("operations", 4 / 3),  # two splits, a borrow and a merge; one agent joined, two left
        ("moved", (25 + 26 + 7) / 3),  # the merge is of regionals: it moves four locals
        ("messages", 8 * 2 / 3),
        ("refused", 1),
        ("double", 0),
        ("uncounted", 250 / 5000),
        ("fan_in.max", 44),
        ("out_of_range", 5 / 120),  # the first shape is the scenario's
    ],
)
def test_figures_are_those_counted_by_hand(name, value):
    assert figure(name) == pytest.approx(value)


@pytest.mark.parametrize("column", ["agents_counted", "values_counted"])
def test_one_agent_or_value_too_many_is_counted_as_double(column):
    census = {**evolved().census}
    more = census[column].copy()
    more[3] += 1
    assert figure("double", evolved(census={column: more})) == 1


def test_rates_are_undefined_where_nobody_comes_or_goes():
    still = replace(evolved(), operations=empty("operations"))
    assert math.isnan(figure("operations", still))
    assert figure("refused", still) == 0
