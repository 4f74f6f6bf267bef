"""``sim list`` gives the names that a scenario can use."""

import json

import pytest

from sim.cli.exits import Exit
from sim.protocol.routing.registry import DISCIPLINES, POLICIES
from sim.scenario import catalogue
from sim.scenario.procedures import PROCEDURES
from sim.stats.confidence.registry import INTERVALS
from sim.stats.dependence.registry import DEPENDENCE


@pytest.mark.parametrize(
    ("subject", "names"),
    [
        ("latency", catalogue.LATENCY_LAWS),
        ("faults", catalogue.FAULTS),
        ("behaviours", catalogue.BEHAVIOURS),
        ("anomalies", catalogue.ANOMALIES),
        ("detectors", catalogue.DETECTORS),
        ("controls", catalogue.CONTROLS),
        ("adversaries", catalogue.ADVERSARIES),
        ("rules", catalogue.ROBUST_RULES),
        ("protocols", catalogue.PROTOCOLS),
        ("failure-detectors", catalogue.FAILURE_DETECTORS),
        ("sync-methods", catalogue.SYNC_METHODS),
        ("metrics", catalogue.METRIC_NAMES),
        ("intervals", INTERVALS),
        ("dependence", DEPENDENCE),
        ("quantiles", ("ddsketch", "kll")),
        ("disciplines", DISCIPLINES),
        ("policies", POLICIES),
    ],
)
def test_the_names_are_those_of_the_catalogue(sim, subject, names):
    listed = json.loads(sim("list", subject, "--json").out)
    assert sorted(row["name"] for row in listed) == sorted(names)


def test_a_name_comes_with_a_few_words(sim):
    lines = sim("list", "faults").out.splitlines()
    assert "pause      nodes stand still, then go on" in lines


def test_an_adversary_comes_with_who_can_do_it(sim):
    lines = sim("list", "adversaries").out.splitlines()
    assert "drop                an aggregator leaves children out [aggregators]" in lines
    assert "silence             sends nothing [agents, aggregators]" in lines


def test_an_interval_comes_with_what_it_is_of(sim):
    lines = sim("list", "intervals").out.splitlines()
    assert (
        "stratified         The interval of the mean of these very sources: only the noise within "
        "each is uncertain"
    ) in lines


def test_a_protocol_comes_with_what_a_decision_costs(sim):
    lines = sim("list", "protocols").out.splitlines()
    assert (
        "pbft                  consensus in three steps, all to all [24 messages among 4]" in lines
    )
    (witness,) = (line for line in lines if line.startswith("witness"))
    assert witness.endswith("[120 messages among 4 a round]")


def test_topologies_can_be_used_as_they_are_listed(sim):
    assert "topozoo/Geant2010" in sim("list", "topologies").out.splitlines()


def test_scenarios_come_with_what_they_are_about(sim):
    lines = sim("list", "scenarios", "--in", ".").out.splitlines()
    assert lines == ["bad.yaml   (2 mistakes, see sim validate)", "good.yaml  All is well."]


def test_scenarios_are_listed_folder_by_folder(sim, folder):
    for name in ("a", ".hidden", "z"):
        (folder / name).mkdir()
        (folder / name / "one.yaml").write_text((folder / "good.yaml").read_text())
    (folder / "a" / "other.yaml").write_text("search: 1\n")
    lines = sim("list", "scenarios", "--in", ".").out.splitlines()
    names = [line.split()[0] for line in lines]
    assert names == ["bad.yaml", "good.yaml", "a/one.yaml", "z/one.yaml"]


def test_nothing_to_list_is_said_beside_the_result(sim):
    assert sim("list", "runs") == (Exit.GOOD, "", "no runs here\n")
    assert sim("list", "runs", "--quiet") == (Exit.GOOD, "", "")


def test_finished_runs_are_listed_once(sim, folder):
    run = folder / "results" / "runs" / "good" / "1234abcd-s1"
    run.mkdir(parents=True)
    (run / "manifest.json").write_text("{}")
    (run.parent / "latest").symlink_to(run.name)
    assert sim("list", "runs").out == "results/runs/good/1234abcd-s1\n"


def test_a_control_comes_with_the_metric_that_it_bounds_and_for_whom(sim):
    lines = {line.split()[0]: line for line in sim("list", "controls").out.splitlines()}
    assert lines["by"].endswith("[bounds detection.fdr, whatever agents share]")
    assert lines["bonferroni"].endswith("[bounds detection.any_false, whatever agents share]")
    assert lines["lord"].endswith("[bounds detection.fdr.overall, independent agents and instants]")
    assert lines["threshold"].endswith("[bounds nothing]")


def test_what_controls_bound_are_metrics():
    bounds = [facts.bounds for facts in PROCEDURES.values() if facts.bounds]
    assert {f"detection.{bound}" for bound in bounds} < set(catalogue.METRIC_NAMES)
