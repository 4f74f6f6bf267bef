"""Detection where it is easy to get wrong: nodes that go down, windows, and agents left out.

The scenario is that of `tests.engine.watched`.
"""

import numpy as np
import pytest

from sim.engine.detection import build, points
from sim.stats.fixed_point import QUANTUM
from tests.engine.scenarios import MS, S
from tests.engine.watched import (
    CRASH,
    CUT,
    FORGET,
    LOSSY,
    SHIFT,
    decisions_of,
    points_of,
    simulation,
)

LATE = {**LOSSY, "jitter": {"kind": "exponential", "mean": "300ms"}}
PANES = {"publish": "500ms", "pane": "600ms", "panes": 2}
DOWN = {"kind": "crash", "nodes": ["regional-0"], "at": "2100ms", "until": "2300ms"}


def published_by(side):
    """The baselines that one side is held against, publication by publication."""
    seen, normal = [], side.watch.normal
    publish = normal.publish

    def looking(version, baseline):
        seen.append(baseline)
        publish(version, baseline)

    normal.publish = looking
    return seen


def values_of(simulated):
    """Every value as it was measured: (agent, birth, vector)."""
    rows, leaves = [], simulated.world.telemetry.leaves
    (watch,) = leaves.watches

    def looking(first, part, vectors):
        watch(first, part, vectors)
        sent = np.ones(part.sent_ns.shape, np.bool_) if part.sent is None else part.sent
        for tick, agent in np.argwhere(sent).tolist():
            rows.append((first + agent, part.sent_ns[tick, agent], vectors[tick, agent]))

    leaves.watches = [looking]
    return rows


# Nodes that go down


def test_a_local_that_is_down_sends_no_scores():
    simulated = simulation(CRASH)
    sent = []
    decide = simulated.detection.decide

    def looking(now_ns):
        sent.append((now_ns, simulated.detection.here.decider.held[0].sent_ns.copy()))
        return decide(now_ns)

    simulated.detection.decide = looking
    simulated.run()
    for now_ns, sent_ns in sent:
        if 1500 * MS < now_ns <= 2 * S:
            assert (sent_ns[:4] == 1400 * MS).all()
            assert (sent_ns[4:] == now_ns - 200 * MS).all()


def test_a_root_that_is_down_decides_nothing_on_what_it_already_knew():
    """The scores of 2.4 s show the anomaly and would still count; alarms go on when it is back."""
    down = {"kind": "crash", "nodes": ["root"], "at": "2500ms", "until": "2900ms"}
    table = points_of(simulation(down).run())
    alarm = dict(zip(table["time_ns"][:, 0].tolist(), table["alarm"][:, 5].tolist(), strict=True))
    instants = [2400, 2600, 2800, 3000]
    assert [alarm[now * MS] for now in instants] == [True, False, False, True]


@pytest.mark.parametrize(("durable", "is_known"), [(True, True), (False, False)])
def test_a_deciding_node_that_forgets_has_no_scores_until_others_come(durable, is_known):
    """Those of 2.0 s would still count at 2.4 s; those of 2.2 s met a node that was down."""
    fault = {**DOWN, "durable": durable}
    table = points_of(simulation(fault, detection={"decide": "region"}).run())
    rows = {now_ns: row for row, now_ns in enumerate(table["time_ns"][:, 0].tolist())}
    assert (~np.isnan(table["score"][rows[2400 * MS], :8]) == is_known).all()
    assert not np.isnan(table["score"][rows[2600 * MS]]).any()


def test_a_region_that_is_down_publishes_nothing():
    down = {**DOWN, "at": "1700ms", "until": "2700ms"}
    simulated = simulation(down, detection={"scope": "region"})
    last = simulated.detection.here.watch.normal
    held, decide = [], simulated.detection.decide

    def looking(now_ns):
        held.append((now_ns, last._held_now().copy()))
        return decide(now_ns)

    simulated.detection.decide = looking
    simulated.run()
    during = np.array([versions for now_ns, versions in held if 2 * S < now_ns < 2700 * MS])
    assert (during[:, :2] == 3).all()  # of 1.5 s
    assert (during[-1, 2:] == 5).all()  # of 2.5 s


def test_a_local_that_forgets_publishes_only_what_it_heard_since():
    simulated = simulation(FORGET, detection={"scope": "local"}, baseline=PANES)
    seen = published_by(simulated.detection.here)
    simulated.run()
    at_2_s = seen[3].count
    assert at_2_s[0] == 0
    assert (at_2_s[1:] > 40).all()


def test_the_population_is_what_the_root_knows_and_not_what_is_true():
    simulated = simulation(CUT)
    here, central = (
        published_by(side) for side in (simulated.detection.here, simulated.detection.central)
    )
    tables = simulated.run().tables
    assert [int(one.count[0]) for one in here] == tables["baselines"]["count"].tolist()
    assert int(central[4].count[0]) == 24 * 25  # all that was measured by 2.5 s
    assert int(here[4].count[0]) < 24 * 25 - 8 * 9  # region 0 was cut off for a second


def test_agents_that_fall_silent_have_a_score_for_the_bound_and_a_period():
    """All of them report last between 2.2 and 2.3 s."""
    silence = {"kind": "crash", "nodes": ["agents"], "at": "2300ms", "until": "3800ms"}
    simulated = simulation(silence)
    looks = decisions_of(simulated)
    simulated.run()
    sent = {now_ns: scores for now_ns, _, scores, _ in looks}
    assert not np.isnan(sent[2800 * MS]).any()
    assert np.isnan(sent[3000 * MS]).all()


# Windows


@pytest.mark.parametrize("scope", ["local", "region"])
def test_the_twin_is_held_against_all_values_of_the_panes_and_no_others(scope):
    simulated = simulation(detection={"scope": scope}, baseline=PANES)
    values = values_of(simulated)
    seen = published_by(simulated.detection.central)
    simulated.run()
    size = {"local": 4, "region": 8}[scope]
    for version, baseline in enumerate(seen, start=1):
        for group in range(24 // size):
            mine = [
                v for a, _, v in born_in_panes(values, version * 500 * MS) if a // size == group
            ]
            assert baseline.count[group] == len(mine)
            np.testing.assert_allclose(baseline.mean[group], np.mean(mine, axis=0), atol=QUANTUM)
            sd = np.std(mine, axis=0, ddof=1)
            np.testing.assert_allclose(baseline.sd[group], sd, atol=QUANTUM)


def born_in_panes(values, now_ns, pane_ns=600 * MS, panes=2):
    """What was measured before now in the running pane and the finished ones before it."""
    first_ns = (now_ns // pane_ns - panes) * pane_ns
    return [row for row in values if first_ns <= row[1] < now_ns]


def test_a_local_is_held_against_the_values_of_the_panes_that_had_arrived():
    simulated = simulation(detection={"scope": "local"}, baseline=PANES)
    values = values_of(simulated)
    seen = published_by(simulated.detection.here)
    simulated.run()
    for version, baseline in enumerate(seen, start=1):
        now_ns = version * 500 * MS
        arrived = [row for row in born_in_panes(values, now_ns) if row[1] + 2_050_000 < now_ns]
        assert baseline.count.sum() == len(arrived)


def test_windows_do_not_pile_up():
    simulated = simulation(detection={"scope": "local"}, baseline=PANES)
    simulated.run()
    assert len(simulated.world.telemetry.leaves.truth_of_groups) <= 4
    assert len(simulated.world.telemetry.aggregators[0].panes) <= 4


def test_the_root_holds_of_each_local_the_scores_of_the_version_that_came_from_it():
    """However late: messages take 0.6 s on average, so several versions come between decisions."""
    simulated = simulation(topology=LATE)
    looks, held = decisions_of(simulated), []
    decide, decider = simulated.detection.decide, simulated.detection.here.decider

    def looking(now_ns):
        versions = simulated.detection.scores_mail.posts[-1].version_held
        held.append((versions.copy(), decider.held[0].known.copy()))
        return decide(now_ns)

    simulated.detection.decide = looking
    simulated.run()
    # Version 3, of 600 ms, is the first: before it nothing is learnt.
    sent = [*[np.full(24, np.nan)] * 3, *(scores for _, _, scores, _ in looks)]
    for versions, known in held:
        of_agent = np.maximum(versions, 0).repeat(4)
        expected = np.choose(of_agent, sent)
        np.testing.assert_array_equal(known, expected)


def test_scores_are_kept_as_long_as_they_are_under_way_and_no_longer():
    """However they overtake one another: one that is held up must not keep all later ones."""
    simulated = simulation(topology=LATE)
    kept, send = [], simulated.detection.send

    def looking(version, now_ns):
        send(version, now_ns)
        posts = simulated.detection.scores_mail.posts
        under_way = {number for post in posts for number in post.version.tolist()}
        kept.append(set(simulated.detection._snapshots) == under_way)

    simulated.detection.send = looking
    simulated.run()
    assert all(kept)


def test_learning_is_over_at_its_last_instant():
    simulated = simulation(detection={"scope": "own"})
    looks = decisions_of(simulated)
    simulated.run()
    scored = [now_ns for now_ns, _, sent, _ in looks if not np.isnan(sent).all()]
    assert scored[0] == 600 * MS


def test_what_the_root_shows_as_normal_was_sent_after_learning():
    simulated = simulation(detection={"scope": "own"})
    shown = []
    simulated.detection.here.decider.control.calibrate = shown.append
    looks = decisions_of(simulated)
    simulated.run()
    sent = {now_ns: scores for now_ns, _, scores, _ in looks}
    *before, last = shown
    assert np.isnan(before).all()
    np.testing.assert_array_equal(last, sent[800 * MS])


@pytest.mark.parametrize(
    ("kind", "scope", "rows"), [("pca", "local", 6), ("pca", "own", 24), ("z", "own", 24)]
)
def test_what_is_learnt_is_pooled_over_the_agents_of_a_local_or_not_at_all(kind, scope, rows):
    simulated = simulation(detection={"detector": {"kind": kind}, "scope": scope})
    simulated.run()
    for side in (simulated.detection.here, simulated.detection.central):
        baseline, which = side.watch.normal.now()
        assert len(baseline.count) == rows
        assert which.tolist() == (np.arange(24) * rows // 24).tolist()


def test_the_peers_of_an_agent_are_those_of_its_local():
    """Where all four go wrong together nobody stands out."""
    detector = {"kind": "peers", "robust": True, "smallest_group": 3, "cap": "none"}
    block = {"detector": detector, "scope": "local"}
    together = {**SHIFT, "agents": "local-1", "size": "20sd"}
    table = points_of(simulation(detection=block, anomalies=[together]).run())
    row = table["time_ns"][:, 0].tolist().index(2600 * MS)
    assert (table["label"][row] > 0).sum() == 4
    assert table["score"][row, 4:8].max() < 3


# What is true


def segments_of(*faults, anomalies=(SHIFT,)):
    simulated = simulation(*faults, anomalies=anomalies)
    phase_ns = int(simulated.world.telemetry.leaves.phase_ns[5])
    segments = simulated.run().tables["segments"]
    rows = zip(
        *(segments[name].tolist() for name in ("anomaly", "begin_ns", "end_ns")), strict=True
    )
    return [
        (number, (begin - phase_ns) / (100 * MS), (end - phase_ns) / (100 * MS))
        for number, begin, end in rows
    ]


def crash_of_agent(at, until):
    return {"kind": "crash", "nodes": ["agent-5"], "at": at, **({"until": until} if until else {})}


@pytest.mark.parametrize(
    ("at", "until", "expected"),
    [
        ("2300ms", "2600ms", [(1, 20, 30)]),  # a gap in it does not end it
        ("2500ms", "3500ms", [(1, 20, 25)]),  # it was over when the agent came back
        ("2500ms", None, [(1, 20, 25)]),
        ("1500ms", "2500ms", [(1, 25, 30)]),
    ],
)
def test_a_segment_ends_with_the_last_anomalous_value_that_was_measured(at, until, expected):
    assert segments_of(crash_of_agent(at, until)) == expected


def test_a_segment_that_the_end_of_the_run_cuts_off_ends_a_period_after_its_last_value():
    assert segments_of(anomalies=[{**SHIFT, "for": "2s"}]) == [(1, 20, 40)]


def test_an_anomaly_within_another_splits_it():
    inner = {**SHIFT, "at": "2300ms", "for": "200ms"}
    assert segments_of(anomalies=[SHIFT, inner]) == [(1, 20, 23), (2, 23, 25), (1, 25, 30)]


def test_anomalies_that_follow_each_other_at_once_are_two_segments():
    assert segments_of(anomalies=[SHIFT, {**SHIFT, "at": "3s", "for": "500ms"}]) == [
        (1, 20, 30),
        (2, 30, 35),
    ]


def test_an_anomaly_counts_if_it_lasts_into_the_time_of_decisions():
    before = {**SHIFT, "at": "500ms", "for": "300ms"}
    across = {**SHIFT, "at": "900ms", "for": "300ms"}
    simulated = simulation(anomalies=[before, across])
    recording = simulated.run()
    assert recording.tables["segments"]["anomaly"].tolist() == [2]
    assert recording.idle_faults == ("anomalies[0]",)


# Agents left out


@pytest.fixture
def sampled(monkeypatch):
    """A run with two anomalies in which only agents 5 and 9 are kept; agent 9 stands for 23."""
    kept = np.array([5, 9]), np.array([1.0, 23.0])
    monkeypatch.setattr(build, "sample_agents", lambda *_: kept)
    return simulation(anomalies=[SHIFT, {**SHIFT, "agents": "agent-6"}]).run()


def test_only_agents_that_are_kept_have_points_and_segments(sampled):
    table = sampled.tables["points"]
    assert set(zip(table["agent"].tolist(), table["weight"].tolist(), strict=True)) == {
        (5, 1.0),
        (9, 23.0),
    }
    assert sampled.tables["segments"]["agent"].tolist() == [5]


def test_an_anomaly_of_agents_that_are_left_out_has_been_shown_all_the_same(sampled):
    assert sampled.idle_faults == ()


@pytest.mark.parametrize(
    ("learn", "every", "decisions"), [("600ms", "200ms", 15), ("600ms", "350ms", 9)]
)
def test_room_is_shared_among_as_many_decisions_as_there_are(monkeypatch, learn, every, decisions):
    asked = []

    def sample(is_hit, number, stream):
        asked.append(number)
        return points.sample_agents(is_hit, number, stream)

    monkeypatch.setattr(build, "sample_agents", sample)
    recording = simulation(detection={"learn": learn, "every": every}).run()
    assert asked == [decisions]
    assert len(np.unique(recording.tables["points"]["time_ns"])) == decisions
