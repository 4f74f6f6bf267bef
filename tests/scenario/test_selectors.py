"""Names select adjacent nodes, tier by tier."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.scenario.selectors import TreeShape, agents_of, contains, overlap, ranges
from sim.telemetry.tree import Tree

TREE = TreeShape(("agent", "local", "regional", "root"), (1000, 50, 8, 1))


@pytest.mark.parametrize(
    ("selector", "selected"),
    [
        ("agent-17", {0: (17, 18)}),
        ("locals", {1: (0, 50)}),
        ("root", {3: (0, 1)}),
        ("regional-2", {2: (2, 3)}),
        ("region-0", {2: (0, 1), 1: (0, 7), 0: (0, 140)}),
        ("region-7", {2: (7, 8), 1: (44, 50), 0: (880, 1000)}),
        ("all", {0: (0, 1000), 1: (0, 50), 2: (0, 8), 3: (0, 1)}),
        ("5%", None),
        ("site:Denver", None),
        ("rest", None),
    ],
)
def test_a_selector_selects_a_range_in_each_tier(selector, selected):
    assert ranges(selector, TREE) == selected


@given(st.lists(st.integers(1, 30), min_size=2, max_size=4), st.data())
def test_regions_are_those_of_the_telemetry_tree(fan_ins, data):
    counts = [1]
    for fan_in in fan_ins:
        counts.append(counts[-1] * fan_in + data.draw(st.integers(0, 5)))
    counts = tuple(reversed(counts))
    shape = TreeShape(tuple(f"t{tier}" for tier in range(len(counts))), counts)
    region = data.draw(st.integers(0, shape.regions - 1))
    slices = Tree(counts).descendants(len(counts) - 2, region)
    expected = {tier: (piece.start, piece.stop) for tier, piece in enumerate(slices)}
    assert ranges(f"region-{region}", shape) == expected


def test_the_regions_share_all_agents_among_themselves():
    firsts = [ranges(f"region-{region}", TREE)[0] for region in range(TREE.regions)]
    agents = np.concatenate([np.arange(first, last) for first, last in firsts])
    assert np.array_equal(agents, np.arange(1000))


@pytest.mark.parametrize(
    ("selector", "agents"),
    [
        ("agent-17", (17, 18)),
        ("local-2", (40, 60)),
        ("regional-7", (880, 1000)),
        ("region-0", (0, 140)),
        ("locals", (0, 1000)),
        ("root", (0, 1000)),
        ("all", (0, 1000)),
        ("2%", None),
        ("site:Denver", None),
    ],
)
def test_a_name_stands_for_the_agents_below_it(selector, agents):
    assert agents_of(selector, TREE) == agents


def test_two_names_overlap_in_the_first_node_that_is_in_both():
    assert overlap(ranges("region-1", TREE), ranges("agents", TREE)) == (0, 140)
    assert overlap(ranges("region-1", TREE), ranges("region-2", TREE)) is None


def test_a_region_contains_its_locals_but_not_the_root():
    assert contains(ranges("region-0", TREE), ranges("local-6", TREE))
    assert not contains(ranges("region-0", TREE), ranges("local-7", TREE))
    assert not contains(ranges("region-0", TREE), ranges("root", TREE))
