"""Same scenario, seed and version: the same to the last bit, whatever else is different.

What may differ is the process, its hash seed, the number of workers, what is written down, when the
state is looked at, and what happens to others. Nothing of it may move a single draw.
"""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from sim.campaign.replications import run_scenario
from sim.campaign.results import open_results
from sim.engine.simulation import simulate
from sim.scenario import load_scenario, parse_scenario
from tests.small import SMALL, only_what_counts

ROOT = Path(__file__).parents[1]
CUT = "{kind: partition, groups: [region-0, rest], at: 1s, until: 2s}"
RANDOM = """faults=[
  {kind: crash, nodes: [20%], durable: false, at: 500ms, until: 1s},
  {kind: churn, nodes: [region-1], at: 700ms, until: 1500ms},
  {kind: duplicate, nodes: [10%], share: 50%, at: 1s, until: 2s},
  {kind: site_down, site: site-2, at: 1500ms, until: 2s}]"""
"""Faults that choose nodes at random and walk over collections of them."""
WAXMAN = "topology={kind: waxman, sites: 6, size_km: 2000, alpha: 1.0, beta: 0.9, loss: 5%}"


@pytest.fixture(autouse=True)
def _only_what_counts(monkeypatch):
    only_what_counts(monkeypatch)


def record(*changes):
    """A recording of the smallest scenario with changes."""
    return simulate(parse_scenario(SMALL, "small.yaml", changes), 7)


def digests(recording, *ingredients):
    return [recording.fingerprint_parts[name] for name in ingredients]


def messages(*faults, agents_but=None):
    """Every message under a cut and some faults: all, or those of all agents but one."""
    changes = ("journal.messages=true", f"faults=[{', '.join((CUT, *faults))}]")
    rows = record(*changes).tables["messages"]
    if agents_but is None:
        return rows
    others = (rows["tier"] == "agent") & (rows["node"] != agents_but)
    return {name: column[others] for name, column in rows.items()}


@pytest.mark.slow
def test_two_fresh_processes_with_two_hash_seeds_agree_with_this_one():
    code = (
        "from tests.small import SMALL\n"
        "from sim.scenario import parse_scenario\n"
        "from sim.engine.simulation import simulate\n"
        f"plan = parse_scenario(SMALL, 'small.yaml', {[WAXMAN, RANDOM]!r})\n"
        "print(simulate(plan, 7).fingerprint)"
    )
    found = [
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed in ("0", "4242")
    ]
    assert found == [record(WAXMAN, RANDOM).fingerprint] * 2


@pytest.mark.slow
def test_two_workers_give_the_same_fingerprints_and_tables_as_one(tmp_path):
    (tmp_path / "small.yaml").write_text(SMALL)
    scenario = load_scenario(tmp_path / "small.yaml", ["replications=3"])
    one, two = (
        open_results(run_scenario(scenario, tmp_path / f"{workers}", workers).folder).manifest
        for workers in (1, 2)
    )
    assert one["fingerprints"] == two["fingerprints"]
    assert one["files"] == two["files"]


def test_a_run_does_not_depend_on_the_one_before_it_in_the_same_process():
    first = record(RANDOM)
    record("topology.loss=10%")
    assert record(RANDOM).fingerprint_parts == first.fingerprint_parts


def test_another_seed_is_another_run():
    plan = parse_scenario(SMALL, "small.yaml")
    one, other = simulate(plan, 7).fingerprint_parts, simulate(plan, 8).fingerprint_parts
    assert one["heard"] != other["heard"]
    assert one["samples"] != other["samples"]


def test_writing_every_message_down_changes_nothing():
    quiet, detailed = record(RANDOM), record(RANDOM, "journal.messages=true")
    assert detailed.fingerprint_parts == quiet.fingerprint_parts
    assert "messages" in detailed.tables
    assert "messages" not in quiet.tables


@pytest.mark.parametrize("every", ["50ms", "130ms", "3s"])
def test_looking_at_other_instants_changes_nothing_but_the_samples(every):
    usual, other = record(RANDOM), record(RANDOM, f"measure.every={every}")
    ingredients = ("baselines", "faults", "heard", "traffic")
    assert digests(other, *ingredients) == digests(usual, *ingredients)
    assert digests(other, "samples") != digests(usual, "samples")


def test_publishing_at_other_instants_does_not_change_what_is_heard():
    usual, other = record(), record("baseline.publish=330ms")
    assert digests(other, "heard") == digests(usual, "heard")
    assert digests(other, "baselines") != digests(usual, "baselines")


@pytest.mark.parametrize("ingredient", ["traffic", "heard"])
def test_choosing_fewer_ingredients_does_not_change_them(ingredient):
    alone = record(f"journal.fingerprint=[{ingredient}]")
    assert alone.fingerprint_parts == {ingredient: record().fingerprint_parts[ingredient]}


@pytest.mark.parametrize(
    "fault",
    [
        "kind: pause, nodes: [agent-3], at: 1234567us, until: 1234568us",
        "kind: crash, nodes: [agent-3], at: 1234567ns, until: 1734568us",
        "kind: churn, nodes: [agent-3], at: 1234567us, until: 1734568us",
        "kind: clock, nodes: [agent-3], offset: 1ms, at: 1234567us, until: 1734568us",
        "kind: duplicate, nodes: [agent-3], share: 10%, at: 1234567us, until: 1734568us",
        "kind: hold, nodes: [agent-3], at: 1234567us, until: 1734568us",
    ],
)
def test_what_happens_to_one_agent_moves_no_message_of_another(fault):
    before, after = messages(agents_but=3), messages(f"{{{fault}}}", agents_but=3)
    assert len(before["node"]) == 19 * 30
    for name, column in before.items():
        np.testing.assert_array_equal(after[name], column)


def test_a_step_cut_within_a_period_by_a_fault_without_effect_moves_no_message():
    cuts = [
        f"{{kind: hold, nodes: [agent-3], at: {at}ns, until: {at + 1}ns}}"
        for at in (1_000_000_001, 1_234_567_891, 1_999_999_999)
    ]
    before, after = messages(), messages(*cuts)
    assert len(before["node"]) > 20 * 30
    for name, column in before.items():
        np.testing.assert_array_equal(after[name], column)


def test_a_step_cut_by_a_fault_without_effect_changes_nothing_that_is_heard():
    cut = "{kind: hold, nodes: [agent-3], at: 1234567891ns, until: 1234567892ns}"
    whole, parts = record(f"faults=[{CUT}]"), record(f"faults=[{CUT}, {cut}]")
    assert parts.idle_faults == ("faults[1]",)
    ingredients = ("baselines", "heard", "samples", "traffic")
    assert digests(parts, *ingredients) == digests(whole, *ingredients)


def test_every_agent_sends_on_while_another_is_gone():
    gone = "{kind: crash, nodes: [agent-3], at: 1s, until: 2s}"
    before, after = messages(), messages(gone)
    assert len(before["node"]) - len(after["node"]) == 10
