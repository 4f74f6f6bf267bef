"""The graph is read back by networkx."""

import networkx as nx
import numpy as np
import pytest

from sim.engine.lies.lies import Lies
from sim.engine.simulation import Simulation
from sim.report.export import graphml
from sim.report.export.graphml import write_graphml
from sim.report.export.window import WHOLE
from sim.scenario.facts import site_graph
from tests.engine.scenarios import plan_of
from tests.report.export.exported import LIARS, as_stored, plan, stored


@pytest.fixture(scope="module")
def graph(tmp_path_factory):
    path = tmp_path_factory.mktemp("graph") / "network.graphml"
    assert write_graphml(stored(), WHOLE, path) == []
    return nx.read_graphml(path)


def of_kind(graph, kind):
    return {name: told for name, told in graph.nodes(data=True) if told["kind"] == kind}


def test_sites_have_their_coordinates_and_links_their_delay(graph):
    sites = site_graph(plan())
    assert len(of_kind(graph, "site")) == len(sites.names)
    for name, (x, y) in zip(sites.names, sites.positions, strict=True):
        node = graph.nodes[f"site:{name}"]
        assert (node["x"], node["y"]) == (x, y)
    for link in sites.links:
        ends = [f"site:{sites.names[end]}" for end in (link.a, link.b)]
        assert graph.edges[ends]["delay_ns"] == graph.edges[ends[::-1]]["delay_ns"] == link.delay_ns


def test_every_node_stands_at_a_site_and_reports_to_all_replicas_above_it(graph):
    nodes = of_kind(graph, "node")
    assert len(nodes) == 24 + 6 + 2 + 4
    for name, told in nodes.items():
        assert (told["x"], told["y"]) == tuple(
            graph.nodes[f"site:{told['site']}"][key] for key in ("x", "y")
        )
        parents = sorted(to for _, to in graph.out_edges(name))
        if told["tier"] == "regional":
            assert parents == [f"root-0/{replica}" for replica in range(4)]
        else:
            assert len(parents) == (told["tier"] != "root")


def test_edges_are_the_ways_that_reports_take(graph):
    messages = stored().read("messages").to_pydict()
    ways = {
        (f"agent-{node}", f"local-{parent}")
        for tier, node, parent in zip(
            *(messages[name] for name in ("tier", "node", "parent")), strict=True
        )
        if tier == "agent"
    }
    assert ways == {(one, to) for one, to in graph.edges if one.startswith("agent-")}


def test_a_region_has_its_largest_age_and_how_long_it_was_cut_off(graph):
    regions = stored().tables.regions
    for region in (0, 1):
        mine = regions["region"] == region
        node = graph.nodes[f"regional-{region}"]
        assert node["largest_age_ns"] == regions["oldest_age_ns"][mine].max()
        cut = np.count_nonzero(~regions["reachable"][mine])
        assert node["cut_ns"] == cut * 200_000_000
    assert graph.nodes["regional-0"]["cut_ns"] > 0


def test_those_who_lie_are_those_who_lied_in_the_run(graph):
    (lies,) = [
        one for one in Simulation(plan(), seed=stored().seed).components if isinstance(one, Lies)
    ]
    tiers = ("agent", "local")
    expected = {
        f"{tiers[actor.plan.tier]}-{node}": actor.plan.kind
        for actor in lies.actors
        for node in actor.nodes.tolist()
    }
    assert len(expected) > 1
    found = {name: told["lied"] for name, told in graph.nodes(data=True) if "lied" in told}
    assert found == expected


def test_a_tier_of_very_many_is_left_out_and_said_so(tmp_path, monkeypatch):
    monkeypatch.setattr(graphml, "NODES_MAX", 20)
    notes = write_graphml(stored(False), WHOLE, tmp_path / "few.graphml")
    assert notes == ["24 nodes of tier agent are left out"]
    few = nx.read_graphml(tmp_path / "few.graphml")
    assert {told["tier"] for told in of_kind(few, "node").values()} == {"local", "regional", "root"}


def test_who_was_convicted_is_said(tmp_path):
    tried = plan_of(attest={"every": "1s"}, adversaries=LIARS[1:])
    run = as_stored(tried, [Simulation(tried, seed=1).run()])
    court = run.tables.convictions
    guilty = [
        f"local-{node}"
        for tier, node, at_ns in zip(
            *(court[name].tolist() for name in ("tier", "node", "convicted_ns")), strict=True
        )
        if tier == 1 and at_ns >= 0
    ]
    assert len(guilty) == 1
    write_graphml(run, WHOLE, tmp_path / "court.graphml")
    graph = nx.read_graphml(tmp_path / "court.graphml")
    assert [name for name, told in graph.nodes(data=True) if told.get("convicted")] == guilty
