"""How costs grow with a plain number that was swept."""

import json
import math
from itertools import product
from pathlib import Path

import pytest

from sim.campaign.store import plain
from sim.measure.cells import MISSING, CellResult
from sim.measure.metrics import MetricValue
from sim.report.growth.table import as_json, as_markdown, as_text, grown
from sim.scenario.grid import Cell
from tests.measure.synthetic import make_plan

PLAN = make_plan()
KINDS = {"blocks": 1.5, "all_pairs": 2.0}


def value(name, figure):
    return MetricValue(name, figure, "1", 1, math.nan, math.nan, 0)


def cell(settings, costs, verdict="pass"):
    values = [value(name, figure) for name, figure in costs.items()]
    return CellResult(Cell(settings, PLAN), Path("."), verdict, values)


def swept(sizes=("100", "300", "1000"), path="agents.count", names=("dependence.operations",)):
    """Two methods at some sizes, each with a cost that is a power of the size."""
    cells = []
    for kind, size in product(KINDS, sizes):
        number = float(size.rstrip("%ms"))
        costs = dict.fromkeys(names, 3 * number ** KINDS[kind])
        cells.append(cell({"kind": kind, path: size}, costs))
    return cells


def test_there_is_an_exponent_for_each_combination_of_what_else_was_swept():
    found = grown(swept())
    assert [one.further for one in found] == [{"kind": kind} for kind in KINDS]
    for one, expected in zip(found, KINDS.values(), strict=True):
        assert one.fits["dependence.operations"].exponent == pytest.approx(expected)


def test_the_table_says_with_what_costs_grow():
    heading, headers, first, second = as_text(grown(swept())).splitlines()
    assert heading == "growth with agents.count: fitted exponents, and their standard errors:"
    assert headers.split() == ["kind", "dependence.operations"]
    assert first.split() == ["blocks", "1.500", "±", "0.000"]
    assert second.split() == ["all_pairs", "2.000", "±", "0.000"]


def test_in_markdown_it_is_a_table():
    lines = as_markdown(grown(swept())).splitlines()
    assert lines[1] == "| :-- | --: |"
    assert len(lines) == 2 + len(KINDS)


def test_programs_get_numbers():
    first = json.loads(json.dumps(plain(as_json(grown(swept())))))[0]
    assert first["path"] == "agents.count"
    assert first["fits"]["dependence.operations"]["points"] == 3


@pytest.mark.parametrize("sizes", [("100", "1000"), ("1%", "2%", "4%"), ("1ms", "2ms", "4ms")])
def test_two_sizes_or_numbers_with_a_unit_say_nothing_of_growth(sizes):
    assert grown(swept(sizes)) == []


def test_a_sweep_that_is_empty_or_without_numbers_has_no_growth():
    assert grown([]) == []
    assert grown([cell({"kind": kind}, {"dependence.bytes": 1.0}) for kind in "abc"]) == []


def test_what_is_no_cost_has_no_growth():
    assert grown(swept(names=("coverage.mean",))) == []


def test_all_traffic_together_is_told_only_where_nothing_tells_it_apart():
    assert list(grown(swept(names=("traffic.bytes",)))[0].fits) == ["traffic.bytes"]
    both = grown(swept(names=("traffic.bytes", "dependence.bytes")))
    assert list(both[0].fits) == ["dependence.bytes"]


def test_a_cost_that_is_nought_somewhere_has_no_exponent():
    cells = swept(names=("dependence.operations", "dependence.bytes"))
    cells[0].values[1:] = [value("dependence.bytes", 0.0)]
    first, second = grown(cells)
    assert first.fits["dependence.bytes"] is None
    assert second.fits["dependence.bytes"] is not None
    assert "–" in as_text([first])


def test_a_cell_that_is_not_stored_counts_for_nothing():
    more = cell({"kind": "blocks", "agents.count": "9000"}, {}, MISSING)
    (first, *_) = grown([*swept(), more])
    assert first.fits["dependence.operations"].points == 3
