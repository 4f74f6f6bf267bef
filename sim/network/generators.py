"""Maps that are drawn by a rule: ring, grid, tree, Waxman's random graph, and a single point.

Each takes its options and a seed and gives a `SiteMap` with lengths in kilometres. The graphs come
from networkx, imported only when one of them is asked for.
"""

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sim.network.sites import Position, SiteMap

if TYPE_CHECKING:
    import networkx as nx

Options = Mapping[str, Any]


def point(options: Options, seed: int) -> SiteMap:  # noqa: ARG001
    """One site, at which all nodes stand."""
    return SiteMap(("site-0",), ((0.0, 0.0),), ())


def ring(options: Options, seed: int) -> SiteMap:  # noqa: ARG001
    """`sites` on a circle, neighbours `length_km` apart."""
    import networkx as nx

    count, length_km = options["sites"], options["length_km"]
    radius_km = count * length_km / math.tau
    angles = [math.tau * site / count for site in range(count)]
    positions = [(radius_km * math.cos(angle), radius_km * math.sin(angle)) for angle in angles]
    return _map(nx.cycle_graph(count), positions, length_km)


def grid(options: Options, seed: int) -> SiteMap:  # noqa: ARG001
    """`rows` times `columns` sites, each joined to its four neighbours at `length_km`."""
    import networkx as nx

    columns, length_km = options["columns"], options["length_km"]
    graph = nx.grid_2d_graph(options["rows"], columns)
    positions = [(column * length_km, row * length_km) for row, column in graph]
    numbers = {(row, column): row * columns + column for row, column in graph}
    return _map(nx.relabel_nodes(graph, numbers), positions, length_km)


def tree(options: Options, seed: int) -> SiteMap:  # noqa: ARG001
    """A balanced tree: inner sites have `branching` children, leaves are `height` links deep."""
    import networkx as nx

    branching, height, length_km = options["branching"], options["height"], options["length_km"]
    graph = nx.balanced_tree(branching, height)
    positions = []
    for depth in range(height + 1):
        width = branching**depth
        positions += [((site + 0.5) / width, -depth * length_km) for site in range(width)]
    return _map(graph, positions, length_km)


def waxman(options: Options, seed: int) -> SiteMap:
    """`sites` at random in a square of `size_km`, joined with probability beta exp(-d/(alpha L)).

    L is the largest distance. Lengths are the distances in the plane. The result may fall into
    parts; who needs one part must look (`components`).

    Source: Waxman, Routing of Multipoint Connections, IEEE JSAC 6(9), 1988 (with alpha and beta
    as networkx has them).
    """
    import networkx as nx

    size_km = options["size_km"]
    graph = nx.waxman_graph(
        options["sites"],
        beta=options["beta"],
        alpha=options["alpha"],
        domain=(0.0, 0.0, size_km, size_km),
        seed=seed,
    )
    positions = [graph.nodes[site]["pos"] for site in range(options["sites"])]
    return _map(graph, positions, None)


def _map(graph: "nx.Graph[Any]", positions: list[Position], length_km: float | None) -> SiteMap:
    """Number the sites 0..n-1; without a common length, use the distance in the plane."""
    names = tuple(f"site-{site}" for site in range(len(positions)))
    ways = tuple(
        (a, b, math.dist(positions[a], positions[b]) if length_km is None else length_km)
        for a, b in graph.edges
    )
    return SiteMap(names, tuple(positions), ways)
