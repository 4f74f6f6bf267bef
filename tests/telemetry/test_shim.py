"""The seam at which somebody may stand between a tier and the network, without any adversary.

A `Shim` is written by hand here; the plane counts what it changes, and a `Gate` what it takes out.
Shims of 60 agents, 6 locals and 2 regionals; reports every 100 ms, from a phase of each node's own.
"""

import numpy as np
import pytest

from sim.engine.lies.actor import Actor
from sim.engine.lies.shim import TierShim
from sim.engine.parts import max_reports
from sim.errors import InvariantViolated
from sim.stats.moments import COUNT, SOURCES
from sim.telemetry.emission import NEVER
from sim.telemetry.shim import taken_out
from tests.engine.lies.runs import lies_of, lying, played, run, simulation


class Nobody:
    """Changes nothing, and remembers what it was asked."""

    def __init__(self, nodes):
        self.liars = np.zeros(nodes, np.bool_)
        self.rolled = 0
        self.told = []
        self.aged = 0
        self.forgotten = 0

    def roll(self):
        self.rolled += 1

    def claim(self, part, first, values):
        self.told.append(("claim", part.ticks, first, values.shape[1:]))
        return 0

    def tell(self, pane, part, first, totals):
        self.told.append(("tell", pane, first, totals.shape[0] - part.ticks))
        return totals

    def ages(self, part, states):
        self.aged += part.count()

    def forget(self, nodes):
        self.forgotten += int(np.count_nonzero(nodes))


class Adds(Nobody):
    """One value more than is true in every report of node 0, once."""

    def __init__(self, nodes):
        super().__init__(nodes)
        self.liars[0] = True
        self.done = False

    def tell(self, pane, part, first, totals):
        if self.done or not part.ticks or first or (part.sent is not None and not part.sent[0, 0]):
            return totals
        self.done = True
        totals = totals.astype(np.int64)
        totals[1:, 0, [COUNT, SOURCES]] += 1
        return totals


class Halts:
    """Takes out everything that leaves after an instant."""

    def __init__(self, at_ns):
        self.at_ns = at_ns

    def judge(self, part, first, arrivals_ns):
        arrivals_ns[part.sent_ns >= self.at_ns] = NEVER


def with_shim(shim_of, tier, **blocks):
    """A run without adversaries, with a shim before one tier."""
    simulated = simulation(**blocks)
    telemetry = simulated.world.telemetry
    sender = telemetry.leaves if tier == 0 else telemetry.aggregators[tier - 1]
    sender.shim = shim_of(sender.groups.children if tier == 0 else sender.groups.parents)
    return simulated, sender.shim


@pytest.mark.parametrize("tier", [0, 1, 2])
def test_a_shim_that_changes_nothing_leaves_every_bit(tier):
    simulated, _ = with_shim(Nobody, tier)
    assert played(simulated).fingerprint == run().fingerprint


def test_agents_are_asked_what_they_measured_and_what_they_say():
    simulated, shim = with_shim(Nobody, 0)
    played(simulated)
    assert {call[0] for call in shim.told} == {"claim", "tell"}
    assert all(call[3] == (60, 2) for call in shim.told if call[0] == "claim")
    assert all(call[3] == 1 for call in shim.told if call[0] == "tell")
    assert shim.rolled == 2


def test_aggregators_are_asked_about_the_running_pane_and_the_one_before_in_every_step():
    simulated, shim = with_shim(Nobody, 1)
    played(simulated)
    panes = [call[1] for call in shim.told if call[0] == "tell"]
    assert set(panes) == {0, 1, 2}
    assert panes.count(0) == 2 * panes.count(2)
    assert shim.aged == simulated.world.telemetry.aggregators[0].messages


def test_a_shim_is_told_who_has_forgotten():
    crash = {"kind": "crash", "nodes": ["region-0"], "at": "1s", "until": "2s", "durable": False}
    simulated, shim = with_shim(Nobody, 1, faults=[crash])
    played(simulated)
    assert shim.forgotten == 3


@pytest.mark.parametrize("tier", [0, 1, 2])
def test_what_a_shim_adds_arrives_and_is_kept_count_of(tier):
    """In the baselines of 1 and 1.5 s, which still cover the first pane."""
    simulated, _ = with_shim(Adds, tier)
    counts = [one.tables["baselines"]["count"] for one in (played(simulated), run())]
    np.testing.assert_array_equal(counts[0] - counts[1], [1, 1, 1, 0, 0, 0])
    if tier:
        assert simulated.world.telemetry.aggregators[tier - 1].forged_count == 1


def test_the_truth_of_a_centralised_observer_is_of_those_who_are_no_liars():
    simulated, shim = with_shim(Nobody, 0)
    shim.liars[:15] = True
    played(simulated)
    leaves = simulated.world.telemetry.leaves
    assert leaves.truth[2][SOURCES] == 45
    assert leaves.lies[2][SOURCES] == 15


def test_what_a_shim_changes_behind_the_count_is_an_invariant_violated():
    """The same one value more, put in where nobody counts."""
    simulated, _ = with_shim(Nobody, 1)
    produce = simulated.world.telemetry.aggregators[0].produce

    def adding():
        reports = produce()
        for total in reports.totals.values():
            total[1:, 0, COUNT] += 1
        return reports

    simulated.world.telemetry.aggregators[0].produce = adding
    with pytest.raises(InvariantViolated, match="exact counts"):
        played(simulated)


def test_what_a_gate_takes_out_is_counted():
    simulated = simulation()
    way = simulated.world.telemetry.ways[0]
    way.gates += (Halts(2_000_000_000),)
    recording = played(simulated)
    # 60 agents, ten reports a second.
    assert way.taken_out == 600
    assert recording.tables["samples"]["oldest_age_ns"][-1] > 900_000_000


def test_a_gate_that_is_faster_than_the_path_is_caught():
    class Hurry:
        def judge(self, part, first, arrivals_ns):
            arrivals_ns -= 1_000_000

    simulated = simulation(topology={"kind": "ring", "sites": 4, "length_km": 2000})
    simulated.world.telemetry.ways[1].gates += (Hurry(),)
    with pytest.raises(InvariantViolated, match="causality"):
        played(simulated)


def test_only_what_would_have_arrived_is_taken_out():
    before = np.array([1.0, NEVER, 3.0, 4.0])
    after = np.array([1.0, NEVER, NEVER, 9.0])
    assert taken_out(before, after) == 1


# The shim of the adversaries


def test_a_message_that_is_refused_for_two_panes_is_refused_once():
    """In the first reports of a pane both it and the one before are told."""
    recording = run(lying("count_inflation", ["local-0"], times=1000))
    refused = recording.tables["adversaries"]["refused"].tolist()
    assert refused == [25]
    assert recording.tables["adversaries"]["acts"][0] > 25


def test_a_liar_that_claims_the_truth_has_done_nothing():
    simulated = simulation(lying("push"))
    (actor,) = lies_of(simulated).actors
    actor.strategy.claim = lambda tick, born_ns, who, measured: measured
    played(simulated)
    assert actor.acts == 0
    assert np.isinf(actor.first_act_ns).all()


def test_the_first_act_of_each_liar_is_its_first_report_as_one():
    simulated = simulation(lying("push", **{"from": "730ms"}))
    played(simulated)
    (actor,) = lies_of(simulated).actors
    phase_ns = simulated.world.telemetry.leaves.phase_ns[actor.nodes]
    first = phase_ns + np.ceil((730_000_000 - phase_ns) / 100_000_000) * 100_000_000
    np.testing.assert_array_equal(actor.first_act_ns, first)
    assert actor.acts == sum((3_000_000_000 - at - 1) // 100_000_000 + 1 for at in first)


def test_a_shim_knows_its_liars_in_any_block_of_nodes():
    simulated = simulation(lying("push"), lying("mimic", share="10%"))
    shim = simulated.world.telemetry.leaves.shim
    assert isinstance(shim, TierShim)
    assert np.count_nonzero(shim.liars) == 18
    for actor in shim.actors:
        assert isinstance(actor, Actor)
        blocks = [actor.nodes[actor.within(first, 7)] for first in range(0, 60, 7)]
        assert np.concatenate(blocks).tolist() == sorted(actor.nodes.tolist())


def test_a_liar_acts_from_its_begin_to_just_before_its_end():
    (actor,) = lies_of(simulation(lying("push", until="1s"))).actors
    instants = np.array([499_999_999.0, 500_000_000.0, 999_999_999.0, 1_000_000_000.0])
    acting = actor.acting(np.zeros(4, np.int64), instants)
    assert acting.tolist() == [False, True, True, False]


@pytest.mark.parametrize(
    ("panes", "now_ms", "reports"),
    [((0, 0), 0, 1), ((0, 0), 250, 3), ((0, 0), 1800, 11), ((1, 2), 2050, 12), ((1, 2), 1950, 11)],
)
def test_no_agent_has_more_reports_in_its_panes_than_fit_in_by_now(panes, now_ms, reports):
    """One every 100 ms in panes of 1 s, both ends included; the last may not have begun."""
    assert max_reports(simulation().plan, *panes, now_ms * 1_000_000) == reports
