"""Under every attack of the catalogue the simulator stays exact, and an unaccounted lie is caught.

Invariants are checked at every sample. Each attack runs with a guard, in a lossy network, and
through crashes that forget; a run that ends has kept them all.
"""

import numpy as np
import pytest

from sim.adversary import STRATEGIES
from sim.errors import InvariantViolated
from sim.scenario.catalogue import ADVERSARIES
from sim.stats.moments import COUNT
from tests.engine.lies.runs import GUARDED, acts, lying, played, run, simulation

LOSSY = {"kind": "point", "jitter": {"kind": "exponential", "mean": "30ms"}, "loss": "20%"}
FORGETFUL = [
    {"kind": "crash", "nodes": [node], "at": at, "until": until, "durable": False}
    for node, at, until in [
        ("local-0", "1200ms", "1500ms"),
        ("agent-3", "1300ms", "1600ms"),
        ("agent-40", "1300ms", "1600ms"),
        ("region-1", "1700ms", "2s"),
    ]
]
DETECTION = {
    "detector": {"kind": "z"},
    "control": {"kind": "threshold", "score": 5},
    "scope": "population",
    "every": "200ms",
    "learn": "600ms",
    "calibrate": "400ms",
}
NEEDS = {
    "equivocate": {"attest": {"every": "500ms", "step": "50ms", "watchers": 3}},
    "fast_liar": {"baseline": {"rule": {**GUARDED, "quorum": True}}},
    "flood_alarms": {"detection": DETECTION},
    "importance_flood": {"tree": {"ingress": "1ms"}},
}
"""What an attack needs in a scenario to be one."""
WHERE = {
    "agents": ("agents",),
    "aggregators": ("locals", "regionals"),
    "both": ("agents", "locals", "regionals"),
}
CASES = [(kind, where) for kind, one in STRATEGIES.items() for where in WHERE[one.tiers]]


def blocks_of(kind, **more):
    return {"baseline": {"rule": GUARDED}, **NEEDS.get(kind, {}), **more}


def test_the_catalogue_of_scenarios_names_these_attacks():
    assert set(ADVERSARIES) == set(STRATEGIES)


@pytest.mark.parametrize(("kind", "where"), CASES)
def test_every_attack_leaves_its_mark_in_a_sound_run(kind, where):
    recording = run(lying(kind, where), **blocks_of(kind))
    assert acts(recording)[0] > 0
    assert recording.idle_faults == ()


@pytest.mark.parametrize(("kind", "where"), CASES)
def test_no_attack_upsets_a_run_with_losses_and_nodes_that_forget(kind, where):
    liar = lying(kind, where, **{"from": "0s"})
    blocks = blocks_of(kind, topology=LOSSY, faults=FORGETFUL, registry={"refuse": False})
    assert acts(run(liar, **blocks))[0] > 0


@pytest.mark.parametrize("over", ["sketch", "nested"])
@pytest.mark.parametrize("kind", ["forge", "count_inflation", "max_for_sum", "drop", "silence"])
def test_aggregators_may_lie_in_every_kind_of_digest(kind, over):
    rule = {"kind": "robust", "estimator": "trimmed_mean", "f": "20%", "over": over}
    recording = run(lying(kind, "locals"), baseline={"rule": rule}, faults=FORGETFUL)
    assert acts(recording)[0] > 0


def test_an_attacker_who_changes_nothing_makes_the_run_inconclusive():
    """All are at 0, without any spread, and a push by 5 times nothing is 0, too."""
    still = {"kind": "synthetic", "spread": 0, "noise": 0, "drift": "none"}
    recording = run(lying("push"), agents={"behaviour": still})
    assert recording.idle_faults == ("adversaries[0]",)


@pytest.mark.parametrize("column", [COUNT, 2, 3])
def test_a_lie_that_is_told_after_the_count_is_taken_is_caught(monkeypatch, column):
    """The plane takes totals as they are handed back, so the bug is put behind it."""
    simulated = simulation(lying("forge", "locals"))
    tier = simulated.world.telemetry.aggregators[0]
    say = tier._say

    def saying(pane, totals):
        said = np.array(say(pane, totals))
        said[1:, 0, column] += 1
        return said

    monkeypatch.setattr(tier, "_say", saying)
    with pytest.raises(InvariantViolated, match=r"exact (sums|counts)"):
        played(simulated)


def test_agents_whose_lies_nobody_notes_are_caught(monkeypatch):
    """What agents say is counted as said: a shim that changes it later is found out."""
    simulated = simulation(lying("push"))
    leaves = simulated.world.telemetry.leaves
    observe = leaves._observe
    monkeypatch.setattr(leaves, "_observe", lambda said, run: observe(said * 0, run))
    with pytest.raises(InvariantViolated, match="exact"):
        played(simulated)


def test_a_shim_that_takes_messages_out_of_the_count_is_caught(monkeypatch):
    """Reports that a gate takes out are counted, one by one."""
    simulated = simulation(lying("silence"))
    way = simulated.world.telemetry.ways[0]
    carry = type(way).carry

    def carrying(self, emission, first):
        arrivals = carry(self, emission, first)
        if self is way:
            self.taken_out = 0
        return arrivals

    monkeypatch.setattr(type(way), "carry", carrying)
    with pytest.raises(InvariantViolated, match="conservation"):
        played(simulated)
