"""What is measured of a changing tree, from tables that can be counted by hand."""

import math
from dataclasses import replace

import pytest

from sim.measure.evolution import EVOLUTION_FIGURES
from sim.measure.tables import empty
from tests.report.evolved import ADAPTED, evolved, evolved_plan


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


def test_who_is_dealt_out_or_shuffled_has_moved_like_who_is_split_off():
    did = [("leave", 1, 10, 5), *ADAPTED, ("reseat", 1, 30, 40), ("move", 2, 4, 40)]
    assert figure("moved", evolved(did=did)) == (9 + 30) / 10


def test_what_is_refused_again_is_one_wish():
    did = [("refused split", 1, 0, epoch) for epoch in (10, 20, 30)]
    assert figure("refused", evolved(did=did, operations={"again": [False, True, True]})) == 1


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
