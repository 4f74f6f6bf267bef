"""What several blocks say must fit together."""

import pytest

from tests.scenario.texts import GOOD, mistakes_in

TOPOLOGY = "topology: {kind: topohub, name: topozoo/Abilene}"


@pytest.mark.parametrize(
    ("line", "mistake"),
    [
        (
            "tree: {links: [1ms, 2ms]}",
            "6:8: tree.links: must have one law for each of the 3 hops, not 2",
        ),
        (
            "tree: {ingress: [1us, 2us]}",
            "6:8: tree.ingress: must be one time, or one for each of the 3 tiers above the agents",
        ),
        (
            "baseline: {pane: 50ms}",
            "baseline.pane: a pane of 50ms is shorter than the agents' period, 100ms",
        ),
        (
            "baseline: {publish: 2min}",
            "baseline.publish: once every 2min never happens in a run of 1min",
        ),
        ("measure: {every: 61s}", "measure.every: once every 61s never happens in a run of 1min"),
        ("tree: {forward: 1/h}", "tree.forward: once every 1h never happens in a run of 1min"),
        (
            "thresholds: {coverage.min: {min: 50%, max: 20%}}",
            "6:14: thresholds.coverage.min: min is more than max, so nothing can be good",
        ),
        ("thresholds: {coverage.min: {}}", "thresholds.coverage.min: needs a min or a max"),
        (
            "tree: {links: [1ms, {kind: empirical, path: no.csv}, 1ms]}",
            "6:39: tree.links[1].path: there is no file no.csv",
        ),
    ],
)
def test_blocks_that_do_not_fit_are_refused(line, mistake):
    (found,) = mistakes_in(GOOD + line + "\n")
    assert mistake in found


@pytest.mark.parametrize(
    ("topology", "mistake"),
    [
        ("{kind: topohub, name: topozoo/Abilen}", "did you mean topozoo/Abilene?"),
        ("{kind: graphml, path: no.graphml}", "5:27: topology.path: there is no file no.graphml"),
        ("{kind: rtt_csv, path: .}", "5:27: topology.path: "),
        (
            "{kind: waxman, sites: 20, size_km: 1000, alpha: 0.01, beta: 0.01}",
            "falls into 20 parts: no way leads from 'site-0' to 'site-1'",
        ),
        (
            "{kind: point, jitter: {kind: empirical, path: no.csv}}",
            "topology.jitter.path: there is no file no.csv",
        ),
    ],
)
def test_a_topology_that_is_not_there_or_falls_apart_is_refused(topology, mistake):
    (found,) = mistakes_in(GOOD.replace(TOPOLOGY, f"topology: {topology}"))
    assert mistake in found


def test_a_matrix_with_two_islands_is_refused(tmp_path):
    matrix = tmp_path / "rtt.csv"
    matrix.write_text(",a,b,c\na,0,3,\nb,3,0,\nc,,,0\n")
    (found,) = mistakes_in(GOOD.replace(TOPOLOGY, f"topology: {{kind: rtt_csv, path: {matrix}}}"))
    assert "5:1: topology: falls into 2 parts: no way leads from 'a' to 'c'" in found


def test_both_matrices_that_are_not_there_are_told_at_their_keys():
    topology = "topology: {kind: rtt_csv, path: no.csv, p90: nor.csv}"
    found = mistakes_in(GOOD.replace(TOPOLOGY, topology))
    assert [line.partition("topology.")[2] for line in found] == [
        "path: there is no file no.csv",
        "p90: there is no file nor.csv",
    ]


def test_a_trace_that_is_not_there_is_refused():
    agents = "agents: {count: 10, behaviour: {kind: trace, path: [no.npz, nor.csv]}}"
    found = mistakes_in(GOOD.replace("agents: {count: 1000, features: 8, rate: 10Hz}", agents))
    assert [line.rpartition("path: ")[2] for line in found] == [
        "there is no file no.npz",
        "there is no file nor.csv",
    ]


def test_a_trace_below_sim_data_needs_the_variable(monkeypatch):
    monkeypatch.delenv("SIM_DATA", raising=False)
    agents = "agents: {count: 10, behaviour: {kind: trace, path: $SIM_DATA/x.npz}}"
    (found,) = mistakes_in(GOOD.replace("agents: {count: 1000, features: 8, rate: 10Hz}", agents))
    assert "the environment variable SIM_DATA is not set" in found


# A pane of ten seconds at 1 kHz is 10 000 values an agent; 2**38 values in all are too many.
@pytest.mark.parametrize(("panes", "is_too_much"), [(1, False), (2, True)])
def test_values_of_the_running_pane_count_towards_what_exact_sums_hold(panes, is_too_much):
    text = GOOD.replace("count: 1000", "count: 1e7").replace("10Hz", "1kHz")
    found = mistakes_in(text + f"baseline: {{panes: {panes}}}\n")
    assert [("3e+11 values in a window" in line) for line in found] == [True] * is_too_much


def test_synthetic_agents_say_how_many_features_they_have():
    (found,) = mistakes_in(GOOD.replace("features: 8, ", ""))
    assert "agents: needs `features`" in found
