"""Sites, links and what joins them."""

import math

import pytest

from sim.network.sites import (
    Link,
    SiteGraph,
    SiteMap,
    components,
    distinct_names,
    great_circle_km,
    lay_fibre,
)


def graph(count: int, *links: Link) -> SiteGraph:
    names = tuple(f"site-{site}" for site in range(count))
    return SiteGraph(names, (None,) * count, links, (0,) * count)


def site_map(count: int, *ways: tuple[int, int, float]) -> SiteMap:
    return SiteMap(tuple(map(str, range(count))), (None,) * count, ways)


def test_fibre_takes_five_microseconds_a_kilometre():
    laid = lay_fibre(site_map(2, (0, 1, 1000.0)), detour=1.0, hop_ns=0, within_ns=0)
    assert laid.links == (Link(0, 1, 5_000_000),)


def test_the_detour_stretches_the_way_but_not_the_hop():
    laid = lay_fibre(site_map(2, (0, 1, 1000.0)), detour=1.5, hop_ns=40_000, within_ns=0)
    assert laid.links[0].delay_ns == 7_500_000 + 40_000


def test_of_parallel_ways_in_any_direction_the_shortest_is_kept():
    ways = (0, 1, 300.0), (1, 0, 200.0), (0, 1, 400.0)
    laid = lay_fibre(site_map(2, *ways), detour=1.0, hop_ns=0, within_ns=0)
    assert laid.links == (Link(0, 1, 1_000_000),)


def test_a_way_from_a_site_to_itself_is_dropped():
    assert lay_fibre(site_map(1, (0, 0, 5.0)), detour=1.0, hop_ns=0, within_ns=7).links == ()


def test_two_sites_at_one_place_are_still_a_nanosecond_apart():
    laid = lay_fibre(site_map(2, (0, 1, 0.0)), detour=1.0, hop_ns=0, within_ns=0)
    assert laid.links[0].delay_ns == 1


def test_every_site_has_the_delay_within_that_was_asked_for():
    assert lay_fibre(site_map(3), detour=1.0, hop_ns=0, within_ns=9).within_ns == (9, 9, 9)


def test_from_pole_to_pole_is_half_the_circumference():
    assert great_circle_km((0.0, 90.0), (0.0, -90.0)) == pytest.approx(math.pi * 6371.0088)


def test_the_great_circle_crosses_the_date_line():
    assert great_circle_km((179.0, 0.0), (-179.0, 0.0)) == pytest.approx(2 * 111.195, rel=1e-4)


def test_london_and_paris_are_344_km_apart():
    assert great_circle_km((-0.1278, 51.5074), (2.3522, 48.8566)) == pytest.approx(343.6, abs=0.5)


def test_a_repeated_name_gets_a_number():
    assert distinct_names(["a", "b", "a", "a"]) == ("a", "b", "a-2", "a-3")


def test_a_number_never_takes_a_name_that_another_site_has():
    assert distinct_names(["a", "a", "a-2"]) == ("a", "a-3", "a-2")


def test_a_connected_graph_is_one_component():
    assert components(graph(3, Link(0, 2, 1), Link(1, 2, 1))) == [[0, 1, 2]]


def test_components_are_sorted_by_their_smallest_site():
    assert components(graph(5, Link(1, 4, 1), Link(0, 3, 1))) == [[0, 3], [1, 4], [2]]


def test_no_sites_have_no_components():
    assert components(graph(0)) == []


@pytest.mark.parametrize("link", [Link(1, 0, 5), Link(0, 0, 5), Link(0, 9, 5), Link(0, 1, 0)])
def test_a_link_that_cannot_be_is_our_bug(link):
    with pytest.raises(AssertionError):
        graph(2, link)
