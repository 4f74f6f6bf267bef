"""What all detectors promise, and what each one is for."""

import math

import numpy as np
import pytest

from sim.detection.contract import Baseline
from sim.detection.detectors import DETECTORS, make_detector
from sim.scenario.catalogue import DETECTORS as CATALOGUE

OPTIONS = {
    "ewma_z": {"half_life_ns": 3},
    "ewma_residual": {"half_life_ns": 3},
    # Two features without correlation are both kept, so nothing is left to reconstruct.
    "pca": {"statistic": "hotelling"},
}
"""Where a detector needs options to be tested with all others."""
BASELINE_FREE = ("peers",)
KINDS = pytest.mark.parametrize("kind", DETECTORS)


def standard(features, rows=1):
    """Mean 0 and sd 1, uncorrelated."""
    mean = np.zeros((rows, features))
    covariance = np.tile(np.eye(features), (rows, 1, 1))
    return Baseline(np.full(rows, 100), mean, mean + 1, covariance)


def unknown(features):
    nothing = np.full((1, features), np.nan)
    return Baseline(np.zeros(1, int), nothing, nothing, np.full((1, features, features), np.nan))


def build(kind, agents=6, features=2, groups=None, **options):
    groups = np.zeros(agents, np.int64) if groups is None else np.asarray(groups)
    options = OPTIONS.get(kind, {}) | options
    sizes = {"agents": agents, "features": features, "period_ns": 1, "groups": groups}
    return make_detector(kind, options, **sizes)


def tell(detector, *batches, baseline=None):
    """Each batch holds a vector, or one number, of every agent."""
    for batch in batches:
        values = np.asarray(batch, float).reshape(len(batch), -1)
        held = standard(values.shape[1]) if baseline is None else baseline
        detector.update(np.arange(len(values)), values, held, None)
    return detector.scores(held, None)


# The contract


def test_the_registry_holds_the_names_that_a_scenario_may_use():
    assert sorted(DETECTORS) == sorted(CATALOGUE)


@KINDS
def test_an_unheard_agent_has_no_score(kind):
    detector = build(kind, agents=7)
    for _ in range(3):
        detector.update(np.arange(6), np.ones((6, 2)), standard(2), None)
    scores = detector.scores(standard(2), None)
    assert np.isnan(scores[6])
    assert np.isfinite(scores[:6]).all()


@pytest.mark.parametrize("kind", [kind for kind in DETECTORS if kind not in BASELINE_FREE])
def test_without_a_baseline_there_is_no_score(kind):
    detector = build(kind)
    for _ in range(3):
        detector.update(np.arange(6), np.ones((6, 2)), unknown(2), None)
    assert np.isnan(detector.scores(unknown(2), None)).all()


@KINDS
def test_a_constant_feature_is_no_trouble(kind):
    held = standard(2)
    held.sd[:, 1] = 0
    held.covariance[:, 1] = held.covariance[:, :, 1] = 0
    steady = np.random.default_rng(3).normal(size=(4, 6, 2))
    steady[:, :, 1] = 7
    held.mean[:, 1] = 7
    assert np.isfinite(tell(build(kind), *steady, baseline=held)).all()


@KINDS
def test_a_wild_value_scores_above_normal_ones(kind):
    values = np.random.default_rng(5).normal(size=(4, 6, 2))
    values[-1, 2] = 9
    scores = tell(build(kind), *values)
    assert scores.argmax() == 2


@KINDS
def test_contributions_are_those_of_every_feature(kind):
    values = np.random.default_rng(7).normal(size=(4, 6, 2))
    values[-1, :, 1] *= 5
    detector = build(kind)
    tell(detector, *values)
    parts = detector.contributions(standard(2), None)
    assert parts.shape == (6, 2)
    assert parts[:, 1].sum() > parts[:, 0].sum()


@KINDS
def test_what_it_was_told_is_not_changed(kind):
    values, held = np.random.default_rng(9).normal(size=(6, 2)), standard(2)
    before = values.copy()
    tell(build(kind), values, values, baseline=held)
    assert (values == before).all()
    assert (held.mean == 0).all()
    assert (held.sd == 1).all()


def test_an_unknown_detector_is_refused_with_those_that_exist():
    with pytest.raises(ValueError, match="no detector 'zz'; there are cusum"):
        build("zz")


def test_an_unknown_option_is_refused_with_those_that_exist():
    with pytest.raises(ValueError, match="cusum has no option 'K'; it has k, cap, floor"):
        build("cusum", K=1)


def test_a_missing_option_is_refused():
    with pytest.raises(ValueError, match="ewma_z needs the option 'half_life_ns'"):
        make_detector("ewma_z", {}, agents=1, features=1, period_ns=1, groups=np.zeros(1, int))


@pytest.mark.parametrize(
    ("kind", "option", "value"),
    [
        ("z", "pool", "median"),
        ("z", "top", 0),
        ("z", "cap", 0),
        ("z", "floor", -1),
        ("ewma_z", "half_life_ns", 0),
        ("ewma_residual", "spread", "mine"),
        ("cusum", "k", -0.5),
        ("mahalanobis", "shrinkage", 0),
        ("pca", "keep", 0),
        ("pca", "statistic", "spe"),
        ("peers", "smallest_group", 2),
        ("lr_e_process", "size", 0),
        ("lr_e_process", "sign", "left"),
        ("lr_e_process", "onset", "now"),
        ("lr_e_process", "restart_ns", 0),
        ("lr_e_process", "size", math.nan),
    ],
)
def test_an_option_out_of_its_range_is_refused_by_name(kind, option, value):
    with pytest.raises(ValueError, match=option.removesuffix("_ns")):
        build(kind, **{option: value})


def test_groups_must_be_numbered_from_0():
    with pytest.raises(ValueError, match="numbered from 0"):
        build("peers", groups=[0, 0, 0, -1, 0, 0])


@pytest.mark.parametrize("kind", ["mahalanobis", "pca"])
def test_a_detector_of_correlations_asks_for_covariances(kind):
    plain = Baseline(np.ones(1, int), np.zeros((1, 2)), np.ones((1, 2)))
    detector = build(kind)
    assert detector.needs_covariance
    with pytest.raises(ValueError, match="covariances"):
        detector.scores(plain, None)


# z and levels


def test_a_score_is_taken_against_the_baseline_of_now():
    detector = build("z", agents=1, features=1)
    tell(detector, [4])
    moved = Baseline(np.array([9]), np.array([[3.0]]), np.array([[0.5]]))
    assert detector.scores(moved, None) == 2


def test_a_level_needs_one_half_life_for_half_of_a_shift():
    shifted = [[0]] + [[4]] * 10
    detector = build("ewma_z", agents=1, features=1, half_life_ns=10)
    assert tell(detector, *shifted) == pytest.approx(2, rel=1e-12)


def test_a_lasting_shift_ends_as_no_residual():
    detector = build("ewma_residual", agents=1, features=1, half_life_ns=2)
    early = tell(detector, [0], [4])
    late = tell(detector, *[[4]] * 40)
    assert early == 4
    assert late < 0.001


def test_own_spread_gets_used_to_noise():
    noise = 5 * np.random.default_rng(1).normal(size=(200, 1, 1))
    own = build("ewma_residual", agents=1, features=1, half_life_ns=20, spread="own")
    held = build("ewma_residual", agents=1, features=1, half_life_ns=20)
    calm = [tell(own, value)[0] for value in noise][-50:]
    loud = [tell(held, value)[0] for value in noise][-50:]
    # A residual of noise of sd 5 has a mean magnitude of about 5 sqrt(2 / pi) = 4.
    assert np.mean(loud) > 3
    assert np.mean(calm) < 1.2


# CUSUM


def test_a_cusum_adds_up_what_exceeds_k():
    assert tell(build("cusum", agents=1, features=1), [2], [1.5]) == 2.5


def test_a_cusum_begins_anew_at_0_and_never_owes():
    assert tell(build("cusum", agents=1, features=1), [0.5], [0.5], [2]) == 1.5


def test_a_cusum_finds_a_fall_as_fast_as_a_rise():
    up, down = (tell(build("cusum", agents=1), *[[[s, 0]]] * 5) for s in (2, -2))
    assert up == down == 7.5


def test_each_increment_of_a_cusum_keeps_the_baseline_of_its_arrival():
    detector = build("cusum", agents=1, features=1)
    tell(detector, [3])
    moved = Baseline(np.array([9]), np.array([[3.0]]), np.array([[1.0]]))
    assert tell(detector, [3], baseline=moved) == 2.0


# Correlations


def correlated(count=400, features=4):
    rng = np.random.default_rng(11)
    return rng.normal(size=(count, features)) @ rng.normal(size=(features, features))


def measured(data):
    covariance = np.cov(data.T)
    sd = np.sqrt(np.diag(covariance))
    return Baseline(np.array([len(data)]), data.mean(0)[None], sd[None], covariance[None])


def newest_only(kind, data, held, **options):
    """All values at once, as if each was the newest of an agent of its own."""
    detector = build(kind, agents=len(data), features=data.shape[1], **options)
    return tell(detector, data, baseline=held)


def test_without_shrinkage_it_is_the_distance_of_mahalanobis():
    from scipy.spatial.distance import mahalanobis

    data = correlated()
    held = measured(data)
    inverse = np.linalg.inv(held.covariance[0])
    expected = [mahalanobis(value, held.mean[0], inverse) for value in data[:20]]
    scores = newest_only("mahalanobis", data[:20], held, shrinkage=1e-6)
    assert scores == pytest.approx(expected, rel=1e-3)


def test_a_broken_correlation_is_far_away_though_each_feature_is_normal():
    together = np.random.default_rng(2).normal(size=(400, 1)) @ np.ones((1, 2))
    held = measured(together + 0.1 * np.random.default_rng(3).normal(size=(400, 2)))
    both = np.array([[1.0, 1.0], [1.0, -1.0]])
    kept, broken = newest_only("mahalanobis", both, held)
    assert broken > 4 * kept


def test_copies_of_a_feature_do_not_stop_the_distance():
    data = correlated(features=2)[:, [0, 0, 1]]
    scores = newest_only("mahalanobis", data, measured(data))
    assert np.isfinite(scores).all()


@pytest.mark.parametrize("keep", [0.5, 0.9, 0.99])
def test_pca_is_that_of_scikit_learn_on_standardised_features(keep):
    from sklearn.decomposition import PCA

    data = correlated()
    held = measured(data)
    z = (data - held.mean[0]) / held.sd[0]
    model = PCA(n_components=keep, svd_solver="full").fit(z)
    inside = model.transform(z)
    rest = np.linalg.norm(z - model.inverse_transform(inside), axis=1)
    along = np.linalg.norm(inside / np.sqrt(model.explained_variance_), axis=1)
    reconstruction, hotelling = (
        newest_only("pca", data, held, keep=keep, cap=None, statistic=statistic)
        for statistic in ("reconstruction", "hotelling")
    )
    assert reconstruction == pytest.approx(rest, rel=1e-9, abs=1e-9)
    assert hotelling == pytest.approx(along, rel=1e-9)


def test_contributions_to_a_length_sum_to_its_square():
    data = correlated()
    for kind, options in (("mahalanobis", {}), ("pca", {"statistic": "reconstruction"})):
        detector = build(kind, agents=len(data), features=4, **options)
        scores = tell(detector, data, baseline=measured(data))
        parts = detector.contributions(measured(data), None)
        assert parts.sum(axis=1) == pytest.approx(scores**2, rel=1e-9)


def test_newer_covariances_are_noticed_although_the_arrays_are_the_same():
    held = standard(2)
    detector = build("mahalanobis", agents=1)
    before = tell(detector, [[1, -1]], baseline=held)
    held.covariance[0] = [[1, 0.9], [0.9, 1]]
    assert detector.scores(held, None) > 2 * before


# Peers


def test_what_moves_the_whole_group_is_normal():
    rng = np.random.default_rng(4)
    values = rng.normal(size=(6, 2))
    scores = [tell(build("peers"), values + jump) for jump in (0, 1000)]
    assert scores[0] == pytest.approx(scores[1], rel=1e-9)


def test_a_small_group_can_tell_because_nobody_is_in_his_own_yardstick():
    # With itself in mean and sd no member of 5 can score above 4 / sqrt(5) = 1.8.
    values = [[0.0], [1], [2], [1], [500]]
    scores = tell(build("peers", agents=5, features=1, cap=None), values)
    assert scores[4] == pytest.approx((500 - 1) / math.sqrt(2 / 3), rel=1e-9)


def test_a_minority_cannot_hide_in_a_robust_group():
    values = [[0.0], [0.5], [1], [1.5], [2], [900], [900]]
    plain, robust = (
        tell(build("peers", agents=7, features=1, cap=None, robust=robust), values)
        for robust in (False, True)
    )
    assert plain[5] < 3
    assert robust[5] > 500


def test_agents_of_other_groups_are_no_peers():
    values = np.array([[0.0], [1], [2], [100], [101], [102]])
    detector = build("peers", features=1, groups=[0, 0, 0, 1, 1, 1], smallest_group=3)
    scores = tell(detector, values)
    assert scores[:3].tolist() == scores[3:].tolist()


def test_who_has_not_been_heard_is_nobodys_peer():
    detector = build("peers", features=1)
    detector.update(np.arange(4), np.arange(4.0)[:, None], standard(1), None)
    assert np.isnan(detector.scores(standard(1), None)).all()
    detector.update(np.array([4]), np.ones((1, 1)), standard(1), None)
    assert np.isfinite(detector.scores(standard(1), None)[:5]).all()


# The e-process


def test_one_value_gives_its_likelihood_ratio():
    scores = tell(build("lr_e_process", agents=1, features=1, sign="up", size=2.0), [3])
    assert scores == pytest.approx(2 * 3 - 2**2 / 2, rel=1e-12)


def test_directions_and_features_are_averaged_as_e_values():
    scores = tell(build("lr_e_process", agents=1), [[1, 0]])
    e_values = [math.exp(power) for power in (1 - 0.5, -1 - 0.5, -0.5, -0.5)]
    assert scores == pytest.approx(math.log(sum(e_values) / 4), rel=1e-12)


@pytest.mark.parametrize(
    ("options", "exact"),
    [
        ({"cap": None}, True),
        ({"cap": 1.0}, False),
        ({"cap": None, "onset": "any", "restart_ns": 8}, True),
        ({"cap": None, "restart_ns": 3}, True),
    ],
)
def test_an_e_value_is_at_most_1_on_average_if_all_is_normal(options, exact):
    agents = 40_000
    values = np.random.default_rng(6).normal(size=(5, agents, 2))
    e = np.exp(tell(build("lr_e_process", agents=agents, size=0.5, **options), *values))
    error = e.std() / math.sqrt(agents)
    assert e.mean() < 1 + 4 * error
    if exact:
        assert e.mean() > 1 - 4 * error


def test_evidence_that_does_not_fit_a_float_is_kept_as_a_logarithm():
    scores = tell(build("lr_e_process", agents=1, features=1), *[[9]] * 200)
    # 200 likelihood ratios of exp(8.5); the other direction has nothing to add to the average.
    assert scores == pytest.approx(200 * 8.5 - math.log(2), rel=1e-12)


def test_a_long_normal_time_costs_nothing_after_a_restart():
    normal, shifted = [[0.0]] * 100, [[3.0]] * 5
    kept = build("lr_e_process", agents=1, features=1)
    fresh = build("lr_e_process", agents=1, features=1, restart_ns=20)
    assert tell(kept, *normal, *shifted) < -30
    assert tell(fresh, *normal, *shifted) == pytest.approx(5 * 2.5 - math.log(2), abs=0.01)


def test_an_unknown_onset_costs_the_logarithm_of_the_window_and_not_the_time_before():
    normal, shifted = [[0.0]] * 90, [[3.0]] * 10
    options = {"agents": 1, "features": 1, "restart_ns": 100, "sign": "up"}
    known, unknown = (build("lr_e_process", **options, onset=onset) for onset in ("start", "any"))
    assert tell(known, *normal, *shifted) == pytest.approx(10 * 2.5 - 90 * 0.5)
    # Onsets a little before and after the true one help: together exp(1) of it at most.
    gained = tell(unknown, *normal, *shifted)[0] - (10 * 2.5 - math.log(100))
    assert 0 < gained < 1


def test_an_unknown_onset_needs_a_window():
    with pytest.raises(ValueError, match="onset any needs restart_ns"):
        build("lr_e_process", onset="any")


def test_its_score_is_evidence_and_those_of_others_are_not():
    kinds = [kind for kind, detector in DETECTORS.items() if detector.evidence == "log_e"]
    assert kinds == ["lr_e_process"]
