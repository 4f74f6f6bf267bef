"""Maps from the world: topohub by name, GraphML files and tables of measured round-trip times.

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
from sim.network.input_files import input_path
from sim.network.round_trips import read_rtt_csv, read_rtt_npz
from sim.network.sites import (
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
        p90 = options.get("p90")
        return read_rtt_csv(
            input_path(options["path"], directory),
            within_ns or 0,
            None if p90 is None else input_path(p90, directory),
        )
    if kind == "rtt_npz":
        return read_rtt_npz(input_path(options["path"], directory), options, within_ns or 0)
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


MAPS: Final[Mapping[str, Callable[[Options, int], SiteMap]]] = {
    "topohub": read_topohub,
    "ring": generators.ring,
    "grid": generators.grid,
    "tree": generators.tree,
    "waxman": generators.waxman,
    "point": generators.point,
}
"""The maps that need no file."""
TOPOLOGIES: Final = tuple(sorted([*MAPS, "graphml", "rtt_csv", "rtt_npz"]))
"""Every kind that `read_sites` knows."""
