"""Real data through whole runs: what a deciding node knows of recorded anomalies, and when.

The oracles are published figures, or the same detector on the plain arrays, for which there is no
network, no clock and no aggregator. Every other figure comes from the table of points of a run.
"""

import csv
from functools import cache

import numpy as np
import pytest

from sim.detection.engine import analyze_behavior, update_baseline
from tests.data import shared_data
from tests.detection.real_data_runs import replay, run, trace
from tests.detection.test_real_data import (
    agent_runs,
    areas,
    at_once,
    peer_scores,
    series,
    servers,
)

pytestmark = [pytest.mark.data, pytest.mark.slow]

ROC_LOSS_MAX, PR_LOSS_MAX = 0.02, 0.03
"""What distribution may cost in a network without faults, macro averages."""


# SMD: 13 machines, a row a minute. The first half teaches what is normal, the second is judged.


def smd_run(detector, decide, every, **options):
    behaviour = trace(shared_data("smd"), array=["train", "test"], labels="label")
    return run(
        {"count": 13, "rate": "1/min", "behaviour": behaviour},
        "47370min",
        {
            "detector": detector,
            "decide": decide,
            "every": every,
            "learn": "23680min",
            "calibrate": "20min",
            **options,
        },
        local=13,
    )


def published(detector):
    """ROC-AUC and PR-AUC of each machine as published, in the order of file names."""
    with shared_data("smd/baselines.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if row["detector"] == detector]
    ordered = sorted(rows, key=lambda row: row["machine"])
    return np.array([(float(row["auc_roc"]), float(row["auc_pr"])) for row in ordered])


@cache
def judged_by_root():
    return smd_run({"kind": "z", "cap": "none"}, "root", "8min", wait="150ms")


def test_a_root_judges_servers_as_well_as_published():
    done = judged_by_root()
    assert not np.isnan(done.points["score"]).any()
    here, expected = done.accuracy().mean(axis=0), published("z top-5 mean").mean(axis=0)
    assert (expected - here <= (ROC_LOSS_MAX, PR_LOSS_MAX)).all()
    # Every eighth minute is judged; all of them were when the figures were published. From one
    # choice of minutes to another, areas have standard deviations of 0.0013 and 0.009.
    assert (np.abs(here - expected) < 3 * np.array((0.0013, 0.009))).all()


def test_a_root_knows_what_the_twin_knows_or_knew_one_decision_ago():
    """The second where scores took longer than the root waits, 150 ms."""
    score, central = judged_by_root().points["score"], judged_by_root().points["central_score"]
    differ = score != central
    late = differ.any(axis=1)
    np.testing.assert_array_equal(score[late], central[:-1][late[1:]])
    assert 0 < late.mean() < 0.01


def test_locals_that_decide_judge_servers_as_well_as_published():
    detector = {"kind": "ewma_z", "half_life": "10min", "pool": "mean"}
    done = smd_run(detector, "local", "15min")
    expected = published("EWMA-10 level z mean").mean(axis=0)
    assert (expected - done.accuracy().mean(axis=0) <= (ROC_LOSS_MAX, PR_LOSS_MAX)).all()
    np.testing.assert_array_equal(done.points["score"], done.points["central_score"])


# ASD: 8 servers, other metrics, a row every 5 minutes.


def asd_agents(array):
    behaviour = trace(shared_data("asd/asd.npz"), array=array, labels="*_label")
    return {"count": 8, "rate": "12/h", "behaviour": behaviour}


def test_other_servers_with_other_metrics_lose_as_little():
    done = run(
        asd_agents(["*_train", "*_test"]),
        "1080h",
        {
            "detector": {"kind": "mahalanobis", "cap": 10},
            "every": "10min",
            "learn": "720h",
            "calibrate": "20min",
        },
        local=4,
    )
    expected = [
        areas(label, at_once(test, update_baseline(train), "mahalanobis", cap=10.0))
        for train, test, label in servers().values()
    ]
    loss = np.mean(expected, axis=0) - done.accuracy().mean(axis=0)
    assert (loss <= (ROC_LOSS_MAX, PR_LOSS_MAX)).all()
    assert not np.isnan(done.points["score"]).any()
    np.testing.assert_array_equal(done.points["score"], done.points["central_score"])


# Under stress: 120 hours of the labelled part of ASD, the first 58 of which show what is normal.

CUT = {"kind": "partition", "groups": ["region-0", "rest"], "at": "60h", "until": "70h"}
"""The first local, with servers 0 to 3, cannot reach the root while all of these show anomalies."""
REACHED, LOST = 0.7, "30%"


@cache
def five_days(loss="none", cut=False, decide="root"):
    return run(
        asd_agents("*_test"),
        "120h",
        {
            "detector": {"kind": "mahalanobis", "cap": 10},
            "decide": decide,
            "every": "5min",
            "learn": "29h",
            "calibrate": "29h",
        },
        local=4,
        loss=loss,
        faults=[CUT] if cut else [],
    )


def in_cut(done):
    """Which decisions were made during the cut; (decisions,)."""
    hours = done.points["time_ns"][:, 0] / 3600e9
    return (hours > 60) & (hours <= 70)


def test_where_nothing_is_lost_the_root_is_the_central_twin():
    calm = five_days().points
    for column in ("score", "alarm"):
        np.testing.assert_array_equal(calm[column], calm[f"central_{column}"])


@pytest.mark.parametrize("stress", [{"loss": LOST}, {"cut": True}])
def test_what_happens_to_the_network_does_not_reach_the_central_twin(stress):
    calm, stressed = five_days().points, five_days(**stress).points
    for column in ("time_ns", "label", "central_score", "central_alarm"):
        np.testing.assert_array_equal(stressed[column], calm[column])
    assert np.isnan(stressed["score"]).sum() > np.isnan(calm["score"]).sum() == 0


def test_loss_costs_accuracy_by_itself():
    done = five_days(loss=LOST)
    here, central = done.accuracy().mean(axis=0), done.accuracy("central_score").mean(axis=0)
    # A third of the scores are missing: a third of the anomalies are nobody's to see.
    assert (central - here > 0.05).all()
    assert done.recall() < 0.8 * done.recall("central_alarm")


def test_a_score_is_missing_when_its_report_or_two_messages_of_its_local_are_lost():
    # Every second decision: one and the next may rest on the same message.
    known = ~np.isnan(five_days(loss=LOST).points["score"][::2])
    # Scores count until they are a little older than a period, so one lost message is bridged.
    held = 1 - (1 - REACHED) ** 2
    # Four reports share a message of scores, and there are two such messages a decision.
    second_moment = held * (REACHED**2 + REACHED * (1 - REACHED) / 4)
    deviation = np.sqrt((second_moment - (held * REACHED) ** 2) / (2 * len(known)))
    assert known.mean() == pytest.approx(held * REACHED, abs=3 * deviation)


def test_the_root_misses_what_happens_behind_a_cut_and_nothing_else():
    done, calm = five_days(cut=True), five_days()
    behind = np.ix_(in_cut(done), range(4))
    # A decision goes by scores that are a little older than a period, so the first one has some.
    assert np.isnan(done.points["score"][behind][1:]).all()
    assert (done.points["label"][behind] != 0).any(axis=0).all()
    assert done.points["central_alarm"][behind].any()
    assert done.recall() < done.recall("central_alarm")
    same = np.ones(done.points["score"].shape, np.bool_)
    same[behind] = False
    np.testing.assert_array_equal(done.points["score"][same], calm.points["score"][same])


def test_the_first_decision_in_a_cut_rests_on_the_last_scores_before_it():
    done, calm = five_days(cut=True), five_days()
    first = np.flatnonzero(in_cut(done))[0]
    score, before = done.points["score"][first, :4], calm.points["score"][first - 1, :4]
    np.testing.assert_array_equal(score, before)


def test_a_local_that_decides_itself_notices_behind_the_cut():
    done = five_days(cut=True, decide="local")
    np.testing.assert_array_equal(done.points["alarm"], done.points["central_alarm"])
    assert done.points["alarm"][np.ix_(in_cut(done), range(4))].any()


# Cloud monitoring: one metric of 23 sibling services, a row an hour.

DEVIATIONS_UNIT = 1024
"""Deviations from the first half reach 1087 of its standard deviations; 16 units are the range."""


@cache
def siblings():
    """Values in deviations and labels, (23, 720)."""
    found = [series()[f"outbound-{number:02}"] for number in range(1, 24)]
    return np.array([values for values, _ in found]), np.array([label for _, label in found])


def test_services_raise_the_very_alarms_that_the_plain_detector_raises(tmp_path):
    values, labels = siblings()
    done = run(
        {
            "count": 23,
            "rate": "1/h",
            "scale": DEVIATIONS_UNIT,
            "behaviour": replay(tmp_path, values[..., None], labels),
        },
        "720h",
        {
            "detector": {
                "kind": "ewma_residual",
                "half_life": "60h",
                "spread": "own",
                "floor": 0.01 / DEVIATIONS_UNIT,
            },
            "decide": "local",
            "every": "1h",
            "wait": "0s",
            "learn": "72h",
            "calibrate": "288h",
        },
        local=23,
    )
    assert done.recording.clipped == 0
    judged, expected = labels.T[360:] != 0, plain_alarms(values)
    np.testing.assert_array_equal((done.points["label"] != 0), judged)
    np.testing.assert_array_equal(done.points["alarm"], expected)
    assert done.recall() == expected[judged].mean() > 0.05
    # A threshold for all, set while many of them had anomalies: the quiet ones seldom reach it.
    quiet = ~judged.any(axis=0)
    assert quiet.sum() == 9
    assert 0 < done.points["alarm"][:, quiet].mean() < 0.01


def plain_alarms(values):
    """The same detector on the arrays, and the 99 % quantile of all scores of hours 72 to 360."""
    nothing = update_baseline(np.zeros((2, 1)))
    options = {"half_life_ns": 60, "spread": "own"}
    scores = analyze_behavior(values.T[..., None], nothing, "ewma_residual", **options).score
    normal = np.sort(scores[72:360], axis=None)
    return scores[360:] > normal[int(np.ceil(0.99 * (len(normal) + 1))) - 1]


# Hijacked agents: 12 LLM agents at 97 tasks, a run a minute, all at the same task.

COUNTS_UNIT = 2**15
"""Counts are whole numbers up to 443,655: exact in units of which the quantum is 1/32."""


def play(folder, runs, hijacked):
    """Agents (12, runs, features) report run after run and are compared with each other."""
    done = run(
        {
            "count": 12,
            "rate": "1/min",
            "scale": COUNTS_UNIT,
            "behaviour": replay(folder, runs, hijacked),
        },
        f"{runs.shape[1]}min",
        {
            "detector": {"kind": "peers", "floor": 0.01 / COUNTS_UNIT},
            "scope": "local",
            "control": {"kind": "threshold", "score": 5},
            "decide": "local",
            "every": "1min",
            "wait": "0s",
            "learn": "0s",
            "calibrate": "0s",
        },
        local=12,
    )
    assert done.recording.clipped == 0
    # A decision at the end of a minute sees run k of all twelve, and knows it for run k.
    np.testing.assert_array_equal((done.points["label"].T != 0), hijacked)
    np.testing.assert_array_equal(done.points["score"], done.points["central_score"])
    return done.points["score"].T


def in_turn(clean, attacked):
    """Thirteen runs of each task: first all agents clean, then one after the other attacked.

    Gives (12, 97 * 13, features), and who is attacked when, (12, 97, 13).
    """
    agents, tasks, features = clean.shape
    runs = np.repeat(clean[:, :, None], agents + 1, axis=2)
    is_attacked = np.zeros((agents, tasks, agents + 1), np.bool_)
    for agent in range(agents):
        runs[agent, :, 1 + agent] = attacked[agent]
        is_attacked[agent, :, 1 + agent] = True
    return runs.reshape(agents, -1, features), is_attacked


def test_a_hijacked_agent_stands_out_among_agents_at_the_same_task(tmp_path):
    clean, attacked, hijacked = agent_runs()
    runs, is_attacked = in_turn(clean, attacked)
    is_hijacked = is_attacked & hijacked[:, :, None]
    scores = play(tmp_path, runs, is_hijacked.reshape(12, -1)).reshape(is_attacked.shape)
    normal, among_clean = peer_scores(clean, attacked)
    assert scores[:, :, 0] == pytest.approx(normal)
    assert scores[is_attacked].reshape(hijacked.shape) == pytest.approx(among_clean)
    assert areas(is_hijacked.ravel(), scores.ravel())[0] >= 0.80
    # An agent and a task, once clean and once attacked, as in the data: failed attacks are normal.
    twice = np.concatenate((scores[:, :, 0].ravel(), scores[is_attacked]))
    label = np.concatenate((np.zeros(hijacked.size), hijacked.ravel()))
    assert areas(label, twice)[0] == pytest.approx(0.846, abs=2e-3)


def test_peers_cannot_tell_when_all_of_them_are_attacked_at_once(tmp_path):
    _, attacked, hijacked = agent_runs()
    scores = play(tmp_path, attacked, hijacked)
    assert areas(hijacked.ravel(), scores.ravel())[0] == pytest.approx(0.555, abs=2e-3)
