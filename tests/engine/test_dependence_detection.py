"""Agents held against covariances of the population, which the tree has gathered."""

import math
from functools import cache

import numpy as np
import pytest

from sim.detection.contract import Baseline
from sim.detection.normal import Published, nothing_known
from sim.engine.detection.baselines import baseline_of_covariance
from sim.engine.simulation import Simulation
from tests.engine.dependence_runs import plan
from tests.engine.scenarios import S

FEATURES = 3
CORRELATED = {
    "features": FEATURES,
    "behaviour": {"kind": "synthetic", "drift": "none", "spread": 0.2, "correlation": 0.95},
}
WHEN = {"scope": "population", "every": "500ms", "learn": "2s", "calibrate": "3s"}
DECORRELATED = {
    "kind": "decorrelate", "agents": ["local-0"], "at": "7s", "reports": 20
}  # fmt: skip
CRASH = {"kind": "crash", "nodes": ["root"], "at": "2500ms", "until": "3500ms"}


@cache
def simulated(detector="mahalanobis", crashes=False):
    faults = [CRASH] if crashes else []
    made = plan(
        "covariance",
        *faults,
        agents=CORRELATED,
        duration="12s",
        anomalies=[DECORRELATED],
        detection={"detector": detector, **WHEN},
    )
    simulation = Simulation(made, seed=4)
    published = []
    normal = simulation.detection.here.watch.normal
    publish = normal.publish

    def looking(version, baseline):
        published.append((version, baseline))
        publish(version, baseline)

    normal.publish = looking
    return simulation, published, simulation.run().tables


def scores(tables, anomalous):
    """Scores after learning, of agents that are anomalous or of the others."""
    points = tables["points"]
    return points["score"][(points["label"] != 0) == anomalous]


def test_locals_hold_agents_against_the_covariance_that_the_root_has_read():
    simulation, published, _ = simulated()
    baseline, which = simulation.detection.here.watch.normal.now()
    assert which is None
    # The twelfth is published at the very end and has not arrived.
    version, newest = published[-2]
    assert version == 11
    np.testing.assert_array_equal(baseline.covariance, newest.covariance)
    np.testing.assert_array_equal(baseline.sd[0], np.sqrt(np.diag(newest.covariance[0])))


def test_a_gathered_covariance_has_the_correlations_of_the_features():
    """Of windows before the anomaly, which breaks some."""
    _, published, _ = simulated()
    matrix = next(baseline.covariance[0] for version, baseline in published if version == 6)
    noise, levels = 1.0, 0.2**2
    expected = 0.95 * noise / (noise + levels)
    # Chance of 240 samples, and of the levels of 24 agents.
    error = math.hypot(
        (1 - expected**2) / math.sqrt(240), levels / (noise + levels) / math.sqrt(24)
    )
    found = matrix[0, 1] / math.sqrt(matrix[0, 0] * matrix[1, 1])
    assert abs(found - expected) <= 4 * error


def test_broken_correlations_show_in_the_distance_and_not_in_single_features():
    distance, single = (simulated(detector)[2] for detector in ("mahalanobis", "z"))
    for tables, shows in ((distance, True), (single, False)):
        normal, odd = (scores(tables, anomalous) for anomalous in (False, True))
        assert (np.nanmedian(odd) > np.nanquantile(normal, 0.95)) == shows


@pytest.mark.parametrize("detector", ["mahalanobis", "pca"])
def test_the_central_twin_has_the_covariance_of_true_values(detector):
    simulation, published, _ = simulated(detector)
    central = simulation.detection.central.watch.normal.now()[0]
    # Settled windows, nothing lost: both sides have gathered the very same samples.
    np.testing.assert_array_equal(central.covariance, published[-1][1].covariance)


def test_baselines_come_down_with_their_covariances():
    def size(tables):
        mine = (tables["traffic"]["kind"] == "baseline") & (tables["traffic"]["tier"] == "local")
        return tables["traffic"]["bytes"][mine].sum() / tables["traffic"]["messages"][mine].sum()

    more = size(simulated("mahalanobis")[2]) - size(simulated("z")[2])
    assert more == 8 * FEATURES * (FEATURES + 1) / 2


def test_while_the_root_is_down_nobody_learns_a_new_covariance():
    _, published, _ = simulated(crashes=True)
    assert [version for version, _ in published][:4] == [1, 2, 4, 5]


def test_what_nobody_has_gathered_is_not_known():
    nothing = baseline_of_covariance(None, FEATURES)
    assert nothing.covariance.shape == (1, FEATURES, FEATURES)
    assert np.isnan(nothing.covariance).all()


def test_baselines_of_several_versions_keep_their_own_covariances():
    held = np.array([1, 2])
    normal = Published(
        np.zeros(2, np.int64), np.arange(2), 2, lambda local, _: held[local], lambda: held,
        covariance=True,
    )  # fmt: skip
    for version in (1, 2):
        matrix = np.full((1, 2, 2), float(version))
        normal.publish(
            version, Baseline(np.ones(1, np.int64), np.ones((1, 2)), np.ones((1, 2)), matrix)
        )
    baseline, which = normal.now()
    assert baseline.covariance[which, 0, 0].tolist() == [1.0, 2.0]


def test_baselines_without_covariances_have_none_beside_those_that_have():
    plain, more = nothing_known(1, 2), nothing_known(1, 2, covariance=True)
    assert plain.and_more(more).covariance is None
    assert more.and_more(more).covariance.shape == (2, 2, 2)


def test_decisions_begin_as_with_any_baseline_of_the_population():
    """Nothing is learnt from values at the locals."""
    _, _, tables = simulated()
    first_ns = tables["points"]["time_ns"].min()
    assert 5 * S <= first_ns <= 6 * S
