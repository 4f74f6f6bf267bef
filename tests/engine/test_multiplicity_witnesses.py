"""Witnesses in runs: copies of every report on ways of their own, and no local that speaks alone.

24 agents, 6 locals in threes below 2 regionals: with three witnesses all locals of the region are.
"""

import numpy as np
import pytest

from sim.engine.detection.witnesses import draw_witnesses
from sim.telemetry.tree import Tree
from tests.engine.scenarios import MS
from tests.engine.watched import CRASH, FORGET, LOSSY, SHIFT, points_of, simulation

TREE = {"local": 4, "regional": 3}
LIAR = {"kind": "flood_alarms", "where": "local-0", "from": "1200ms"}


def watched(*faults, witnesses=3, detection=None, **blocks):
    block = {"witnesses": witnesses, "wait": "50ms", **(detection or {})}
    return simulation(*faults, detection=block, **{"tree": TREE, **blocks})


@pytest.mark.parametrize("counts", [(120, 12, 3, 1), (100, 11, 2, 1), (7, 7, 1)])
@pytest.mark.parametrize("others", [1, 2])
def test_witnesses_are_different_locals_of_the_same_regional(counts, others):
    tree = Tree(counts)
    own, regional = tree.ancestor_of(0, 1), tree.ancestor_of(1, 2)
    chosen = draw_witnesses(tree, others, np.random.default_rng(1))
    everybody = np.stack([own, *chosen], axis=1)
    assert [len(set(row)) for row in everybody.tolist()] == [others + 1] * counts[0]
    assert (regional[everybody] == regional[own][:, np.newaxis]).all()


def test_every_other_local_of_a_regional_is_as_likely_a_witness():
    """Of 4 siblings each is one of 2 with probability 1/2: 4 standard errors of 10,000 draws."""
    tree = Tree((10_000, 5, 1, 1))
    chosen = np.stack(draw_witnesses(tree, 2, np.random.default_rng(2)), axis=1)
    of_local_0 = chosen[tree.ancestor_of(0, 1) == 0]
    shares = np.bincount(of_local_0.ravel(), minlength=5) / len(of_local_0)
    assert shares[0] == 0
    assert np.abs(shares[1:] - 0.5).max() < 4 * 0.5 / np.sqrt(len(of_local_0))


def test_without_loss_all_witnesses_of_an_agent_give_it_the_same_score():
    simulated = watched()
    seen = []
    send = simulated.detection.send

    def looking(version, now_ns):
        watches = [simulated.detection.here.watch]
        watches += [witness.watch for witness in simulated.detection.witnesses]
        seen.append([watch.scores(now_ns) for watch in watches])
        send(version, now_ns)

    simulated.detection.send = looking
    simulated.run()
    for own, second, third in seen[1:]:
        assert not np.isnan(own).any()
        np.testing.assert_array_equal(own, second)
        np.testing.assert_array_equal(own, third)


def test_a_copy_is_lost_or_late_apart_from_the_report_and_the_newest_wins():
    simulated = watched(topology=LOSSY)
    differ = []
    decide = simulated.detection.decide

    def looking(now_ns):
        newest = [one.watch.newest_ns for one in simulated.detection.witnesses]
        assert all((np.stack(newest) < now_ns).ravel())
        differ.append((newest[0] != simulated.detection.here.watch.newest_ns).mean())
        return decide(now_ns)

    simulated.detection.decide = looking
    points = points_of(simulated.run())
    # Each of two newest reports is the last one sent with 80 % * P(it is there): far from always.
    assert 0.1 < np.mean(differ) < 0.9
    assert points["alarm"][:, 5].sum() >= 3


def test_agents_of_a_local_that_is_down_are_watched_by_their_witnesses():
    """Local 0 is down from 1.5 s on; scores of it count for 700 ms. Its agents go on reporting."""
    crash = {**CRASH, "until": "3s"}
    alone = points_of(simulation(crash, detection={"wait": "50ms"}, tree=TREE).run())
    helped = points_of(watched(crash).run())
    late = (alone["time_ns"][:, 0] > 2300 * MS) & (alone["time_ns"][:, 0] < 3000 * MS)
    assert np.isnan(alone["score"][late][:, :4]).all()
    assert late.sum() == 3
    assert not np.isnan(helped["score"][:, :4]).any()


def test_a_local_that_forgets_has_heard_nothing_as_a_witness_either():
    simulated = watched(FORGET)
    rows = []
    forget = simulated.detection.forget

    def looking(nodes):
        forget(nodes)
        for witness in simulated.detection.witnesses:
            rows.append(witness.watch.newest_ns[witness.at == 0])

    simulated.world.seat_forgetters[:] = [looking]
    simulated.run()
    assert rows
    assert all((row == 0).all() for row in rows)


def test_what_an_agent_says_is_what_its_witnesses_hear():
    """Five agents of 24 say 20 sd: a witness that saw what they measured would not agree."""
    liar = {"kind": "push", "where": "agents", "share": "20%", "to": "20sd"}
    simulated = watched(adversaries=[liar], anomalies=[])
    simulated.run()
    own = simulated.detection.here.watch.scores(4000 * MS)
    assert (own > 1.5).sum() == 5
    for witness in simulated.detection.witnesses:
        np.testing.assert_array_equal(witness.watch.scores(4000 * MS), own)


def test_every_copy_is_counted():
    recording = watched().run()
    traffic = recording.tables["traffic"]
    counts = {}
    for kind in ("update", "copy"):
        rows = traffic["kind"] == kind
        counts[kind] = traffic["messages"][rows].sum(), traffic["bytes"][rows].sum()
    assert counts["copy"] == (2 * counts["update"][0], 2 * counts["update"][1])


@pytest.mark.parametrize(("witnesses", "flooded"), [(1, 4), (3, 0)])
def test_one_lying_local_cannot_make_up_an_alarm_among_three_witnesses(witnesses, flooded):
    simulated = watched(witnesses=witnesses, adversaries=[LIAR], anomalies=[SHIFT])
    points = points_of(simulated.run())
    false = points["alarm"] & (points["label"] == 0)
    normal = np.arange(24) != 5  # who was anomalous may be so a little longer
    assert false[1:, normal].sum(axis=1).tolist() == [flooded] * (len(false) - 1)
    assert points["alarm"][points["label"] != 0].mean() > 0.7


def test_two_lying_locals_of_three_can():
    liars = [LIAR, {**LIAR, "where": "local-1"}]
    points = points_of(watched(adversaries=liars, anomalies=[]).run())
    assert points["alarm"][1:, :12].all()
    assert not points["alarm"][:, 12:].any()
