"""Maps from the world: topohub by name, GraphML files and matrices of measured round-trip times.

`read_sites` is the one entry; it knows every kind of topology by its name in the scenario. A way in
kilometres becomes a delay by `lay_fibre`; a measured one is taken as it is.
"""

import difflib
import math
import os
import warnings
from collections.abc import Callable, Mapping, Sequence
from statistics import fmean
from typing import Any, Final

from sim.errors import InputError
from sim.network import generators
from sim.network.input_files import input_path, parse_cell, read_rows
from sim.network.sites import (
    Link,
    Position,
    SiteGraph,
    SiteMap,
    distinct_names,
    great_circle_km,
    lay_fibre,
    neighbour_lists,
)

Options = Mapping[str, Any]


def read_sites(
    kind: str,
    options: Options,
    *,
    directory: str = ".",
    detour: float = 1.0,
    hop_ns: int = 0,
    seed: int = 0,
) -> SiteGraph:
    """The sites of a topology as the scenario names it; paths start at `directory`.

    `detour` (real way over great circle) and `hop_ns` (added per link) apply to ways given in
    kilometres, not to measured times. Two nodes at one site are ``options["within_ns"]`` apart,
    or else one `hop_ns`. Raises InputError for a name or a file that is not usable.
    """
    within_ns = options.get("within_ns")
    if kind == "rtt_csv":
        return read_rtt_csv(input_path(options["path"], directory), within_ns or 0)
    if kind == "graphml":
        site_map = read_graphml(input_path(options["path"], directory))
    else:
        site_map = MAPS[kind](options, seed)
    within = hop_ns if within_ns is None else within_ns
    return lay_fibre(site_map, detour=detour, hop_ns=hop_ns, within_ns=within)


def read_topohub(options: Options, seed: int) -> SiteMap:  # noqa: ARG001
    """A topology of the topohub package by name, such as ``topozoo/Geant2010``."""
    import topohub

    name = options["name"]
    try:
        with warnings.catch_warnings():
            # topohub 1.5 leaves its file to the garbage collector, which closes it at once.
            warnings.simplefilter("ignore", ResourceWarning)
            topology = topohub.get(name)
    except (KeyError, ValueError):
        raise InputError(f"topohub has no topology {name!r}{_did_you_mean(name)}") from None
    nodes = topology["nodes"]
    number = {node["id"]: index for index, node in enumerate(nodes)}
    names = distinct_names(str(node.get("name") or f"site-{node['id']}") for node in nodes)
    positions = tuple((float(node["pos"][0]), float(node["pos"][1])) for node in nodes)
    ways = tuple(
        (number[edge["source"]], number[edge["target"]], float(edge["dist"]))
        for edge in topology["edges"]
    )
    return SiteMap(names, positions, ways)


def topohub_names() -> list[str]:
    """Every name that `read_topohub` knows, sorted."""
    import topohub.data

    names: set[str] = set()
    for root in topohub.data.__path__:
        for folder, _, files in os.walk(root):
            group = os.path.relpath(folder, root).replace(os.sep, "/")
            names.update(f"{group}/{file[:-5]}" for file in files if file.endswith(".json"))
    return sorted(names)


def _did_you_mean(name: str) -> str:
    """The nearest name, compared without its group too ("Geant2010" finds "topozoo/Geant2010")."""
    known = topohub_names()
    by_key = {known_name.rpartition("/")[2].lower(): known_name for known_name in reversed(known)}
    by_key.update((known_name.lower(), known_name) for known_name in known)
    close = difflib.get_close_matches(name.lower(), by_key, n=1, cutoff=0.6)
    return f", did you mean {by_key[close[0]]}?" if close else ""


def read_graphml(file: str) -> SiteMap:
    """A GraphML file with Latitude and Longitude in degrees (as the Internet Topology Zoo has).

    Lengths are great circles. A site without coordinates gets the mean of its neighbours', over
    and over until all have some. Labels become names.
    """
    graph = _load_graphml(file)
    number = {node: index for index, node in enumerate(graph.nodes)}
    pairs = [(number[a], number[b]) for a, b in graph.edges()]
    data = [graph.nodes[node] for node in graph.nodes]
    names = [str(site.get("label") or node) for node, site in zip(graph.nodes, data, strict=True)]
    positions = _fill_positions(file, names, [_position(site) for site in data], pairs)
    ways = tuple((a, b, great_circle_km(positions[a], positions[b])) for a, b in pairs)
    return SiteMap(distinct_names(names), tuple(positions), ways)


def _load_graphml(file: str) -> Any:
    import xml.etree.ElementTree

    import networkx as nx

    try:
        graph = nx.read_graphml(file)
    except OSError as error:
        raise InputError(f"{file}: cannot be read: {error.strerror}") from None
    except (nx.NetworkXError, xml.etree.ElementTree.ParseError, ValueError, KeyError) as error:
        raise InputError(f"{file}: is not a GraphML graph: {error}") from None
    if not graph:
        raise InputError(f"{file}: holds no nodes")
    return graph


def _position(site: Mapping[str, Any]) -> Position | None:
    try:
        position = float(site["Longitude"]), float(site["Latitude"])
    except (KeyError, TypeError, ValueError):
        return None
    return position if all(map(math.isfinite, position)) else None


def _fill_positions(
    file: str,
    names: Sequence[str],
    known: Sequence[Position | None],
    pairs: Sequence[tuple[int, int]],
) -> list[Position]:
    """Give every site without a position the mean of its neighbours', round by round."""
    positions = list(known)
    neighbours = neighbour_lists(len(positions), pairs)
    while True:
        missing = [site for site, position in enumerate(positions) if position is None]
        around = {site: [p for n in neighbours[site] if (p := positions[n])] for site in missing}
        found = {site: _mean_position(near) for site, near in around.items() if near}
        if not found:
            break
        for site, position in found.items():
            positions[site] = position
    if missing:
        raise InputError(
            f"{file}: node {names[missing[0]]!r} has no Latitude and Longitude, "
            "and no way leads from it to a node that has them"
        )
    return [position for position in positions if position is not None]


def _mean_position(near: Sequence[Position]) -> Position:
    return fmean(lon for lon, _ in near), fmean(lat for _, lat in near)


def read_rtt_csv(file: str, within_ns: int = 0) -> SiteGraph:
    """A matrix of round-trip times in ms: row = from, column = to, first row and column = names.

    Half a round trip is one way; two different directions give their mean. An empty cell means no
    direct link. The diagonal is the round trip within the site, or `within_ns` where it is empty.
    """
    rows = read_rows(file)
    names = _matrix_names(file, rows)
    count = len(names)
    links = []
    for a in range(count):
        for b in range(a + 1, count):
            way_ns = _one_way_ns(file, rows, (a, b), (b, a))
            if way_ns is not None:
                links.append(Link(a, b, way_ns))
    diagonal = [_one_way_ns(file, rows, (site, site)) for site in range(count)]
    within = tuple(within_ns if delay_ns is None else delay_ns for delay_ns in diagonal)
    return SiteGraph(names, (None,) * count, tuple(links), within, measured=True)


def _matrix_names(file: str, rows: Sequence[Sequence[str]]) -> tuple[str, ...]:
    names = tuple(rows[0][1:])
    for column, name in enumerate(names):
        if not name or name in names[:column]:
            problem = f"the name {name!r} stands twice" if name else "a site has no name"
            raise InputError(f"{file}: row 1, column {column + 2}: {problem}")
    if not names or len(rows) != len(names) + 1:
        found = f"{len(rows) - 1} rows and {len(names)} columns"
        raise InputError(f"{file}: a matrix needs as many rows as columns, but it has {found}")
    for row, name in enumerate(names, start=1):
        if rows[row][0] != name:
            found = f"{rows[row][0]!r} where the columns have {name!r}"
            raise InputError(f"{file}: row {row + 1}, column 1: {found}")
        if len(rows[row]) != len(names) + 1:
            found = f"{len(rows[row]) - 1} cells for {len(names)} columns"
            raise InputError(f"{file}: row {row + 1}: {found}")
    return names


def _one_way_ns(
    file: str, rows: Sequence[Sequence[str]], *directions: tuple[int, int]
) -> int | None:
    """Half the mean round trip of the directions that were measured, at least 1 ns; or None."""
    measured = []
    for source, target in directions:
        if rows[source + 1][target + 1]:
            rtt_ms = parse_cell(file, rows, source + 1, target + 1)
            if rtt_ms < 0:
                where = f"row {source + 2}, column {target + 2}"
                raise InputError(f"{file}: {where}: a round trip of {rtt_ms} ms is less than 0")
            measured.append(rtt_ms)
    return max(1, round(fmean(measured) / 2 * 1e6)) if measured else None


MAPS: Final[Mapping[str, Callable[[Options, int], SiteMap]]] = {
    "topohub": read_topohub,
    "ring": generators.ring,
    "grid": generators.grid,
    "tree": generators.tree,
    "waxman": generators.waxman,
    "point": generators.point,
}
"""The maps that need no file."""
TOPOLOGIES: Final = tuple(sorted([*MAPS, "graphml", "rtt_csv"]))
"""Every kind that `read_sites` knows."""
