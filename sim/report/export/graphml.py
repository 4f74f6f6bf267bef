"""The network as a graph, for networkx, Gephi, Cytoscape: sites, links, nodes and who reports.

A directed graph. Sites have coordinates, links (both ways) their delay; a node of the tree has its
tier, its replica and its site, an edge to whom it reports, and what the run showed of it: the
largest age and the time cut off of a child of the root, whether it lied, when it was convicted.
"""

from pathlib import Path
from typing import Any, Final

import networkx as nx
import numpy as np

from sim.engine.lies.casting import cast
from sim.engine.parts import make_roster
from sim.engine.roster import Roster
from sim.engine.streams import Streams
from sim.measure.tables import NEVER
from sim.network.routes import Routes
from sim.network.sites import SiteGraph
from sim.report.export.drafts import draft_file
from sim.report.export.stored import Stored
from sim.report.export.story import REGIONS, region_name, stretches
from sim.report.export.window import Window
from sim.scenario.facts import site_graph
from sim.scenario.mute import merged
from sim.scenario.selectors import tree_shape

NODES_MAX: Final = 100_000
"""More nodes of a tier are left out: no program lays out a graph of millions."""


def write_graphml(run: Stored, window: Window, path: Path) -> list[str]:  # noqa: ARG001
    """Write the graph; a window is no concern of it. Raises ResultsError."""
    sites = site_graph(run.plan)
    roster = make_roster(run.plan, Routes(sites), Streams(run.seed))
    graph: nx.DiGraph[str] = nx.DiGraph(
        run=run.run_id, scenario=run.plan.name, replication=run.number
    )
    _add_sites(graph, sites)
    notes = _add_nodes(graph, roster)
    _add_reports(graph, roster)
    _add_results(graph, run)
    notes += _add_liars(graph, run, roster)
    with draft_file(path) as draft:
        nx.write_graphml(graph, draft, named_key_ids=True)
    return notes


def _site(name: str) -> str:
    return f"site:{name}"


def _add_sites(graph: "nx.DiGraph[str]", sites: SiteGraph) -> None:
    for name, position in zip(sites.names, sites.positions, strict=True):
        graph.add_node(_site(name), kind="site", label=name)
        if position is not None:
            graph.add_node(_site(name), x=float(position[0]), y=float(position[1]))
    for link in sites.links:
        ends = [_site(sites.names[end]) for end in (link.a, link.b)]
        for one, other in (ends, ends[::-1]):
            graph.add_edge(one, other, kind="link", delay_ns=link.delay_ns)


def _add_nodes(graph: "nx.DiGraph[str]", roster: Roster) -> list[str]:
    """All nodes of all rows that are not too large, with the coordinates of their sites."""
    notes, shape = [], roster.shape
    for row, count in enumerate(shape.rows):
        tier, replica = shape.tier_of(row)
        if count > NODES_MAX:
            notes.append(f"{count:,} nodes of tier {shape.names[tier]} are left out")
            continue
        for node, site in enumerate(roster.sites[row].tolist()):
            name = roster.site_names[site]
            spot = {key: graph.nodes[_site(name)][key] for key in _placed(graph, _site(name))}
            told: dict[str, Any] = {"kind": "node", "tier": shape.names[tier], "site": name}
            graph.add_node(shape.node_name(row, node), **told, replica=replica, **spot)
    return notes


def _placed(graph: "nx.DiGraph[str]", site: str) -> list[str]:
    return [key for key in ("x", "y") if key in graph.nodes[site]]


def _add_reports(graph: "nx.DiGraph[str]", roster: Roster) -> None:
    """An edge to every parent: in each replica of a tier to the replica of the next."""
    shape = roster.shape
    for row in range(len(shape.rows)):
        tier, replica = shape.tier_of(row)
        if tier == shape.top:
            continue
        own = shape.is_replicated(tier) or not shape.is_replicated(tier + 1)
        for of in [replica] if own else range(shape.replicas):
            above = shape.row(tier + 1, of)
            for node, parent in enumerate(roster.tree.levels[tier].parent_of.tolist()):
                ends = shape.node_name(row, node), shape.node_name(above, parent)
                if ends[0] in graph and ends[1] in graph:
                    graph.add_edge(*ends, kind="reports")


def _add_results(graph: "nx.DiGraph[str]", run: Stored) -> None:
    """What the run showed of the children of the root, and the court of aggregators."""
    regions = run.tables.regions
    for region in np.unique(regions["region"]).tolist():
        age_ns = int(regions["oldest_age_ns"][regions["region"] == region].max())
        _tell(graph, region_name(run, region), largest_age_ns=age_ns, cut_ns=0)
    for one in stretches(run):
        if one.group == REGIONS:
            before = graph.nodes.get(one.track, {}).get("cut_ns", 0)
            _tell(graph, one.track, cut_ns=before + one.end_ns - one.begin_ns)
    court = run.tables.convictions
    for tier, node, lied_ns, convicted_ns in zip(
        *(court[name].tolist() for name in ("tier", "node", "lied_ns", "convicted_ns")), strict=True
    ):
        name = tree_shape(run.plan).node_name(tier, node)
        _tell(graph, name, first_lie_ns=lied_ns, convicted=convicted_ns != NEVER)


def _add_liars(graph: "nx.DiGraph[str]", run: Stored, roster: Roster) -> list[str]:
    """Who was chosen to lie."""
    if not run.plan.adversaries:
        return []
    if run.plan.reseat_ns is not None or run.plan.evolution is not None:
        return ["who lied is left out: the tree of this run changed, and its liars with it"]
    every = merged(run.plan.adversaries, run.plan.muted.adversaries)
    parts = cast(every, roster, run.plan.baseline.rule.f)
    for plan, nodes in zip(every, parts, strict=True):
        if plan not in run.plan.adversaries:
            continue
        for node in nodes.tolist():
            _tell(graph, roster.shape.node_name(plan.tier, node), lied=plan.kind)
    return []


def _tell(graph: "nx.DiGraph[str]", node: str, **what: Any) -> None:
    """Say something of a node that is in the graph."""
    if node in graph:
        graph.nodes[node].update(what)
