"""Where marks stand on the map."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sim.network.placement import place
from sim.network.routes import Routes
from sim.report.html.network_map import APART_PX, WIDTH_PX, moved_apart, network_map
from sim.report.html.states import Member
from sim.scenario.facts import site_graph
from sim.telemetry.tree import Tree
from tests.report.html.made import RING, made

MEMBERS = [Member(f"region-{number}", (number,)) for number in range(8)]


def overlaps(places, aspect):
    """The obvious way: every pair."""
    px = places / 100 * [WIDTH_PX, WIDTH_PX / aspect]
    gaps = [np.abs(a - b) for row, a in enumerate(px) for b in px[:row]]
    return sum(bool((gap < np.array(APART_PX) - 1).all()) for gap in gaps)


@given(st.lists(st.tuples(st.floats(9, 91), st.floats(8, 92)), min_size=2, max_size=10))
def test_no_mark_covers_another_and_none_leaves_the_box(wanted):
    apart = moved_apart(np.array(wanted), aspect=1.0)
    assert overlaps(apart, 1.0) == 0
    assert ((apart >= 7.9) & (apart <= 92.1)).all()


def test_marks_that_are_far_enough_apart_stay_where_they_are():
    wanted = np.array([[10.0, 10.0], [50.0, 50.0], [90.0, 90.0]])
    assert np.array_equal(moved_apart(wanted, 1.5), wanted)


def test_a_region_stands_at_the_site_at_which_the_engine_puts_its_aggregator():
    plan = made(source=RING).plan
    graph = site_graph(plan)
    tree = Tree(tuple(tier.count for tier in plan.tiers))
    seats = place(tree.counts, [level.starts for level in tree.levels], Routes(graph), "regions")
    spots = network_map(plan, MEMBERS).spots
    assert [spot.site for spot in spots] == [graph.names[site] for site in seats[-2]]


def test_a_map_of_one_site_is_a_tree_with_a_line_to_each_region():
    found = network_map(made().plan, MEMBERS)
    assert len(found.links) == len(found.spots) == 8
    assert all(spot.top > found.root.top for spot in found.spots)
    assert not found.sites
