"""Where nodes stand, and what that does to the way to the parent."""

import itertools

import numpy as np
import pytest

from sim.network.importers import read_sites
from sim.network.placement import order_sites, place
from sim.network.routes import Routes
from sim.network.sites import Link, SiteGraph

COUNTS = (1000, 50, 7, 1)
STARTS = tuple(np.arange(above + 1) * below // above for below, above in itertools.pairwise(COUNTS))


@pytest.fixture(scope="module")
def geant() -> Routes:
    return Routes(read_sites("topohub", {"name": "topozoo/Geant2010"}))


def line(sites: int) -> Routes:
    links = tuple(Link(site, site + 1, 5) for site in range(sites - 1))
    names = tuple(map(str, range(sites)))
    return Routes(SiteGraph(names, (None,) * sites, links, (0,) * sites))


def mean_hop_ns(routes: Routes, how: str) -> float:
    agents, locals_, *_ = place(COUNTS, STARTS, routes, how)
    parent = np.repeat(np.arange(COUNTS[1]), np.diff(STARTS[0]))
    return float(routes.delay_ns()[agents, locals_[parent]].mean())


def test_the_order_holds_every_site_once(geant):
    assert sorted(order_sites(geant)) == list(range(geant.sites))


def test_a_line_is_ordered_from_end_to_end():
    assert order_sites(line(6)).tolist() in ([0, 1, 2, 3, 4, 5], [5, 4, 3, 2, 1, 0])


def test_a_short_branch_is_visited_before_the_long_one():
    arm, long, short = ((0, 1), (1, 2), (2, 3)), ((3, 4), (4, 5)), ((3, 6),)
    links = tuple(Link(*ends, 5) for ends in arm + long + short)
    routes = Routes(SiteGraph(tuple("abcdefg"), (None,) * 7, links, (0,) * 7))
    assert order_sites(routes).tolist() == [0, 1, 2, 3, 6, 4, 5]


def test_neighbours_in_the_order_are_much_nearer_than_two_sites_usually_are(geant):
    delay_ns, order = geant.delay_ns(), order_sites(geant)
    assert delay_ns[order[:-1], order[1:]].mean() < 0.6 * delay_ns.mean()


def test_parts_that_are_not_joined_follow_each_other():
    links = (Link(0, 2, 5), Link(1, 3, 5))
    routes = Routes(SiteGraph(tuple("abcd"), (None,) * 4, links, (0,) * 4))
    order = order_sites(routes).tolist()
    assert sorted(map(sorted, (order[:2], order[2:]))) == [[0, 2], [1, 3]]


def test_regions_keep_agents_much_nearer_to_their_aggregator_than_spread(geant):
    assert mean_hop_ns(geant, "regions") < 0.1 * mean_hop_ns(geant, "spread")


@pytest.mark.parametrize("how", ["regions", "spread"])
def test_every_node_of_every_tier_has_a_site(geant, how):
    seats = place(COUNTS, STARTS, geant, how)
    assert tuple(len(tier) for tier in seats) == COUNTS
    assert all(tier.dtype == np.int32 and np.all(tier < geant.sites) for tier in seats)


@pytest.mark.parametrize("how", ["regions", "spread"])
def test_the_root_stands_at_the_centre(geant, how):
    assert place(COUNTS, STARTS, geant, how)[-1].tolist() == [geant.centre()]


@pytest.mark.parametrize("how", ["regions", "spread"])
def test_sites_hold_the_same_number_of_agents_or_one_more(geant, how):
    agents = place(COUNTS, STARTS, geant, how)[0]
    counts = np.bincount(agents, minlength=geant.sites)
    assert counts.max() - counts.min() <= 1


def test_an_aggregator_stands_where_its_middle_agent_does(geant):
    seats = place(COUNTS, STARTS, geant, "regions")
    for local in range(COUNTS[1]):
        first, last = STARTS[0][local], STARTS[0][local + 1]
        assert seats[1][local] == seats[0][(first + last) // 2]


def test_spread_deals_every_tier_over_the_sites_in_turn(geant):
    order, seats = order_sites(geant), place(COUNTS, STARTS, geant, "spread")
    for tier in seats[:-1]:
        assert np.array_equal(tier, order[np.arange(len(tier)) % geant.sites])


def test_fewer_agents_than_sites_stand_apart():
    seats = place((3, 1), (np.array([0, 3]),), line(9), "regions")
    assert len(set(seats[0].tolist())) == 3


def test_at_a_point_everybody_is_at_the_same_site():
    routes = Routes(read_sites("point", {}))
    assert all(not tier.any() for tier in place(COUNTS, STARTS, routes, "regions"))
