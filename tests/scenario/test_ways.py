"""Delays between sites are those of the run, found without numpy."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.network.placement import apart
from sim.network.routes import Routes
from sim.network.sites import Link, SiteGraph, components
from sim.scenario.facts import site_graph
from sim.scenario.ways import Ways, replica_sites
from tests.scenario.texts import GOOD, plan_of

COUNT = 6
PAIRS = [(a, b) for a in range(COUNT) for b in range(a + 1, COUNT)]


@st.composite
def graphs(draw: st.DrawFn) -> SiteGraph:
    """Six joined sites; delays are few, so that many paths are equally long."""
    pairs = draw(st.lists(st.sampled_from(PAIRS), unique=True, min_size=COUNT - 1))
    links = tuple(Link(a, b, draw(st.integers(1, 5))) for a, b in sorted(pairs))
    within = tuple(draw(st.lists(st.integers(0, 3), min_size=COUNT, max_size=COUNT)))
    names = tuple("abcdef")
    return SiteGraph(names, (None,) * COUNT, links, within, measured=draw(st.booleans()))


@settings(max_examples=40)
@given(graphs().filter(lambda graph: len(components(graph)) == 1), st.integers(1, 8))
def test_ways_and_seats_are_those_of_the_routes(graph, count):
    ways, routes = Ways(graph), Routes(graph)
    found = [ways.from_site(site) for site in range(COUNT)]
    np.testing.assert_array_equal(found, routes.delay_ns())
    assert ways.centre() == routes.centre()
    assert ways.slowest_ns() == routes.delay_ns().max()
    assert ways.apart(count) == apart(routes.centre(), count, routes)


@pytest.mark.parametrize(
    ("tree", "names"),
    [
        ("{levels: 3}", ["Kansas City"]),
        ("{replicas: {root: 2}, replica_sites: [Denver, Seattle]}", ["Denver", "Seattle"]),
    ],
)
def test_replicas_stand_where_the_file_says(tree, names):
    plan = plan_of(GOOD + f"tree: {tree}\n")
    ways = Ways(site_graph(plan))
    assert [ways.graph.names[site] for site in replica_sites(plan, ways)] == names
