"""What controls beside BH keep in whole runs: online rules, any dependence, and a quota on a liar.

As in `test_fdr_in_runs`: independent values, agents alike, and some anomalous from the first
decision to the last, by so much that they are always found.
"""

import numpy as np
import pytest

from tests.theory.detecting import ALIKE, agents_alike, decided_on

ALPHA, AGENTS, ANOMALOUS = 0.1, 200, 0.1
SCENARIO = {
    **ALIKE,
    "name": "controls",
    "duration": "26s",
    "agents": agents_alike(AGENTS),
    "anomalies": [{"agents": "10%", "kind": "shift", "size": "9sd", "at": "20s", "for": "6s"}],
}
BY_SCORE = {"kind": "z", "pool": "rms"}
BY_EVIDENCE = {"kind": "lr_e_process", "size": "1sd", "restart": "5s"}


def decided(control, detector, **more):
    """False alarms, all alarms and the share of anomalous agents found, at each decision."""
    detection = {
        "detector": detector,
        "scope": "own",
        "control": {"alpha": f"{ALPHA:.0%}", **control},
        "every": "200ms",
        "learn": "10s",
        "calibrate": "10s",
    }
    alarm, anomalous = decided_on({**SCENARIO, "detection": detection, **more})
    alarm, anomalous = alarm[2:], anomalous[2:]  # what is decided first was sent before
    false = (alarm & ~anomalous).sum(axis=1)
    return false, alarm.sum(axis=1), alarm[anomalous].mean()


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["addis", "e_lond"])
def test_online_rules_on_e_values_keep_their_level_over_the_run_and_lose_nobody(kind):
    false, alarms, found = decided({"kind": kind}, BY_EVIDENCE)
    assert false.sum() / alarms.sum() <= ALPHA
    assert found > 0.9


@pytest.mark.slow
def test_an_online_rule_on_conformal_p_values_finds_nothing_once_its_level_is_below_them():
    """10,000 scores of calibration: p >= 0.0001, and after 200 tests LORD++ asks for less."""
    _, alarms, _ = decided({"kind": "lord"}, BY_SCORE)
    assert alarms.sum() == 0


@pytest.mark.slow
def test_a_quota_holds_down_what_a_local_can_do_that_floods_with_alarms():
    """20 agents of 200 with an infinite score: 18 false alarms a decision; with a quota of 3, 3.

    Bound: alpha m0 / m + E[min(1, 3 / alarms)], of the nine locals that are honest.
    """
    liar = {"adversaries": [{"kind": "flood_alarms", "where": "local-0", "from": "20s"}]}
    shares = []
    for quota in ({}, {"quota": 3}):
        false, alarms, found = decided({"kind": "bh", **quota}, BY_SCORE, **liar)
        shares.append(false / np.maximum(alarms, 1))
        assert found > 0.7
    free, capped = shares
    assert free.mean() > 0.4
    error = capped.std() / np.sqrt(len(capped))
    bound = (1 - ANOMALOUS) * ALPHA + np.minimum(1, 3 / np.maximum(alarms, 1)).mean()
    assert capped.mean() < bound + 4 * error < free.mean() - 0.1
