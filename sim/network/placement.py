"""At which site each node of the tree stands.

``regions`` keeps together what reports together: neighbours among the agents stand at near sites,
an aggregator in the middle of its subtree. ``spread`` deals every tier over all sites in turn, so
that nearly every hop crosses the map. The root stands at the centre either way.
"""

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sim.network.routes import Routes

Placement = Literal["regions", "spread"]


def place(
    counts: Sequence[int],
    starts: Sequence[NDArray[np.integer]],
    routes: Routes,
    how: Placement,
) -> list[NDArray[np.int32]]:
    """The site of each node, an array for each tier from the agents to the root.

    `counts` are the nodes of each tier; the children in tier t of parent p in tier t + 1 are
    ``starts[t][p]`` up to and without ``starts[t][p + 1]``.
    """
    order = order_sites(routes)
    if how == "regions":
        seats = [
            order[_middles(first) * len(order) // counts[0]] for first in _first_agents(starts)
        ]
    else:
        seats = [order[np.arange(count) % len(order)] for count in counts]
    seats[-1] = np.full(counts[-1], routes.centre(), dtype=np.int32)
    return seats


def apart(first: int, count: int, routes: Routes) -> list[int]:
    """`count` sites far from each other, beginning with `first`; of equals the smallest number.

    Each next one is the farthest, in delay, from the nearest that was chosen before (Gonzalez,
    "Clustering to minimize the maximum intercluster distance", 1985: at worst half as far apart as
    can be). Where there are more than there are sites, they go round again.
    """
    delay_ns = _finite(routes.delay_ns())
    np.fill_diagonal(delay_ns, -1.0)
    chosen = [first]
    nearest_ns = delay_ns[first].copy()
    while len(chosen) < min(count, routes.sites):
        farthest = int(np.argmax(nearest_ns))
        chosen.append(farthest)
        nearest_ns = np.minimum(nearest_ns, delay_ns[farthest])
    return [chosen[number % len(chosen)] for number in range(count)]


def order_sites(routes: Routes) -> NDArray[np.int32]:
    """All sites in an order in which neighbours are near: depth first along the shortest tree.

    The walk over the minimum spanning tree starts at the site farthest from the centre and enters
    small branches before large ones, so that it rarely has to go far back. Parts that are not
    joined follow each other.
    """
    tree = _spanning_tree(routes)
    far_first = np.argsort(-_finite(routes.delay_ns()[routes.centre()]), kind="stable")
    visited = [False] * routes.sites
    order: list[int] = []
    for site in far_first.tolist():
        if not visited[site]:
            order += _depth_first(site, tree, visited)
    return np.array(order, dtype=np.int32)


def _first_agents(starts: Sequence[NDArray[np.integer]]) -> list[NDArray[np.int64]]:
    """For each tier the first agent below each node, and the number of agents at the end."""
    agents = int(starts[0][-1]) if len(starts) else 1
    bounds = [np.arange(agents + 1)]
    for children in starts:
        bounds.append(bounds[-1][children])
    return bounds


def _middles(first_agents: NDArray[np.int64]) -> NDArray[np.int64]:
    return (first_agents[:-1] + first_agents[1:]) // 2


def _finite(delay_ns: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(np.isfinite(delay_ns), delay_ns, -1.0)


def _spanning_tree(routes: Routes) -> list[list[int]]:
    """Neighbours of each site in the minimum spanning tree (Kruskal 1956; ties by number)."""
    leader = list(range(routes.sites))

    def find(site: int) -> int:
        while leader[site] != site:
            leader[site] = leader[leader[site]]
            site = leader[site]
        return site

    tree: list[list[int]] = [[] for _ in leader]
    for link in sorted(routes.graph.links, key=lambda link: (link.delay_ns, link.a, link.b)):
        a, b = find(link.a), find(link.b)
        if a != b:
            leader[b] = a
            tree[link.a].append(link.b)
            tree[link.b].append(link.a)
    return tree


def _depth_first(start: int, tree: Sequence[Sequence[int]], visited: list[bool]) -> list[int]:
    """The tree of `start` in preorder, the smaller branches first."""
    parent = {start: start}
    downwards = [start]
    for site in downwards:
        for other in tree[site]:
            if other != parent[site]:
                parent[other] = site
                downwards.append(other)
    size = dict.fromkeys(downwards, 1)
    for site in reversed(downwards[1:]):
        size[parent[site]] += size[site]
    order, stack = [], [start]
    while stack:
        site = stack.pop()
        order.append(site)
        visited[site] = True
        branches = [other for other in tree[site] if other != parent[site]]
        stack += sorted(branches, key=lambda branch: (size[branch], branch), reverse=True)
    return order
