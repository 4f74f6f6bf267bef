"""Agents dealt anew to their seats: who lies moves along, and nothing else changes."""

import numpy as np
import pytest

from sim.engine.build import build
from sim.engine.lies.lies import Lies, first_phase_ns
from sim.engine.parts import prepare
from sim.engine.reseating import Dealing, captures, deal_seats, panes_of_one_agent
from sim.engine.simulation import Simulation
from sim.engine.streams import Streams
from sim.errors import InputError
from sim.stats.moments import COUNT
from sim.telemetry.tree import Groups
from tests.engine.scenarios import MS, S, plan_of, run

TREE = {"local": 4, "regional": 2}
RESEAT = {"tree": {**TREE, "reseat": "1s"}, "baseline": {"pane": "1s", "publish": "500ms"}}
STILL = {"baseline": RESEAT["baseline"]}
LEVELS_ONLY = {"behaviour": {"kind": "synthetic", "spread": 1.0, "noise": 0.0, "drift": 0.0}}
PUSH = {"where": "agents", "share": "25%", "kind": "push", "to": "9sd"}


def simulation(*faults, liars=(PUSH,), **blocks):
    return Simulation(plan_of(*faults, **{**RESEAT, "adversaries": list(liars), **blocks}), seed=1)


def lies_of(sim):
    (found,) = (component for component in sim.components if isinstance(component, Lies))
    return found


def dealt(epoch):
    return Dealing(24, Streams(1)).agent_at(epoch)


def test_everybody_has_a_seat_and_every_epoch_another():
    dealing = Dealing(1000, Streams(4))
    for epoch in (0, 1, 2, 7):
        assert np.array_equal(np.sort(dealing.agent_at(epoch)), np.arange(1000))
        assert np.array_equal(dealing.agent_at(epoch)[dealing.seat_of(epoch)], np.arange(1000))
    # Of a random permutation one agent stays, give or take one; 7 would be 6 standard errors.
    assert np.count_nonzero(dealing.agent_at(7) == dealing.agent_at(2)) < 7


def test_who_sits_where_does_not_depend_on_what_was_asked_before():
    forward, back = Dealing(50, Streams(4)), Dealing(50, Streams(4))
    deals = [forward.agent_at(epoch) for epoch in range(9)]
    assert all(np.array_equal(back.agent_at(epoch), deals[epoch]) for epoch in range(8, -1, -1))
    assert not np.array_equal(Dealing(50, Streams(5)).agent_at(1), deals[1])


def test_without_reseat_there_are_no_seats():
    plain = Simulation(plan_of(**STILL), seed=1)
    assert type(plain.world.telemetry.leaves.behaviour).__name__ == "Synthetic"
    assert "placement" not in plain.run().tables


def test_until_the_first_deal_a_run_is_the_same_bit_for_bit():
    """A deal at the very end is none, and only the table of placements is new."""
    tree = {**TREE, "reseat": "4s"}
    still = run(**STILL, adversaries=[PUSH]).fingerprint_parts
    dealt_late = run(tree=tree, **STILL, adversaries=[PUSH]).fingerprint_parts
    assert {name for name in still if still[name] != dealt_late[name]} == {"faults"}


def test_after_it_it_is_another():
    still, moved = run(**STILL), run(**RESEAT)
    before = still.tables["baselines"]["published_ns"] <= 1 * S
    for column in ("error_mean", "count"):
        one, other = still.tables["baselines"][column], moved.tables["baselines"][column]
        assert np.array_equal(one[before], other[before])
    assert still.fingerprint_parts["baselines"] != moved.fingerprint_parts["baselines"]


def test_a_run_that_ends_before_the_first_deal_is_inconclusive():
    assert run(tree={**TREE, "reseat": "4s"}, **STILL).idle_faults == ("tree.reseat",)
    assert run(**RESEAT).idle_faults == ()


def test_the_same_agents_lie_wherever_they_sit():
    sim = simulation()
    (actor,) = lies_of(sim).actors
    agents = actor.nodes.copy()
    sim.run()
    assert np.array_equal(dealt(3)[actor.nodes], agents)
    assert np.array_equal(
        np.flatnonzero(lies_of(sim).is_liar(0)), np.flatnonzero(np.isin(dealt(3), agents))
    )


def test_the_truth_is_that_of_the_correct_agents_in_every_epoch():
    """Agents that never change: the mean of the correct ones is the same whoever sits where."""
    sim = simulation(agents=LEVELS_ONLY)
    sim.run()
    truths = [sim.world.telemetry.truth(pane, pane).mean for pane in (2, 3)]
    assert truths[0] == pytest.approx(truths[1], abs=1e-12)


def test_a_liar_is_still_itself_when_it_sits_elsewhere():
    """What strategies see and claim goes by the liar: each claims its own number."""
    liar = {"where": "agents", "share": "25%", "kind": "sign_flip", "knows": "all"}
    sim = simulation(liars=[liar], agents=LEVELS_ONLY)
    (actor,) = lies_of(sim).actors
    views = []
    actor.strategy.look = views.append
    sim.run()
    by_time = {view.now_ns: view for view in views}
    one, other = by_time[500 * MS], by_time[3500 * MS]
    assert np.array_equal(one.nodes, other.nodes)
    assert np.allclose(one.own, other.own, atol=1e-6)
    assert np.allclose(one.others, other.others, atol=1e-6)
    # At the instant of a deal nobody has measured in the new seats yet.
    assert np.allclose(by_time[2 * S].others, one.others, atol=1e-6)


def test_liars_are_found_in_blocks_of_seats_by_who_they_are():
    (actor,) = lies_of(simulation()).actors
    actor.move(np.array([20, 3, 7, 15, 1, 9]), 1 * S)
    assert actor.within(0, 8).tolist() == [4, 1, 2]
    assert actor.within(8, 16).tolist() == [5, 3, 0]
    assert actor.who_at(np.array([20, 1])).tolist() == [0, 4]


def test_a_jump_that_was_believed_freezes_a_seat_only_until_the_next_deal():
    """The new parent has heard of no version yet: one report of each liar arrives in each epoch."""
    jumper = {"where": "agents", "share": "25%", "kind": "version_jump"}
    for blocks, arrive in ((RESEAT, 18 * 10 + 6 * 1), (STILL, 18 * 10)):
        sim = Simulation(plan_of(**blocks, adversaries=[jumper], registry={"refuse": False}), 1)
        sim.run()
        assert sim.world.telemetry.root.panes[2][COUNT] == arrive


def test_who_has_not_joined_yet_is_absent_wherever_it_would_sit():
    sybil = {"where": "agents", "share": "25%", "kind": "sybil", "to": "3sd", "identities": 2}
    sim = simulation(liars=[{**sybil, "from": "2500ms"}])
    seen = []
    sim.kernel.at(2200 * MS, lambda: seen.append(~sim.world.registered(0)))
    sim.run()
    (actor,) = lies_of(sim).actors
    assert np.array_equal(np.sort(dealt(2)[seen[0]]), np.sort(dealt(3)[actor.nodes]))
    assert sim.world.registered(0).all()


def test_who_reports_first_does_so_in_its_new_seat_and_nobody_in_its_old_one():
    rule = {"kind": "robust", "estimator": {"kind": "median"}, "f": "25%", "quorum": True}
    racer = {"where": "agents", "share": "25%", "kind": "fast_liar", "to": "3sd"}
    sim = simulation(liars=[racer], baseline={**RESEAT["baseline"], "rule": rule})
    sim.run()
    first = sim.world.telemetry.leaves.phase_ns == first_phase_ns(sim.plan)
    assert np.array_equal(np.flatnonzero(first), np.flatnonzero(lies_of(sim).is_liar(0)))


def test_who_chooses_when_to_report_needs_whole_periods_in_an_epoch():
    rule = {"kind": "robust", "estimator": {"kind": "median"}, "f": "25%", "quorum": True}
    racer = {"where": "agents", "share": "25%", "kind": "fast_liar", "to": "3sd"}
    baseline = {**RESEAT["baseline"], "rule": rule}
    with pytest.raises(InputError, match="a multiple of the agents' period"):
        simulation(liars=[racer], baseline=baseline, agents={"rate": "3Hz"})


def test_a_refused_lie_is_not_brought_by_the_honest_agent_who_sits_there_next():
    """Counts at the root stay those of reports that can be; a wrong heir would bring thousands."""
    inflation = {"where": "agents", "share": "25%", "kind": "count_inflation"}
    recording = run(**RESEAT, adversaries=[inflation], registry={"refuse": True})
    assert recording.tables["adversaries"]["refused"][0] > 100
    assert recording.tables["baselines"]["count"].max() <= 24 * 20


def test_what_was_lost_before_a_deal_stays_lost():
    """A seat cut off from 1.5 s on: its agent's values of the first epochs never arrive."""
    cut = {"kind": "partition", "groups": ["agent-0", "rest"], "at": "1500ms", "until": "2500ms"}
    sim = simulation(cut, liars=())
    sim.run()
    given_up = sim.world.telemetry.aggregators[0].intake.given_up
    assert given_up[1][0] == 5
    assert 2 not in given_up


ROUGH = [
    {"kind": "crash", "nodes": ["local-0", "5%"], "durable": False, "at": "1050ms", "until": "2s"},
    {"kind": "crash", "nodes": ["region-1"], "durable": False, "at": "2s", "until": "2500ms"},
    {"kind": "partition", "groups": ["region-0", "rest"], "at": "1700ms", "until": "2300ms"},
    {"kind": "churn", "nodes": "10%", "at": "900ms", "until": "2900ms"},
    {"kind": "crash", "nodes": ["local-4"], "durable": False, "at": "3100ms", "until": "3300ms"},
]
STORM = {"where": "agents", "share": "20%", "kind": "churn_storm", "every": "300ms"}


@pytest.mark.parametrize("rate", ["10Hz", "3Hz"])
def test_every_value_is_accounted_for_when_much_goes_wrong_at_once(rate):
    """Invariants are checked at every sample; at 3 Hz a deal falls into the midst of a tick."""
    network = {"kind": "point", "jitter": "150ms", "loss": "5%"}
    blocks = {"topology": network, "agents": {"rate": rate}, "adversaries": [PUSH, STORM]}
    recording = run(*ROUGH, **RESEAT, **blocks)
    assert recording.idle_faults == ()


def test_points_are_kept_of_all_seats_that_an_anomalous_agent_takes():
    anomaly = {"agents": ["agent-5"], "kind": "zero", "at": "1s"}
    detection = {"detector": "z", "learn": "1s", "calibrate": "1s"}
    plan = plan_of(**RESEAT, detection=detection, anomalies=[anomaly])
    parts = prepare(plan, 1)
    seats = deal_seats(parts, build(parts), 1 * S)
    expected = {int(np.flatnonzero(dealt(epoch) == 5)[0]) for epoch in range(4)}
    assert set(np.flatnonzero(seats.parts.hit).tolist()) == expected


def test_an_estimate_from_nobody_is_none():
    """Nothing has arrived at the first publication; a guard is then blind, and the run goes on."""
    rule = {"kind": "guarded_mean", "estimator": {"kind": "median"}, "f": "20%"}
    slow = {"kind": "point", "jitter": "450ms"}
    recording = run(baseline={**STILL["baseline"], "rule": rule}, topology=slow)
    items = recording.tables["integrity"]["items"]
    assert items[0] == 0 < items[-1]


@pytest.mark.parametrize(
    ("published_ms", "now_ms", "panes"),
    [
        (9_000, 8_900, (0, 0)),
        (20_000, 19_900, (1, 1)),  # not the running pane: nothing is known of it yet
        (20_500, 20_400, (1, 1)),  # the epoch is younger than a publication
        (21_000, 20_900, (2, 2)),
        (45_000, 44_900, (4, 4)),
    ],
)
def test_windows_are_of_one_agent_each(published_ms, now_ms, panes):
    plan = plan_of(tree={**TREE, "reseat": "10s"}, duration="50s", baseline={"pane": "10s"})
    assert panes_of_one_agent(plan, published_ms * MS, now_ms * MS) == panes


def test_without_reseat_windows_are_those_of_the_baseline():
    plan = plan_of(duration="50s")
    for now_ns in range(S, 50 * S, S):
        assert panes_of_one_agent(plan, now_ns, now_ns - 1) == plan.baseline.panes_at(now_ns)


def test_a_captured_group_is_a_liar_in_the_group_above():
    levels = (Groups(8, 4), Groups(4, 2), Groups(2, 1))
    agents = np.array([1, 1, 1, 0, 0, 0, 0, 0], bool)
    nobody = [np.zeros(count, bool) for count in (4, 2)]
    assert list(captures(levels, [agents, *nobody], 0.5)) == [(2, 1), (1, 0), (0, 0)]
    assert list(captures(levels, [agents, *nobody], 0.4)) == [(2, 2), (2, 1), (1, 1)]
    lying_local = [np.zeros(4, bool), np.array([False, True])]
    assert list(captures(levels, [agents & False, *lying_local], 0.4)) == [(0, 0), (0, 0), (1, 1)]


def test_the_table_of_placements_says_how_liars_stand_in_every_epoch():
    recording = run(**RESEAT, adversaries=[PUSH])
    table = recording.tables["placement"]
    assert table["epoch"].tolist() == [0] * 3 + [1] * 3 + [2] * 3 + [3] * 3
    assert table["begin_ns"].tolist() == [epoch * S for epoch in table["epoch"].tolist()]
    sim = simulation()
    liars = np.isin(np.arange(24), lies_of(sim).actors[0].nodes)
    for epoch in range(4):
        by_group = liars[dealt(epoch)].reshape(6, 4).sum(axis=1)
        (row,) = np.flatnonzero((table["epoch"] == epoch) & (table["tier"] == 1))
        assert table["largest"][row] == by_group.max()
