"""Delays between sites without numpy: enough for the few that a scenario is warned about.

The same paths as `sim.network.routes` computes for a run (a test compares them): shortest by delay;
over links that were measured end to end the fewest links first.
"""

from heapq import heappop, heappush
from typing import Final

from sim.network.sites import SiteGraph
from sim.scenario.plan import Plan

_FEWEST_LINKS_NS: Final = 2**40
"""Added to a measured link, more than any path takes, and taken off the path again."""


class Ways:
    """Shortest one-way delays over a connected graph of sites, in ns, found when asked for."""

    def __init__(self, graph: SiteGraph) -> None:
        self.graph = graph
        self._surcharge_ns = _FEWEST_LINKS_NS if graph.measured else 0
        self._neighbours: list[list[tuple[int, int]]] = [[] for _ in graph.names]
        for link in graph.links:
            self._neighbours[link.a].append((link.b, link.delay_ns + self._surcharge_ns))
            self._neighbours[link.b].append((link.a, link.delay_ns + self._surcharge_ns))
        self._known: dict[int, list[int]] = {}

    def from_site(self, site: int) -> list[int]:
        """Delay from a site to every site; to itself, between two nodes that stand there."""
        if site not in self._known:
            self._known[site] = self._shortest(site)
        return self._known[site]

    def centre(self) -> int:
        """The site with the smallest mean delay to all sites; of several the first."""
        return min(range(len(self.graph.names)), key=lambda site: sum(self.from_site(site)))

    def slowest_ns(self) -> int:
        """The longest one-way delay between any two sites."""
        return max(max(self.from_site(site)) for site in range(len(self.graph.names)))

    def apart(self, count: int) -> list[int]:
        """As many sites, far from each other, beginning with the centre.

        Each next one is the farthest from the nearest that was chosen before, as in
        `sim.network.placement.apart`.
        """
        chosen = [self.centre()]
        nearest_ns = self._to_others(chosen[0])
        while len(chosen) < min(count, len(nearest_ns)):
            farthest = max(range(len(nearest_ns)), key=nearest_ns.__getitem__)
            chosen.append(farthest)
            nearest_ns = [*map(min, nearest_ns, self._to_others(farthest))]
        return [chosen[number % len(chosen)] for number in range(count)]

    def _to_others(self, site: int) -> list[int]:
        return [-1 if other == site else ns for other, ns in enumerate(self.from_site(site))]

    def _shortest(self, source: int) -> list[int]:
        """Dijkstra 1959."""
        done: dict[int, int] = {}
        queue = [(0, source)]
        while queue:
            length_ns, site = heappop(queue)
            if site in done:
                continue
            done[site] = length_ns
            for other, step_ns in self._neighbours[site]:
                if other not in done:
                    heappush(queue, (length_ns + step_ns, other))
        if self._surcharge_ns:
            done = {site: length_ns % self._surcharge_ns for site, length_ns in done.items()}
        done[source] = self.graph.within_ns[source]
        return [done.get(site, 0) for site in range(len(self._neighbours))]


def replica_sites(plan: Plan, ways: Ways) -> list[int]:
    """Where the replicas of the root stand; the root alone at the centre."""
    if plan.replicas is None:
        return [ways.centre()]
    if plan.replicas.sites is None:
        return ways.apart(plan.replicas.count)
    return [ways.graph.names.index(name) for name in plan.replicas.sites]
