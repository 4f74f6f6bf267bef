"""Realised false discovery rates of whole runs, against what the procedures promise (theory 10).

Values are independent from report to report and agents are alike, so what BH on conformal p-values
assumes holds: false alarms are a share pi0 * alpha of all alarms, exactly. One agent in ten is
anomalous from the first decision to the last, by so much that it is always found.
"""

import numpy as np
import pytest

from tests.theory.detecting import ALIKE, agents_alike, decided_on

ALPHA, AGENTS, ANOMALOUS = 0.1, 400, 0.1
SCENARIO = {
    **ALIKE,
    "name": "false-discoveries",
    "duration": "60s",
    "agents": agents_alike(AGENTS),
    "detection": {
        "detector": {"kind": "z", "pool": "rms"},
        "scope": "own",
        "every": "200ms",
        "learn": "10s",
        "calibrate": "20s",
    },
}


def false_shares(control, decide="root", agents=f"{ANOMALOUS:.0%}"):
    """Share of false alarms among all alarms at each decision, (decisions,)."""
    detection = {**SCENARIO["detection"], "control": control, "decide": decide}
    shift = {"agents": agents, "kind": "shift", "size": "9sd", "at": "30s", "for": "30s"}
    alarm, label = decided_on({**SCENARIO, "detection": detection, "anomalies": [shift]})
    false = alarm & ~label
    return false.sum(axis=1) / np.maximum(alarm.sum(axis=1), 1)


@pytest.mark.slow
def test_bh_at_the_root_makes_the_false_discoveries_that_theory_says(figure):
    shares = false_shares({"kind": "bh", "alpha": f"{ALPHA:.0%}"})
    error = shares.std() / np.sqrt(len(shares))
    assert abs(shares.mean() - (1 - ANOMALOUS) * ALPHA) < 4 * error
    assert error < 0.005
    figure("10", "in a run, BH at the root: FDR", 0.09, shares.mean(), error)


@pytest.mark.slow
def test_calibrated_e_values_make_fewer_false_discoveries_than_asked():
    shares = false_shares({"kind": "e_bh", "alpha": f"{ALPHA:.0%}"})
    assert shares.mean() <= (1 - ANOMALOUS) * ALPHA


@pytest.mark.slow
def test_bh_at_each_local_for_itself_loses_control():
    """With all anomalies below one local the others add false alarms of their own (theory 10)."""
    five = [f"agent-{number}" for number in range(5)]
    bh = {"kind": "bh", "alpha": f"{ALPHA:.0%}"}
    alone, together = false_shares(bh, "local", five), false_shares(bh, "root", five)
    error = np.hypot(alone.std(), together.std()) / np.sqrt(len(alone))
    assert together.mean() < ALPHA + 4 * error
    assert alone.mean() > 2 * ALPHA


# What lies, cuts and dependence make of it (theory 10), in runs of half the length

BY_EVIDENCE = {"kind": "lr_e_process", "size": "2sd", "restart": "2100ms"}
SHORT = {"learn": "5s", "calibrate": "10s"}
LIAR = [{"where": "local-3", "kind": "flood_alarms", "from": "15s"}]
CUT = [{"kind": "partition", "groups": [["region-2", "region-3"], "rest"], "at": "15s"}]
COMMON = {"kind": "synthetic", "spread": 0, "drift": "none", "common": {"sd": 1.0}}


def decided(control, size="9sd", decide="root", more=None, **blocks):
    """Share of false alarms and of anomalies found, at each of 75 decisions; (decisions,)."""
    chosen = {"alpha": f"{ALPHA:.0%}", **control}
    detection = {**SCENARIO["detection"], **SHORT, "control": chosen, "decide": decide}
    shift = {"agents": f"{ANOMALOUS:.0%}", "kind": "shift", "size": size, "at": "15s", "for": "15s"}
    scenario = {**SCENARIO, "duration": "30s", "anomalies": [shift], **blocks}
    alarm, label = decided_on({**scenario, "detection": {**detection, **(more or {})}})
    alarm, label = alarm[2:], label[2:]
    false = (alarm & ~label).sum(axis=1)
    return false / np.maximum(alarm.sum(axis=1), 1), (alarm & label).sum(axis=1) / label.sum(axis=1)


@pytest.mark.slow
def test_one_lying_local_of_twenty_takes_control_away_from_bh_as_theory_says(figure):
    """It floods: 18 of its 20 agents are well and 2 are not. Theory: 0.419 with m = 1000.

    R alarms reject p <= 0.1 R / 400, so of 342 agents that are well and not lied about 0.0855 R
    are false: R = (20 + 38 power) / (1 - 0.0855). How many are depends on 264 scores of calibration
    of 20,000 that are as large.
    """
    shares, found = decided({"kind": "bh"}, size="2.5sd", adversaries=LIAR)
    power = (40 * found.mean() - 2) / 38
    alarms = (20 + 38 * power) / (1 - 0.0855)
    error = np.hypot(shares.std() / np.sqrt(len(shares)), 0.0855 / np.sqrt(264))
    assert abs(shares.mean() - (18 + 0.0855 * alarms) / alarms) < 4 * error
    assert abs(shares.mean() - 0.419) < 4 * error
    assert 0.7 < power < 0.8
    expected = (18 + 0.0855 * alarms) / alarms
    figure("10", "in a run, BH, one local of 20 lies: FDR", expected, shares.mean(), error)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("control", "detector"), [("bh", {"kind": "z", "pool": "rms"}), ("e_bh", BY_EVIDENCE)]
)
def test_three_witnesses_give_back_what_a_lying_local_took(control, detector):
    three = {"detector": detector, "witnesses": 3}
    shares, found = decided({"kind": control}, "4sd", more=three, adversaries=LIAR)
    error = shares.std() / np.sqrt(len(shares))
    assert shares.mean() < (1 - ANOMALOUS) * ALPHA + 4 * error < 0.15
    assert found.mean() > 0.95


@pytest.mark.slow
def test_e_values_do_not_help_against_who_makes_them_up():
    shares, _ = decided({"kind": "e_bh"}, "4sd", more={"detector": BY_EVIDENCE}, adversaries=LIAR)
    assert shares.mean() > 0.3


@pytest.mark.slow
def test_a_root_that_half_of_the_agents_cannot_reach_keeps_half_the_level_and_half_the_power(
    figure,
):
    """Theory: pi0 alpha / 2 = 0.045 with the others at p = 1; some of half of the anomalies."""
    shares, found = decided({"kind": "bh"}, faults=CUT)
    error = shares[5:].std() / np.sqrt(len(shares) - 5)
    assert abs(shares[5:].mean() - 0.045) < 4 * error
    assert 0.4 < found[5:].mean() < 0.6
    figure("10", "in a run, BH, half cannot be reached: FDR", 0.045, shares[5:].mean(), error)


@pytest.mark.slow
def test_locals_that_tell_each_other_keep_their_level_and_find_all_on_both_sides_of_a_cut():
    shares, found = decided({"kind": "qute", "graph": "all"}, decide="local", faults=CUT)
    error = shares.std() / np.sqrt(len(shares))
    assert shares.mean() < (1 - ANOMALOUS) * ALPHA + 4 * error
    assert found.mean() > 0.98


@pytest.mark.slow
def test_what_agents_share_makes_false_alarms_come_together():
    """Correlation 1/2: the mean stays near pi0 alpha, its spread grows fourfold (theory: 0.17)."""
    alone, _ = decided({"kind": "bh"})
    shared, _ = decided({"kind": "bh"}, agents={**SCENARIO["agents"], "behaviour": COMMON})
    assert alone.std() < 0.06
    assert 0.12 < shared.std() < 0.22
    assert shared.mean() < ALPHA + 4 * shared.std() / np.sqrt(len(shared))
