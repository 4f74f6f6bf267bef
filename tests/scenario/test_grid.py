"""A grid is every combination of its values, each as good or as wrong as a file of its own."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.errors import ScenarioError
from sim.scenario.document import parse_value
from sim.scenario.flow import flow
from sim.scenario.grid import (
    REFUSED,
    check_no_setting_is_hidden,
    chosen,
    grid_facts,
)
from sim.scenario.loader import load_scenario
from tests.scenario.texts import GOOD, mistakes_in, plan_of

GRID = "sweep: {topology.loss: [0%, 1%, 10%], tree.local: [10, 20]}\n"
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(min_size=1), inner, max_size=3)
    ),
    max_leaves=8,
)


@pytest.fixture
def cells_of(tmp_path):
    """Loads a text and gives its cells."""

    def load(text, *changes):
        (tmp_path / "scenario.yaml").write_text(text)
        return load_scenario(tmp_path / "scenario.yaml", changes).cells

    return load


def test_the_last_path_changes_fastest(cells_of):
    assert [str(cell) for cell in cells_of(GOOD + GRID)] == [
        "topology.loss=0% tree.local=10",
        "topology.loss=0% tree.local=20",
        "topology.loss=1% tree.local=10",
        "topology.loss=1% tree.local=20",
        "topology.loss=10% tree.local=10",
        "topology.loss=10% tree.local=20",
    ]


def test_a_cell_is_what_set_would_give(cells_of, tmp_path):
    grid = (
        "sweep: {duration: [30s, 1min], topology.jitter: [1ms, {kind: normal, mean: 1ms, sd: 0s}]}"
    )
    for cell in cells_of(GOOD + grid):
        assert load_scenario(tmp_path / "scenario.yaml", cell.changes).plan == cell.plan


def test_a_file_without_a_sweep_has_no_cells(cells_of):
    assert cells_of(GOOD) == ()


def test_the_scenario_itself_stays_as_it_is_written():
    assert plan_of(GOOD + GRID) == plan_of(GOOD)


def test_a_change_from_the_command_line_holds_in_every_cell(cells_of):
    cells = cells_of(GOOD + GRID, "agents.count=500", "sweep.tree.local=[5]")
    assert {cell.plan.agents.count for cell in cells} == {500}
    assert {cell.settings["tree.local"] for cell in cells} == {"5"}


def test_a_whole_block_can_be_swept_and_then_a_value_of_it(cells_of):
    grid = """sweep:
  topology: [{kind: point}, {kind: ring, sites: 4, length_km: 100}]
  topology.loss: [1%, 2%]
"""
    found = [
        (c.plan.topology.source.kind, c.plan.topology.loss.options) for c in cells_of(GOOD + grid)
    ]
    assert [kind for kind, _ in found] == ["point", "point", "ring", "ring"]
    assert found[0][1] == found[2][1] != found[1][1]


@pytest.mark.parametrize(
    ("grid", "expected"),
    [
        (
            "sweep: {topology.loss: [0%, 130%]}",
            "6:29: topology.loss: must be from 0% to 100%, not 130%",
        ),
        (
            "sweep: {topolgy.loss: [0%]}",
            "6:24: topolgy: unknown key (with topolgy.loss=0%), did you mean topology?",
        ),
        (
            "sweep: {topology.jitter: [{kind: lognormal, median: 1ms, sgma: 1}]}",
            "6:27: topology.jitter.sigma: is missing",
        ),
        (
            "sweep: {topology.jitter: [{kind: lognormal, median: 1ms, sigma: -1}]}",
            "6:58: topology.jitter.sigma: must be at least 0, not -1",
        ),
        ("sweep: {duration: 5s}", "6:9: sweep.duration: must be a list, not '5s'"),
        (
            "sweep: {duration: []}",
            "6:9: sweep.duration: must have 1 or more entries, not an empty list",
        ),
        ("sweep: [1]", "6:1: sweep: must be a map of keys to values, not a list of 1"),
        ("sweep: {tree..local: [1]}", "'tree..local' is not a path such as faults[0].until"),
        ("sweep:\n  faults[0].at: [1s]", "7:3: sweep.faults[0].at: faults is not a list"),
        (
            "sweep: {duration: [5s, 6s, 5s]}",
            "6:28: sweep.duration[2]: 5s is there twice",
        ),
        (
            "sweep: {tree.local: [1], tree: [{}]}",
            "6:9: sweep.tree.local: is overwritten by tree, which stands behind it",
        ),
        (
            "sweep: {agents.rate: [[1, {a: 2}], 1s]}",
            "6:23: agents.rate: ",
        ),
    ],
)
def test_a_mistake_in_a_grid_is_told_where_it_stands(grid, expected):
    (mistake,) = mistakes_in(GOOD + grid)[:1]
    assert expected in mistake


def test_all_mistakes_of_file_and_grid_come_at_once():
    grid = "sede: 1\nsweep: {topology.loss: [0%, 130%, -1%], tree.local: [0, 1, 2]}\n"
    assert [line.split(": ")[0:2] for line in mistakes_in(GOOD + grid)] == [
        ["scenario.yaml:6:1", "sede"],
        ["scenario.yaml:7:29", "topology.loss"],
        ["scenario.yaml:7:35", "topology.loss"],
        ["scenario.yaml:7:54", "tree.local"],
    ]


def test_a_value_that_makes_another_part_wrong_is_to_blame():
    fault = "faults: [{kind: partition, groups: [region-7, rest], at: 20s, until: 35s}]\n"
    grid = "sweep: {topology.loss: [0%, 1%], tree.regional: [7, 30]}\n"
    assert mistakes_in(GOOD + fault + grid) == [
        "scenario.yaml:7:53: faults[0].groups[0][0]: there is no region-7 (with tree.regional=30), "
        "they are region-0 to region-1"
    ]


def test_two_values_that_are_wrong_only_together_are_both_named():
    fault = "faults: [{kind: partition, groups: [region-4, rest], at: 20s, until: 35s}]\n"
    grid = "sweep: {agents.count: [1000, 600], tree.regional: [7, 10]}\n"
    assert mistakes_in(GOOD + fault + grid) == [
        "scenario.yaml:7:55: faults[0].groups[0][0]: there is no region-4 "
        "(with agents.count=600 tree.regional=10), they are region-0 to region-2"
    ]


@pytest.mark.parametrize("block", REFUSED)
def test_what_must_be_the_same_in_all_cells_cannot_be_swept(block):
    (mistake,) = mistakes_in(GOOD + f"sweep: {{{block}: [a, b]}}\n")
    assert f"6:9: sweep.{block}: {block} cannot be swept: {REFUSED[block]}" in mistake


def test_a_grid_of_more_than_ten_thousand_cells_is_refused_before_any_is_read():
    values = ", ".join(map(str, range(1, 102)))
    grid = f"sweep: {{tree.local: [{values}], agents.features: [{values}]}}\n"
    assert mistakes_in(GOOD + grid) == [
        "scenario.yaml:6:1: sweep: makes 10201 cells; at most 10000 are allowed"
    ]


def test_a_wrong_value_of_set_is_told_without_a_line():
    (mistake,) = mistakes_in(GOOD, "sweep={topology.loss: [130%]}")
    assert mistake.startswith("--set sweep={topology.loss: [130%]}: topology.loss: must be from")


def test_what_the_file_itself_gets_wrong_is_told_once():
    grid = "thresholds: {coverage.mean: {}}\n" + GRID
    assert mistakes_in(GOOD + grid) == [
        "scenario.yaml:6:14: thresholds.coverage.mean: needs a min or a max"
    ]


def test_only_chooses_cells_by_value_however_it_is_written(cells_of):
    cells = cells_of(GOOD + GRID)
    picked = chosen(cells, ["tree.local= 20", 'topology.loss="1%"', "topology.loss=10%"])
    assert [str(cell) for cell in picked] == [
        "topology.loss=1% tree.local=20",
        "topology.loss=10% tree.local=20",
    ]
    assert chosen(cells, []) == cells


@pytest.mark.parametrize(
    ("only", "expected"),
    [
        ("tree.locl=1", "--only tree.locl=1: 'tree.locl' is not swept, did you mean tree.local?"),
        ("tree.local=7", "--only tree.local=7: is not in the grid: tree.local takes 10, 20"),
        ("tree.local", "is not in the grid"),
        ("tree.local=[", "is not in the grid"),
    ],
)
def test_only_refuses_what_is_not_in_the_grid(cells_of, only, expected):
    with pytest.raises(ScenarioError) as caught:
        chosen(cells_of(GOOD + GRID), [only])
    assert expected in str(caught.value)


@pytest.mark.parametrize("change", ["tree.local=3", "topology.loss.kind=none"])
def test_a_change_that_the_sweep_would_overwrite_is_refused(cells_of, change):
    with pytest.raises(ScenarioError, match="is swept in this file"):
        check_no_setting_is_hidden(cells_of(GOOD + GRID), [change])


def test_a_change_around_a_swept_value_is_not_hidden(cells_of):
    check_no_setting_is_hidden(cells_of(GOOD + GRID), ["topology={kind: point}", "seed=3"])


def test_the_facts_of_a_grid_count_all_replications(cells_of):
    facts = grid_facts(cells_of(GOOD + "replications: 5\nsweep: {duration: [10s, 30s]}\n"))
    one = grid_facts(cells_of(GOOD + "sweep: {duration: [10s]}\n"))
    assert (facts.cells, facts.runs) == (2, 10)
    assert math.isclose(facts.messages, 5 * 4 * one.messages)


@given(VALUES)
def test_a_value_written_as_one_line_is_read_as_the_same_value(value):
    text = flow(value)
    assert "\n" not in text
    assert repr(parse_value(text)) == repr(value)
