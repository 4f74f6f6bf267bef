"""Sites and the links between them: the map on which everything is placed.

A site is a place (a city, a region of a cloud) where any number of nodes stand; a link joins two
sites in both directions. Delays are whole nanoseconds, one way. This file imports nothing heavy, so
that a scenario can be checked against its map at once.
"""

import math
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from sim.network.tails import Tails

FIBRE_KM_PER_MS: Final = 200.0
"""5 us per km of optical fibre with its repeaters (ITU-T G.114, Annex A). Light alone in glass of
refractive index 1.468 would reach 204."""
EARTH_RADIUS_KM: Final = 6371.0088
"""Mean radius of WGS 84 (IUGG)."""

Position = tuple[float, float]
"""Longitude and latitude in degrees; on generated maps x and y in kilometres."""


@dataclass(frozen=True, slots=True)
class Link:
    """Two different sites, ``a < b``, and the one-way delay between them (at least 1 ns)."""

    a: int
    b: int
    delay_ns: int


@dataclass(frozen=True, slots=True)
class SiteGraph:
    """All sites, by index: names are distinct, and at most one link joins two of them."""

    names: tuple[str, ...]
    positions: tuple[Position | None, ...]
    links: tuple[Link, ...]
    within_ns: tuple[int, ...]
    """One-way delay between two nodes that stand at the same site."""
    measured: bool = False
    """Links are measured end to end, so two sites with a link use it and never a third site."""
    tails: "Tails | None" = field(default=None, compare=False, repr=False)
    """How much longer than the link a message takes, by measurements of each pair; None = not."""

    def __post_init__(self) -> None:
        count = len(self.names)
        assert len(set(self.names)) == count == len(self.positions) == len(self.within_ns)
        assert all(0 <= link.a < link.b < count and link.delay_ns > 0 for link in self.links)
        assert len({(link.a, link.b) for link in self.links}) == len(self.links)


@dataclass(frozen=True, slots=True)
class SiteMap:
    """Sites with distances still in kilometres; `ways` are (site, site, km), repeats allowed."""

    names: tuple[str, ...]
    positions: tuple[Position | None, ...]
    ways: tuple[tuple[int, int, float], ...]


def lay_fibre(site_map: SiteMap, *, detour: float, hop_ns: int, within_ns: int) -> SiteGraph:
    """Turn kilometres into delays: km / 200 km per ms * `detour` + `hop_ns` for each link.

    Of parallel ways the shortest is kept, and a way from a site to itself is dropped.
    """
    shortest: dict[tuple[int, int], float] = {}
    for a, b, km in site_map.ways:
        if a != b:
            ends = (min(a, b), max(a, b))
            shortest[ends] = min(km, shortest.get(ends, math.inf))
    links = tuple(
        Link(a, b, max(1, round(km / FIBRE_KM_PER_MS * 1e6 * detour) + hop_ns))
        for (a, b), km in sorted(shortest.items())
    )
    within = (within_ns,) * len(site_map.names)
    return SiteGraph(site_map.names, site_map.positions, links, within)


def great_circle_km(here: Position, there: Position) -> float:
    """Shortest way on the sphere between two (longitude, latitude) in degrees (haversine)."""
    lon1, lat1, lon2, lat2 = (math.radians(angle) for angle in (*here, *there))
    half = (
        math.sin((lat2 - lat1) / 2) ** 2
        + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    )
    return 2 * EARTH_RADIUS_KM * math.asin(min(1.0, math.sqrt(half)))


def distinct_names(names: Iterable[str]) -> tuple[str, ...]:
    """The names in their order, the second "Paris" becoming "Paris-2".

    >>> distinct_names(["Paris", "Oslo", "Paris"])
    ('Paris', 'Oslo', 'Paris-2')
    """
    wanted = list(names)
    taken = set(wanted)
    seen: set[str] = set()
    result = []
    for name in wanted:
        distinct, number = name, 1
        while distinct in seen or (number > 1 and distinct in taken):
            number += 1
            distinct = f"{name}-{number}"
        seen.add(distinct)
        result.append(distinct)
    return tuple(result)


def components(graph: SiteGraph) -> list[list[int]]:
    """The connected parts, each sorted, by their smallest site; one part means all can talk."""
    neighbours = neighbour_lists(len(graph.names), ((link.a, link.b) for link in graph.links))
    reached = [False] * len(graph.names)
    parts = []
    for start in range(len(graph.names)):
        if not reached[start]:
            parts.append(_walk(start, neighbours, reached))
    return parts


def neighbour_lists(count: int, pairs: Iterable[tuple[int, int]]) -> list[list[int]]:
    """For each of `count` sites the other ends of its pairs, in the order given."""
    neighbours: list[list[int]] = [[] for _ in range(count)]
    for a, b in pairs:
        neighbours[a].append(b)
        neighbours[b].append(a)
    return neighbours


def _walk(start: int, neighbours: Sequence[Sequence[int]], reached: list[bool]) -> list[int]:
    part = []
    queue = deque([start])
    reached[start] = True
    while queue:
        site = queue.popleft()
        part.append(site)
        for other in neighbours[site]:
            if not reached[other]:
                reached[other] = True
                queue.append(other)
    return sorted(part)
