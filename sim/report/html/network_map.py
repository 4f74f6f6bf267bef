"""Where the regions stand: on the map of their sites, or, without one, as a tree in rows.

Places are percents of a box, so that a page can be as wide as it likes. Regions whose marks would
cover each other are moved apart, no farther than needed; the sites themselves stay where they are.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.network.sites import SiteGraph
from sim.report.groups import noun
from sim.report.html.seats import seats
from sim.report.html.states import Member
from sim.scenario.facts import site_graph
from sim.scenario.plan import Plan

WIDTH_PX: Final = 340.0
"""Of the box on a phone: where marks are kept apart there, they are everywhere."""
APART_PX: Final = (50.0, 30.0)
"""Least distance of two marks, across and down."""
EDGE: Final = (9.0, 8.0)
"""Percent of the box that stay free on each side, across and down."""
ASPECTS: Final = (1.0, 1.9)
ROUNDS: Final = 200
DEGREES: Final = ("topohub", "graphml")
SITES_MAX: Final = 300
CORNER: Final = np.array([82.0, 92.0])
ROW: Final = 5
"""Marks in a row of a tree: as many as fit a phone."""

Places = NDArray[np.float64]
"""Rows of (across, down)."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A mark on the map; `left` and `top` in percent of the box."""

    left: float
    top: float
    label: str
    site: str


@dataclass(frozen=True, slots=True)
class NetworkMap:
    """The root, a spot for each member, and what is behind them."""

    aspect: float
    """Width over height of the box."""
    root: Spot
    spots: tuple[Spot, ...]
    sites: tuple[Spot, ...]
    links: tuple[tuple[float, float, float, float], ...]
    words: str


def network_map(plan: Plan, members: Sequence[Member]) -> NetworkMap:
    """The map of a plan. Raises InputError if the topology cannot be read any more."""
    graph = site_graph(plan)
    known = [position for position in graph.positions if position is not None]
    if len(known) < len(graph.positions) or len(set(known)) < 3 or len(known) > SITES_MAX:
        return _as_tree(members, graph)
    return _on_sites(plan, members, graph)


def _as_tree(members: Sequence[Member], graph: SiteGraph) -> NetworkMap:
    """The root on top, everybody else in rows below it."""
    lines = [members[start : start + ROW] for start in range(0, len(members), ROW)]
    rows = len(lines)
    spots = [
        _spot((100 * (column + 0.5) / len(line), 30 + 62 * (row + 0.6) / rows), member.label)
        for row, line in enumerate(lines)
        for column, member in enumerate(line)
    ]
    root = _spot((50.0, 11.0), "root")
    links = tuple((root.left, root.top, spot.left, spot.top) for spot in spots)
    words = "one site" if len(graph.names) == 1 else f"{len(graph.names)} sites without coordinates"
    aspect = max(ASPECTS[0], min(ASPECTS[1], 4.4 / (1.2 + rows)))
    return NetworkMap(aspect, root, tuple(spots), (), links, f"who reports to whom ({words})")


def _on_sites(plan: Plan, members: Sequence[Member], graph: SiteGraph) -> NetworkMap:
    places, aspect = _projected(graph, in_degrees=plan.topology.source.kind in DEGREES)
    placed = seats(plan)
    root, regions = placed.root, placed.regions
    # Those who share a mark are in many places, so they get a corner of their own.
    wanted = [
        CORNER if member.is_rest else places[regions[member.regions[0]]] for member in members
    ]
    apart = moved_apart(np.array([places[root], *wanted]), aspect)
    sites = [graph.names[root], *(graph.names[regions[m.regions[0]]] for m in members)]
    labels = ["root", *(member.label for member in members)]
    first, *spots = map(_spot, apart, labels, sites)
    return NetworkMap(
        aspect=aspect,
        root=first,
        spots=tuple(spots),
        sites=tuple(map(_spot, places, graph.names, graph.names)),
        links=tuple(_line(places[link.a], places[link.b]) for link in graph.links),
        words=f"{len(graph.names)} sites, {len(graph.links)} links; a mark is the aggregator of a "
        f"{noun(plan)}, where it stands",
    )


def _projected(graph: SiteGraph, *, in_degrees: bool) -> tuple[Places, float]:
    """Sites in percent of the box, and its width over height.

    Degrees are drawn at their middle latitude's scale (equirectangular projection): right in the
    middle, and nowhere far off on a map of a country or a continent.
    """
    across, up = np.array(graph.positions, np.float64).T
    if in_degrees:
        across = across * math.cos(math.radians(float(up.min() + up.max()) / 2))
    width, height = float(np.ptp(across)), float(np.ptp(up))
    aspect = min(max(width / max(height, 1e-9), ASPECTS[0]), ASPECTS[1])
    left = (across - across.min()) / max(width, 1e-9)
    top = (up.max() - up) / max(height, 1e-9)
    return np.column_stack([_inside(left, EDGE[0]), _inside(top, EDGE[1])]), aspect


def _inside(share: NDArray[np.float64], edge: float) -> NDArray[np.float64]:
    return edge + (100 - 2 * edge) * share


def moved_apart(places: Places, aspect: float) -> Places:
    """The same marks, pushed off each other until none covers another; percents (marks, 2).

    In each round every two marks that are too near move apart by half of what is missing, along
    the way on which less is missing. Marks at one place part in the order of their numbers.
    """
    box_px = np.array([WIDTH_PX, WIDTH_PX / aspect])
    at_px = places / 100 * box_px
    low, high = np.array(EDGE) / 100 * box_px, (1 - np.array(EDGE) / 100) * box_px
    for _ in range(ROUNDS):
        push = _pushes(at_px)
        if not push.any():
            break
        at_px = np.clip(at_px + push, low, high)
    return np.asarray(at_px / box_px * 100)


def _pushes(at_px: Places) -> Places:
    """Where each mark is pushed by all others that are too near."""
    gap = at_px[:, None, :] - at_px[None, :, :]
    missing = np.array(APART_PX) - np.abs(gap)
    near: NDArray[np.bool_] = np.all(missing > 0.01, axis=2)
    np.fill_diagonal(near, False)
    number = np.arange(len(at_px))
    order = np.where(number[:, None] > number[None, :], 1.0, -1.0)[:, :, None]
    side = np.where(gap == 0, order, np.sign(gap))
    down = missing[:, :, 1] <= missing[:, :, 0]
    chosen = np.stack([near & ~down, near & down], axis=2)
    return np.asarray((chosen * side * missing / 2).sum(axis=1))


def _spot(at: Sequence[float] | Places, label: str, site: str = "") -> Spot:
    return Spot(round(float(at[0]), 2), round(float(at[1]), 2), label, site)


def _line(begin: Places, end: Places) -> tuple[float, float, float, float]:
    ends = np.round(np.concatenate([begin, end]), 2).tolist()
    return ends[0], ends[1], ends[2], ends[3]
