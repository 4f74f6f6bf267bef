"""Maps from files, from topohub and from rules."""

import csv
import subprocess
import sys

import pytest

from sim.errors import InputError
from sim.network.importers import TOPOLOGIES, read_sites, topohub_names
from sim.network.sites import components
from sim.scenario import catalogue
from tests.data import shared_data

GRAPHML = """<graphml xmlns="http://graphml.graphdrawing.org/xmlns">
  <key attr.name="label" attr.type="string" for="node" id="l" />
  <key attr.name="Longitude" attr.type="double" for="node" id="x" />
  <key attr.name="Latitude" attr.type="double" for="node" id="y" />
  <graph edgedefault="undirected">{body}</graph>
</graphml>
"""
WEST = '<node id="0"><data key="l">Sea</data><data key="x">0</data><data key="y">0</data></node>'
EAST = '<node id="1"><data key="l">Sea</data><data key="x">2</data><data key="y">0</data></node>'
LOST = '<node id="2"><data key="l">Lost</data></node>'


@pytest.fixture
def rtt_csv(tmp_path):
    def read(text: str, **options: object):
        (tmp_path / "rtt.csv").write_text(text, encoding="utf-8")
        return read_sites("rtt_csv", {"path": "rtt.csv", **options}, directory=str(tmp_path))

    return read


@pytest.fixture
def graphml(tmp_path):
    def read(body: str):
        (tmp_path / "map.graphml").write_text(GRAPHML.format(body=body), encoding="utf-8")
        return read_sites("graphml", {"path": "map.graphml"}, directory=str(tmp_path))

    return read


def test_the_catalogue_lists_exactly_what_can_be_read():
    assert TOPOLOGIES == catalogue.TOPOLOGIES


def test_geant_has_its_37_sites_and_56_links_in_one_part():
    graph = read_sites("topohub", {"name": "topozoo/Geant2010"})
    assert (len(graph.names), len(graph.links), len(components(graph))) == (37, 56, 1)


def test_a_link_of_geant_takes_its_kilometres_in_fibre():
    graph = read_sites("topohub", {"name": "topozoo/Geant2010"})
    ends = {graph.names[graph.links[0].a], graph.names[graph.links[0].b]}
    assert (ends, graph.links[0].delay_ns) == ({"NL", "BE"}, round(173.53 / 200 * 1e6))


def test_nodes_without_a_name_or_with_a_common_one_are_told_apart():
    names = read_sites("topohub", {"name": "backbone/africa"}).names
    assert len(set(names)) == len(names) == 403


@pytest.mark.parametrize("wrong", ["topozoo/Gean2010", "geant2010", "Topozoo/Geant2010"])
def test_a_mistyped_topology_is_answered_with_the_nearest_name(wrong):
    with pytest.raises(InputError, match="did you mean topozoo/Geant2010"):
        read_sites("topohub", {"name": wrong})


def test_every_listed_topohub_name_has_a_group():
    assert all("/" in name for name in topohub_names())


def test_reading_topohub_and_a_matrix_imports_neither_numpy_nor_networkx(tmp_path):
    (tmp_path / "rtt.csv").write_text(",a,b\na,1,4\nb,4,1\n", encoding="utf-8")
    code = (
        "import sys; from sim.network.importers import read_sites;"
        "read_sites('topohub', {'name': 'topozoo/Abilene'});"
        f"read_sites('rtt_csv', {{'path': 'rtt.csv'}}, directory={str(tmp_path)!r});"
        "sys.exit('numpy' in sys.modules or 'networkx' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_one_way_is_half_of_the_mean_round_trip(rtt_csv):
    graph = rtt_csv("from\\to,a,b\na,,10\nb,14,\n")
    assert [(link.a, link.b, link.delay_ns) for link in graph.links] == [(0, 1, 6_000_000)]


def test_one_measured_direction_is_enough(rtt_csv):
    assert rtt_csv(",a,b\na,,10\nb,,\n").links[0].delay_ns == 5_000_000


def test_an_empty_cell_is_no_link(rtt_csv):
    assert components(rtt_csv(",a,b\na,1,\nb,,1\n")) == [[0], [1]]


def test_the_diagonal_is_the_round_trip_within(rtt_csv):
    assert rtt_csv(",a,b\na,3,10\nb,10,\n", within_ns=77).within_ns == (1_500_000, 77)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "is empty"),
        (",a,b\na,1,2\n", "1 rows and 2 columns"),
        (",a,b\na,1,2\nc,2,1\n", "row 3, column 1: 'c' where the columns have 'b'"),
        (",a,a\na,1,2\na,2,1\n", "column 3: the name 'a' stands twice"),
        (",a,b\na,1,2\nb,x,1\n", "row 3, column 2: 'x' is not a number"),
        (",a,b\na,1,-2\nb,3,1\n", "row 2, column 3: a round trip of -2.0 ms"),
        (",a,b\na,1,inf\nb,3,1\n", "row 2, column 3: 'inf' is not a number"),
        (",a,b\na,1,2\nb,2\n", "row 3: 1 cells for 2 columns"),
    ],
)
def test_a_wrong_matrix_is_refused_with_the_place(rtt_csv, text, problem):
    with pytest.raises(InputError) as error:
        rtt_csv(text)
    assert "rtt.csv" in str(error.value)
    assert problem in str(error.value)


def test_a_missing_file_is_named():
    with pytest.raises(InputError, match=r"absent\.csv: cannot be read"):
        read_sites("rtt_csv", {"path": "absent.csv"})


def test_sim_data_stands_for_a_folder(tmp_path, monkeypatch):
    (tmp_path / "rtt.csv").write_text(",a\na,2\n", encoding="utf-8")
    monkeypatch.setenv("SIM_DATA", str(tmp_path))
    assert read_sites("rtt_csv", {"path": "$SIM_DATA/rtt.csv"}).names == ("a",)


def test_sim_data_that_is_not_set_is_said(monkeypatch):
    monkeypatch.delenv("SIM_DATA", raising=False)
    with pytest.raises(InputError, match="SIM_DATA is not set"):
        read_sites("rtt_csv", {"path": "$SIM_DATA/rtt.csv"})


def test_labels_become_names_and_parallel_links_and_loops_go(graphml):
    edges = (
        '<edge source="0" target="1"/><edge source="1" target="0"/><edge source="1" target="1"/>'
    )
    graph = graphml(WEST + EAST + edges)
    assert (graph.names, len(graph.links)) == (("Sea", "Sea-2"), 1)


def test_a_node_without_coordinates_stands_between_its_neighbours(graphml):
    graph = graphml(
        WEST + EAST + LOST + '<edge source="0" target="2"/><edge source="2" target="1"/>'
    )
    assert graph.positions[2] == (1.0, 0.0)


def test_a_node_that_cannot_be_placed_is_named(graphml):
    with pytest.raises(InputError, match="'Lost' has no Latitude"):
        graphml(WEST + EAST + LOST + '<edge source="0" target="1"/>')


def test_a_file_that_is_no_graph_is_refused(tmp_path):
    (tmp_path / "map.graphml").write_text("<html>", encoding="utf-8")
    with pytest.raises(InputError, match="is not a GraphML graph"):
        read_sites("graphml", {"path": "map.graphml"}, directory=str(tmp_path))


@pytest.mark.parametrize(
    ("kind", "options", "sites", "links"),
    [
        ("ring", {"sites": 5, "length_km": 100.0}, 5, 5),
        ("grid", {"rows": 2, "columns": 3, "length_km": 10.0}, 6, 7),
        ("tree", {"branching": 3, "height": 2, "length_km": 1.0}, 13, 12),
        ("point", {}, 1, 0),
    ],
)
def test_a_regular_map_has_its_sites_and_links(kind, options, sites, links):
    graph = read_sites(kind, options)
    assert (len(graph.names), len(graph.links), len(components(graph))) == (sites, links, 1)


def test_every_link_of_a_grid_is_as_long_as_asked():
    graph = read_sites("grid", {"rows": 3, "columns": 4, "length_km": 20.0})
    assert {link.delay_ns for link in graph.links} == {100_000}


def test_the_seed_alone_decides_a_waxman_map():
    options = {"sites": 30, "size_km": 1000.0, "alpha": 0.3, "beta": 0.6}
    first, again, other = (read_sites("waxman", options, seed=seed) for seed in (1, 1, 2))
    assert first == again != other


@pytest.mark.data
@pytest.mark.parametrize("name", ["Cogentco", "Tinet", "Abilene"])
def test_the_topology_zoo_reads_as_it_was_converted_by_hand(name):
    file = shared_data(f"topologies/{name}.graphml")
    graph = read_sites("graphml", {"path": str(file)})
    with open(shared_data("topologies/links.csv"), encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row["topology"] == name]
    ours = sorted(link.delay_ns for link in graph.links)
    theirs = sorted(float(row["oneway_ms_geo"]) * 1e6 for row in rows)
    assert ours == pytest.approx(theirs, rel=1e-4, abs=1000)


@pytest.mark.data
def test_the_cloud_matrix_has_33_regions_that_all_talk():
    file = shared_data("latency_aws/p50_rtt_ms.csv")
    graph = read_sites("rtt_csv", {"path": str(file)})
    assert (len(graph.names), len(components(graph))) == (33, 1)
