"""Shortest paths between sites: the floor under every delay, and which paths a link carries.

Paths follow the delays of whole links and change only when links break: a slowed link keeps its
traffic, as it does in networks that route by configured weights. Where links were measured end to
end, a path has as few of them as it can, then as little delay: a quarter of the pairs of a cloud's
matrix would be faster by way of a third region, and none goes there. Of equal paths the one is
taken whose last step comes from the site with the smallest number, then the step before, and so
on, so that paths never depend on the order of anything.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.network.sites import SiteGraph

Ends = tuple[int, int]
"""A link as its two sites, the smaller first."""
INTACT: Final[frozenset[Ends]] = frozenset()
_KEPT_MAX: Final = 64
_FEWEST_LINKS_NS: Final = 2.0**40
"""Added to a measured link (18 minutes, more than any path takes), taken off the path again."""


@dataclass(frozen=True, slots=True)
class _Paths:
    """All shortest paths under one set of broken links, both arrays (source, target)."""

    length_ns: NDArray[np.float64]
    before: NDArray[np.int32]
    """The last site before the target; -1 where there is no path or no step."""


class Routes:
    """Paths over a graph of sites; results for the latest sets of broken links are kept."""

    def __init__(self, graph: SiteGraph) -> None:
        self.graph = graph
        self._delay_ns = {(link.a, link.b): link.delay_ns for link in graph.links}
        self._kept: dict[frozenset[Ends], _Paths] = {}

    @property
    def sites(self) -> int:
        """How many sites there are."""
        return len(self.graph.names)

    def delay_ns(
        self, broken: frozenset[Ends] = INTACT, slowed: Mapping[Ends, float] | None = None
    ) -> NDArray[np.float64]:
        """One-way delay from each site (row) to each site (column), a new array (S, S).

        inf where no path is left, the delay within the site on the diagonal. `slowed` gives links
        a factor on their delay, which every path over them pays without moving away.
        """
        delay_ns = self._paths(broken).length_ns.copy()
        for (a, b), factor in (slowed or {}).items():
            extra_ns = (factor - 1.0) * self._delay_ns[min(a, b), max(a, b)]
            delay_ns[self.crosses(a, b, broken)] += extra_ns
        np.fill_diagonal(delay_ns, self.graph.within_ns)
        return delay_ns

    def crosses(self, a: int, b: int, broken: frozenset[Ends] = INTACT) -> NDArray[np.bool_]:
        """Whether the path from a site (row) to a site (column) uses link a-b: (S, S)."""
        before = self._paths(broken).before
        uses = np.zeros(before.shape, dtype=np.bool_)
        uses[:, b] = before[:, b] == a
        uses[:, a] = before[:, a] == b
        source = np.arange(self.sites)[:, None]
        while True:
            # A path uses what the path to the site before its last step uses; where there is no
            # step (-1) the lookup reads the last column, which the mask throws away.
            further = uses | (uses[source, before] & (before >= 0))
            if np.array_equal(further, uses):
                return uses
            uses = further

    def path(self, source: int, target: int, broken: frozenset[Ends] = INTACT) -> list[int]:
        """The sites from source to target, both included; empty where no path is left."""
        before = self._paths(broken).before[source]
        sites = [target]
        while sites[-1] != source:
            if before[sites[-1]] < 0:
                return []
            sites.append(int(before[sites[-1]]))
        return sites[::-1]

    def centre(self) -> int:
        """The site with the smallest mean delay to all sites; of several the first."""
        return int(np.argmin(self.delay_ns().mean(axis=1)))

    def _paths(self, broken: frozenset[Ends]) -> _Paths:
        paths = self._kept.get(broken)
        if paths is None:
            if len(self._kept) >= _KEPT_MAX:
                del self._kept[next(iter(self._kept))]
            paths = self._kept[broken] = self._shortest(broken)
        return paths

    def _shortest(self, broken: frozenset[Ends]) -> _Paths:
        from scipy.sparse import csr_array
        from scipy.sparse.csgraph import dijkstra

        cut = {(min(ends), max(ends)) for ends in broken}
        assert cut <= self._delay_ns.keys(), cut - self._delay_ns.keys()
        links = [link for link in self.graph.links if (link.a, link.b) not in cut]
        if self.graph.measured and 2 * len(links) == self.sites * (self.sites - 1):
            return self._direct()
        ends = np.array([(link.a, link.b) for link in links], dtype=np.int32).reshape(-1, 2)
        surcharge_ns = _FEWEST_LINKS_NS if self.graph.measured else 0.0
        weight_ns = np.array([link.delay_ns for link in links]) + surcharge_ns
        weights = csr_array((weight_ns, (ends[:, 0], ends[:, 1])), shape=(self.sites,) * 2)
        length_ns = np.asarray(dijkstra(weights, directed=False))
        steps = np.concatenate([ends, ends[:, ::-1]])
        before = _sites_before(length_ns, steps, np.tile(weight_ns, 2))
        if surcharge_ns:
            np.mod(length_ns, surcharge_ns, out=length_ns, where=np.isfinite(length_ns))
        return _Paths(length_ns, before)

    def _direct(self) -> _Paths:
        """Where every pair was measured, and no link is broken, each path is one link."""
        length_ns = np.zeros((self.sites, self.sites))
        for (a, b), delay_ns in self._delay_ns.items():
            length_ns[a, b] = length_ns[b, a] = delay_ns
        before = np.repeat(np.arange(self.sites, dtype=np.int32)[:, None], self.sites, axis=1)
        np.fill_diagonal(before, -1)
        return _Paths(length_ns, before)


def _sites_before(
    length_ns: NDArray[np.float64], steps: NDArray[np.int32], weight_ns: NDArray[np.float64]
) -> NDArray[np.int32]:
    """For each path the smallest site from which its last step can come.

    Lengths are sums of whole nanoseconds below 2**53, so the comparison is exact.
    """
    sites = len(length_ns)
    before = np.full(length_ns.shape, sites, dtype=np.int32)
    for (near, far), step_ns in zip(steps.tolist(), weight_ns.tolist(), strict=True):
        reached = length_ns[:, near] + step_ns == length_ns[:, far]
        reached &= np.isfinite(length_ns[:, far])
        before[reached, far] = np.minimum(before[reached, far], near)
    before[before == sites] = -1
    return before
