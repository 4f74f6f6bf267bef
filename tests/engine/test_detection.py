"""Detection in a run: what a watch sees, what the deciding node holds, and what the truth is."""

from itertools import pairwise

import numpy as np
import pytest

from sim.engine.detection.points import sample_agents
from sim.engine.simulation import Simulation
from sim.errors import InvariantViolated
from sim.telemetry.mail import Post
from tests.engine.scenarios import LOG, MS, RING, S, plan_of
from tests.engine.watched import (
    CHURN,
    CRASH,
    CUT,
    FORGET,
    LOSSY,
    PAUSE,
    SHIFT,
    decisions_of,
    points_of,
    simulation,
)

# What a watch sees


@pytest.mark.parametrize("faults", [(), (CUT,), (PAUSE,), (CRASH,), (FORGET,), (CHURN,)])
def test_a_watch_has_seen_exactly_the_newest_value_that_arrived(faults):
    simulated = simulation(*faults, topology=LOSSY, journal=LOG)
    looks = decisions_of(simulated)
    messages = simulated.run().tables["messages"]
    agents = messages["tier"] == "agent"
    rows = [messages[name][agents] for name in ("node", "sent_ns", "arrived_ns")]
    for now_ns, _, _, seen in looks:
        assert seen.tolist() == newest_plainly(now_ns, rows, forgotten_at(now_ns, faults))


def newest_plainly(now_ns, rows, forgotten_ns):
    """Birth of the newest value of each agent that arrived before now, in ten lines."""
    newest = [0.0] * 24
    for node, sent_ns, arrived_ns in zip(*rows, strict=True):
        lost = node < 4 and arrived_ns < forgotten_ns
        if 0 <= arrived_ns < now_ns and not lost:
            newest[node] = max(newest[node], float(sent_ns))
    return newest


def forgotten_at(now_ns, faults):
    return 1500 * MS if FORGET in faults and now_ns > 1500 * MS else 0


def test_a_value_is_held_against_the_baseline_that_had_arrived_by_then():
    """Constant values far from the baselines show which version each one met."""
    simulated = simulation(detection={"detector": {"kind": "cusum", "k": 0, "cap": 1e9}})
    met = []
    detector = simulated.detection.here.watch.detector
    update = detector.update

    def looking(rows, values, baseline, which):
        met.append((simulated.kernel.now_ns, rows, baseline.mean.copy(), which))
        update(rows, values, baseline, which)

    detector.update = looking
    simulated.run()
    # Before version 1 (500 ms) has come two hops down nobody has a baseline.
    early = [mean for now_ns, _, mean, _ in met if now_ns <= 500 * MS]
    late = [mean for now_ns, _, mean, _ in met if now_ns >= 1 * S]
    assert all(np.isnan(mean).all() for mean in early)
    assert not any(np.isnan(mean).any() for mean in late)


def test_a_watch_that_is_shown_a_value_before_it_arrives_is_caught():
    simulated = simulation(topology=LOSSY)
    detection = simulated.detection
    measured = detection.measured

    def leak(first, part, vectors):
        measured(first, part, vectors)
        rows = np.arange(first, first + vectors.shape[1])
        detection.here.watch.take(rows, vectors[-1], part.sent_ns[-1], part.sent_ns[-1])

    simulated.world.telemetry.leaves.watches = [leak]
    with pytest.raises(InvariantViolated, match=r"the watch of agent \d+ has seen"):
        simulated.run()


def test_what_happens_later_changes_no_earlier_decision():
    def until(anomalies):
        points = points_of(simulation(anomalies=anomalies, topology=LOSSY).run())
        return points["score"][points["time_ns"][:, 0] <= 2 * S]

    later = {**SHIFT, "agents": "all"}
    np.testing.assert_array_equal(until((SHIFT,)), until((later,)))


def test_how_time_is_cut_into_steps_changes_nothing():
    def digest(every):
        recording = simulation(CUT, FORGET, topology=LOSSY, measure={"every": every}).run()
        return recording.fingerprint_parts["detection"]

    assert digest("100ms") == digest("70ms") == digest("1s")


def test_who_watches_changes_nothing():
    quiet = Simulation(plan_of(CUT, topology=LOSSY, anomalies=[SHIFT]), seed=1).run()
    watched = simulation(CUT, topology=LOSSY).run()
    for ingredient in ("heard", "samples", "baselines"):
        assert quiet.fingerprint_parts[ingredient] == watched.fingerprint_parts[ingredient]


# What the deciding node holds


def test_the_root_decides_on_the_scores_of_the_decision_before():
    simulated = simulation()
    looks = decisions_of(simulated)
    simulated.run()
    for (_, _, sent, _), (now_ns, found, _, _) in pairwise(looks):
        if now_ns > 1 * S:
            np.testing.assert_array_equal(found[0], sent)


def test_under_loss_the_root_holds_the_newest_scores_that_came_through_both_hops(monkeypatch):
    simulated = simulation(topology=LOSSY)
    last, arrivals = simulated.detection.scores_mail.posts[-1], {}
    send = Post.send

    def logged(self, version, sent_ns, sent):
        send(self, version, sent_ns, sent)
        if self is last:
            keys = zip(self.node.tolist(), self.version.tolist(), strict=True)
            arrivals.update(zip(keys, self.arrival_ns.tolist(), strict=True))

    monkeypatch.setattr(Post, "send", logged)
    held = []
    decide = simulated.detection.decide

    def looking(now_ns):
        held.append((now_ns, simulated.detection.here.decider.held[0].sent_ns[::4].copy()))
        return decide(now_ns)

    simulated.detection.decide = looking
    simulated.run()
    for now_ns, sent_ns in held:
        newest = [newest_version(arrivals, local, now_ns) * 200 * MS for local in range(6)]
        assert [instant if instant > 0 else 0 for instant in sent_ns] == newest


def newest_version(arrivals, local, now_ns):
    """The largest version of a local's scores that arrived at the root before now; 0 is none."""
    arrived = [v for (node, v), at_ns in arrivals.items() if node == local and at_ns < now_ns]
    return max(arrived, default=0)


def test_scores_that_arrive_while_the_root_waits_are_decided_on():
    simulated = simulation(detection={"wait": "50ms"})
    sent, send = {}, simulated.detection.send

    def logged(version, now_ns):
        send(version, now_ns)
        sent[now_ns + 50 * MS] = simulated.detection.here.watch.scores(now_ns)

    simulated.detection.send = logged
    looks = decisions_of(simulated)
    simulated.run()
    decided = [(now_ns, found) for now_ns, found, _, _ in looks if found is not None]
    assert decided[0][0] == 1050 * MS
    for now_ns, found in decided:
        np.testing.assert_array_equal(found[0], sent[now_ns])


def test_scores_that_take_longer_than_the_root_waits_count_the_next_time():
    """Two hops of 2.05 ms each take longer than 4 ms, so those of 200 ms before are the newest."""
    simulated = simulation(detection={"wait": "4ms"})
    ages, decide = [], simulated.detection.decide

    def looking(now_ns):
        ages.append(now_ns - simulated.detection.here.decider.held[0].sent_ns.max())
        return decide(now_ns)

    simulated.detection.decide = looking
    simulated.run()
    assert ages[1:] == [204 * MS] * 16


def test_a_local_decides_on_its_own_scores_at_once():
    simulated = simulation(detection={"decide": "local"})
    looks = decisions_of(simulated)
    simulated.run()
    for now_ns, found, own, _ in looks:
        if now_ns > 1 * S:
            np.testing.assert_array_equal(found[0], own)


def test_scores_older_than_the_bound_count_as_missing():
    """Region 0 (agents 0 to 7) is cut off from 1.5 to 2.5 s; bound and period are 0.7 s."""
    points = points_of(simulation(CUT).run())
    is_missing = np.isnan(points["score"]).any(axis=1)
    assert points["time_ns"][is_missing, 0].tolist() == [2200 * MS, 2400 * MS, 2600 * MS]
    assert np.isnan(points["score"][is_missing][:, :8]).all()
    assert not np.isnan(points["score"][is_missing][:, 8:]).any()


def test_a_root_that_is_down_raises_no_alarm():
    down = {"kind": "crash", "nodes": ["root"], "at": "2100ms", "until": "2500ms"}
    points = points_of(simulation(down).run())
    rows = (points["time_ns"][:, 0] > 2100 * MS) & (points["time_ns"][:, 0] < 2500 * MS)
    assert points["central_alarm"][rows].any()
    assert not points["alarm"][rows].any()


def test_agents_that_are_gone_are_no_points():
    points = simulation(CHURN).run().tables["points"]
    during = (points["time_ns"] > 1500 * MS) & (points["time_ns"] < 2500 * MS)
    assert not np.isin(points["agent"][during], range(8, 16)).any()


@pytest.mark.parametrize("decide", ["local", "region", "root"])
@pytest.mark.parametrize("scope", ["own", "local", "region", "population"])
@pytest.mark.parametrize("fault", [CUT, FORGET, CHURN])
def test_every_scope_and_deciding_node_stands_every_fault(scope, decide, fault):
    block = {"scope": scope, "decide": decide}
    recording = simulation(fault, detection=block, topology={**RING, "loss": "5%"}).run()
    assert len(recording.tables["points"]["agent"])


@pytest.mark.parametrize("levels", [2, 4])
@pytest.mark.parametrize("scope", ["local", "region", "population"])
def test_trees_of_any_depth_detect(levels, scope):
    recording = simulation(detection={"scope": scope}, tree={"levels": levels}).run()
    alarms = recording.tables["points"]["alarm"]
    assert alarms.any() or scope == "local"


@pytest.mark.parametrize(
    "detector",
    [
        {"kind": "z"},
        {"kind": "ewma_z", "half_life": "300ms"},
        {"kind": "ewma_residual", "half_life": "300ms"},
        {"kind": "cusum"},
        {"kind": "mahalanobis"},
        {"kind": "pca"},
        {"kind": "lr_e_process", "size": "2sd"},
    ],
    ids=lambda detector: detector["kind"],
)
def test_every_detector_ranks_a_large_shift_first(detector):
    block = {"detector": detector, "scope": "own", "learn": "1500ms", "decide": "local"}
    points = points_of(simulation(detection=block, anomalies=[{**SHIFT, "size": "20sd"}]).run())
    row = points["time_ns"][:, 0].tolist().index(2800 * MS)
    assert points["score"][row].argmax() == 5
    assert points["central_score"][row].argmax() == 5


def test_peers_rank_a_large_shift_first():
    block = {
        "detector": {"kind": "peers", "smallest_group": 3},
        "scope": "local",
        "decide": "local",
    }
    points = points_of(simulation(detection=block, anomalies=[{**SHIFT, "size": "20sd"}]).run())
    row = points["time_ns"][:, 0].tolist().index(2800 * MS)
    assert points["score"][row].argmax() == 5


# What is true


def test_a_segment_is_from_the_first_anomalous_value_to_a_period_after_the_last():
    simulated = simulation()
    phase_ns = int(simulated.world.telemetry.leaves.phase_ns[5])
    segments = simulated.run().tables["segments"]
    begin_ns = 2 * S + phase_ns % (100 * MS)
    assert {name: column.tolist() for name, column in segments.items()} == {
        "agent": [5],
        "anomaly": [1],
        "begin_ns": [begin_ns],
        "end_ns": [begin_ns + 1 * S],
    }


def test_the_label_at_a_decision_is_that_of_the_newest_value():
    recording = simulation().run()
    points = points_of(recording)
    (begin_ns,), (end_ns,) = (recording.tables["segments"][name] for name in ("begin_ns", "end_ns"))
    now_ns = points["time_ns"][:, 0]
    expected = (now_ns > begin_ns) & (now_ns <= end_ns)
    assert points["label"][:, 5].tolist() == expected.astype(int).tolist()
    assert points["label"].sum() == expected.sum()


def test_an_anomaly_that_nobody_shows_is_named():
    gone = {"kind": "crash", "nodes": ["agent-5"], "at": "1500ms"}
    assert simulation(gone).run().idle_faults == ("anomalies[0]",)


def test_a_large_run_keeps_a_weighted_sample_of_agents():
    is_hit = np.zeros(1000, np.bool_)
    is_hit[100:110] = True
    agents, weight = sample_agents(is_hit, 10, np.random.default_rng(1), points_max=1000)
    assert len(agents) == 100
    assert weight[is_hit[agents]].tolist() == [1.0] * 10
    assert weight.sum() == pytest.approx(1000)
    assert (np.diff(agents) > 0).all()


def test_a_small_run_keeps_every_agent():
    agents, weight = sample_agents(np.zeros(9, np.bool_), 10, np.random.default_rng(1), 90)
    assert agents.tolist() == list(range(9))
    assert weight.tolist() == [1.0] * 9


@pytest.mark.parametrize("decide", ["local", "root"])
def test_both_sides_take_as_normal_what_they_know_at_the_same_decisions(decide):
    """Learning ends at 600 ms: scores of 600 ms are of values that were learnt from."""
    simulated = simulation(detection={"scope": "own", "wait": "50ms", "decide": decide})
    shown = {"here": [], "central": []}
    for name, side in (
        ("here", simulated.detection.here),
        ("central", simulated.detection.central),
    ):
        side.decider.control.calibrate = shown[name].append
    simulated.run()
    fresh = {name: [~np.isnan(scores).any() for scores in rows] for name, rows in shown.items()}
    # Decisions at 650 and 850 ms; that of 1050 ms comes after calibration.
    assert fresh == {"here": [False, True], "central": [False, True]}
