"""Shortest paths, what breaks them and which link they use."""

import itertools

import networkx as nx
import numpy as np
import pytest

from sim.network.importers import read_sites
from sim.network.routes import Routes
from sim.network.sites import Link, SiteGraph


def graph(count: int, *links: tuple[int, int, int], measured: bool = False) -> SiteGraph:
    names = tuple(f"site-{site}" for site in range(count))
    within = tuple(range(100, 100 + count))
    return SiteGraph(names, (None,) * count, tuple(Link(*link) for link in links), within, measured)


SQUARE = graph(4, (0, 1, 10), (1, 2, 10), (2, 3, 10), (0, 3, 25))
"""0 - 1 - 2 - 3 and a slower way back from 3 to 0."""


@pytest.fixture(scope="module")
def geant() -> Routes:
    return Routes(read_sites("topohub", {"name": "topozoo/Geant2010"}, detour=1.7, hop_ns=50_000))


def path_delay_ns(routes: Routes, path: list[int]) -> int:
    weight = {(link.a, link.b): link.delay_ns for link in routes.graph.links}
    return sum(weight[min(step), max(step)] for step in itertools.pairwise(path))


def test_the_delay_is_that_of_the_shortest_path():
    assert Routes(SQUARE).delay_ns()[0, 2] == 20


def test_the_diagonal_is_the_delay_within_the_site():
    assert list(np.diag(Routes(SQUARE).delay_ns())) == [100, 101, 102, 103]


def test_a_broken_link_is_avoided():
    assert Routes(SQUARE).delay_ns(frozenset({(0, 1)}))[0, 1] == 45


def test_a_link_may_be_named_from_either_end():
    routes = Routes(SQUARE)
    assert np.array_equal(
        routes.delay_ns(frozenset({(1, 0)})), routes.delay_ns(frozenset({(0, 1)}))
    )


def test_sites_that_are_cut_off_are_infinitely_far():
    delay_ns = Routes(SQUARE).delay_ns(frozenset({(0, 1), (0, 3)}))
    assert np.all(np.isinf(delay_ns[0, 1:])) & np.isfinite(delay_ns[0, 0])


def test_without_any_link_everybody_is_alone():
    broken = frozenset((link.a, link.b) for link in SQUARE.links)
    assert np.isfinite(Routes(SQUARE).delay_ns(broken)).sum() == 4


def test_breaking_links_and_mending_them_leaves_no_trace():
    routes = Routes(SQUARE)
    before = routes.delay_ns()
    routes.delay_ns(frozenset({(0, 1)}))
    assert np.array_equal(before, routes.delay_ns())


def test_a_changed_result_does_not_change_the_next_one():
    routes = Routes(SQUARE)
    routes.delay_ns()[:] = 0
    assert routes.delay_ns()[0, 2] == 20


def test_a_link_that_does_not_exist_cannot_break():
    with pytest.raises(AssertionError):
        Routes(SQUARE).delay_ns(frozenset({(0, 2)}))


def test_a_slowed_link_is_paid_by_all_its_paths_and_not_avoided():
    delay_ns = Routes(SQUARE).delay_ns(slowed={(1, 0): 5.0})
    assert (delay_ns[0, 1], delay_ns[0, 2], delay_ns[2, 3]) == (50, 60, 10)


def test_two_slowed_links_of_one_path_add_up():
    assert Routes(SQUARE).delay_ns(slowed={(0, 1): 2.0, (1, 2): 3.0})[0, 2] == 20 + 30


def test_a_path_names_its_sites_from_source_to_target():
    routes = Routes(SQUARE)
    assert (routes.path(0, 2), routes.path(2, 0), routes.path(1, 1)) == ([0, 1, 2], [2, 1, 0], [1])


def test_there_is_no_path_to_a_site_that_is_cut_off():
    assert Routes(SQUARE).path(0, 2, frozenset({(0, 1), (0, 3)})) == []


def test_of_equal_paths_the_one_over_the_smaller_last_site_is_taken():
    links = ((0, 1, 5), (0, 2, 5), (1, 3, 5), (2, 3, 5))
    for order in itertools.permutations(links):
        assert Routes(graph(4, *order)).path(0, 3) == [0, 1, 3]


def test_measured_links_are_used_even_where_a_third_site_would_be_faster():
    routes = Routes(graph(3, (0, 1, 10), (1, 2, 10), (0, 2, 50), measured=True))
    assert (routes.delay_ns()[0, 2], routes.path(0, 2)) == (50, [0, 2])


def test_a_broken_measured_link_is_replaced_by_a_third_site():
    routes = Routes(graph(3, (0, 1, 10), (1, 2, 10), (0, 2, 50), measured=True))
    assert routes.delay_ns(frozenset({(0, 2)}))[0, 2] == 20


def test_every_path_of_geant_is_as_long_as_its_delay(geant):
    delay_ns = geant.delay_ns()
    for source, target in itertools.permutations(range(geant.sites), 2):
        assert path_delay_ns(geant, geant.path(source, target)) == delay_ns[source, target]


def test_the_delays_of_geant_are_those_of_networkx(geant):
    plain = nx.Graph()
    plain.add_weighted_edges_from((link.a, link.b, link.delay_ns) for link in geant.graph.links)
    expected = nx.floyd_warshall_numpy(plain, nodelist=range(geant.sites))
    np.fill_diagonal(expected, geant.graph.within_ns)
    assert np.array_equal(geant.delay_ns(), expected)


@pytest.mark.parametrize("broken", [frozenset(), frozenset({(0, 1), (0, 4)})], ids=["all", "cut"])
def test_a_link_is_crossed_by_exactly_the_paths_that_contain_it(geant, broken):
    pairs = list(itertools.product(range(geant.sites), repeat=2))
    steps = {pair: set(itertools.pairwise(geant.path(*pair, broken))) for pair in pairs}
    for link in geant.graph.links[:12]:
        crosses = geant.crosses(link.a, link.b, broken)
        for pair in pairs:
            assert crosses[pair] == bool(steps[pair] & {(link.a, link.b), (link.b, link.a)})


def test_a_broken_link_is_crossed_by_nobody(geant):
    link = geant.graph.links[0]
    assert not geant.crosses(link.a, link.b, frozenset({(link.a, link.b)})).any()


def test_the_centre_of_a_line_is_its_middle():
    assert Routes(graph(5, *((site, site + 1, 7) for site in range(4)))).centre() == 2


def test_a_single_site_is_its_own_centre():
    routes = Routes(read_sites("point", {"within_ns": 9}))
    assert (routes.centre(), routes.delay_ns().tolist()) == (0, [[9]])
