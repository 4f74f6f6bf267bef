"""A run with an entry muted is the same run without it: every other draw stays as it was."""

import numpy as np
import pytest

from sim.campaign.replications import whole
from sim.engine.build import build
from sim.engine.lies.build import add_lies
from sim.engine.parts import prepare
from sim.engine.simulation import simulate
from sim.scenario import parse_scenario
from sim.scenario.mute import mute
from tests.small import SMALL

TEXT = SMALL.replace(
    "faults: [",
    "faults: [{kind: hold, nodes: [agent-3], at: 1s, until: 1000001us}, "
    "{kind: crash, nodes: [20%], at: 2500ms, durable: false}, ",
) + (
    "adversaries: [{where: agents, share: 20%, kind: push, to: 3sd}, "
    "{where: agents, share: 20%, kind: sign_flip}]\n"
    "anomalies: [{agents: 10%, kind: shift, size: 3sd, at: 1s, jitter: 200ms}, "
    "{agents: 20%, kind: shift, size: 2sd, at: 1s, jitter: 200ms}]\n"
    "detection: {detector: {kind: ewma_z, half_life: 1s}, learn: 500ms, calibrate: 500ms, "
    "every: 100ms}\n"
)
PLAN = parse_scenario(TEXT, "many.yaml")


def nodes_of(plan):
    """The nodes of each adversary that acts."""
    parts = prepare(plan, 7)
    lies = add_lies(parts, build(parts))
    return {actor.plan.path: actor.nodes.tolist() for actor in lies.actors}


def segments(plan):
    """When each anomaly that acts is at each of its agents."""
    rows = simulate(plan, 7).tables["segments"]
    return {
        (anomaly, agent, begin)
        for anomaly, agent, begin in zip(
            *(rows[column].tolist() for column in ("anomaly", "agent", "begin_ns")), strict=True
        )
    }


def test_without_a_fault_that_touched_nothing_every_table_is_the_same_to_the_bit():
    """The crash is the second fault with it and the first without: its nodes stay."""
    with_it, without = simulate(PLAN, 7), simulate(mute(PLAN, ["faults[0]"]), 7)
    assert "faults[0]" in with_it.idle_faults
    one, other = whole(with_it.tables), whole(without.tables)
    assert one.keys() == other.keys()
    for name in one.keys() - {"faults"}:
        for column in one[name]:
            assert np.array_equal(
                np.asarray(one[name][column]).astype(str),
                np.asarray(other[name][column]).astype(str),
            ), (name, column)
    parts, others = with_it.fingerprint_parts, without.fingerprint_parts
    assert [part for part in parts if parts[part] != others[part]] == ["faults"]


@pytest.mark.parametrize("left", ["adversaries[0]", "adversaries[1]"])
def test_an_adversary_keeps_its_nodes_when_another_is_muted(left):
    (muted,) = {"adversaries[0]", "adversaries[1]"} - {left}
    assert nodes_of(mute(PLAN, [muted])) == {left: nodes_of(PLAN)[left]}


@pytest.mark.parametrize("number", [1, 2])
def test_an_anomaly_keeps_its_agents_and_onsets_when_another_is_muted(number):
    everything = segments(PLAN)
    muted = segments(mute(PLAN, [f"anomalies[{2 - number}]"]))
    assert muted == {one for one in everything if one[0] == number}


def test_a_clean_twin_is_measured_in_all_that_the_run_with_liars_is():
    liars = [liar.path for liar in PLAN.adversaries]
    lied, clean = (simulate(plan, 7).tables["integrity"] for plan in (PLAN, mute(PLAN, liars)))
    assert np.array_equal(lied["version"], clean["version"])
    assert np.median(clean["bias"]) < np.median(lied["bias"]) / 5
