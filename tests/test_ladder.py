"""The rungs of the validation ladder: the small ones are run, all of them promise something.

`sim ladder` runs them as they stand. Here a rung is one replication, and its seed is fixed.
"""

import pytest

from sim.campaign.replications import run_scenario
from sim.scenario import load_scenario
from tests.data import ROOT
from tests.small import only_what_counts

LADDER = ROOT / "scenarios" / "ladder"
ONCE = "replications=1"
NESTED = "baseline.rule={kind: robust, estimator: trimmed_mean, f: 33%, over: nested}"


def verdicts(stem, folder, monkeypatch, *changes):
    """What came of each threshold of a rung."""
    only_what_counts(monkeypatch)
    scenario = load_scenario(LADDER / f"{stem}.yaml", [ONCE, *changes])
    outcome = run_scenario(scenario, folder)
    assert outcome.idle_faults == ()
    return {one.metric: one.outcome for one in outcome.verdicts}


def test_every_rung_is_on_its_number_and_is_held_to_something():
    rungs = [load_scenario(file).plan for file in sorted(LADDER.glob("*.yaml"))]
    assert [plan.name for plan in rungs] == [
        f"ladder-{name}" for name in ("hundred", "thousand", "million", "security")
    ]
    nodes = [sum(tier.count for tier in plan.tiers) for plan in rungs]
    assert nodes[:2] == [100, 1000]
    assert rungs[2].agents.count == 1_000_000
    assert all(plan.thresholds and plan.faults for plan in rungs)


@pytest.mark.slow
def test_a_hundred_nodes_are_as_old_and_as_soon_back_as_theory_says(tmp_path, monkeypatch):
    assert set(verdicts("01-hundred", tmp_path, monkeypatch).values()) == {"pass"}


@pytest.mark.slow
def test_the_liars_of_the_last_rung_are_kept_out_there_and_own_a_nested_mean(tmp_path, monkeypatch):
    assert set(verdicts("04-security", tmp_path, monkeypatch).values()) == {"pass"}
    owned = verdicts("04-security", tmp_path, monkeypatch, NESTED, "duration=22s")
    assert owned["bias.max"] == "fail"
