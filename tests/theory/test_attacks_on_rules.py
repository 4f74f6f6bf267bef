"""Every lie about values against the robust rules: 10 liars of 50, 8 features, 100 repetitions.

Correct agents are normal round a centre, with sd 1 in each feature; a bias is the mean error per
feature, in sd. The outcomes are those of theory section 5; the bias floors are closed forms for
lies of any size, so a margin of three standard errors is all that a finite sample needs.
"""

from functools import cache

import numpy as np
import pytest

from sim.adversary import STRATEGIES
from sim.stats.moments import Layout
from sim.stats.robust.max_bias import max_bias
from sim.stats.robust.registry import make_rule
from tests.adversary.drive import WINDOW, claim, make_liars, make_view
from tests.theory import byzfl_attacks as byzfl

REPETITIONS, N, LIARS, FEATURES, CENTRE = 100, 50, 10, 8, 1.0
SHARE = LIARS / N
NOISE = np.random.default_rng(42).normal(size=(REPETITIONS, N - LIARS, FEATURES))
CORRECT = CENTRE + NOISE

ATTACKS = {
    "push": {"to": 50.0},
    "sign_flip": {"scale": 1.0},
    "little_is_enough": {"z": "auto"},
    "inner_product": {"tau": 0.1},
    "min_max": {"direction": "sd"},
    "min_sum": {"direction": "unit"},
}
ROBUST = {
    "median": {},
    "trimmed_mean": {},
    "geometric_median": {},
    "centred_clipping": {},
    "multi_krum": {},
    "spectral_filter": {},
    "mixed median": {"mix": True},
    "mixed trimmed_mean": {"mix": True},
}


def lie(kind, correct, **options):
    """What the liars of a network of N say who see these correct agents, (features,)."""
    features = correct.shape[1]
    liars = make_liars(
        nodes=np.arange(LIARS), population=N, layout=Layout(features), scale_sd=np.ones(features)
    )
    strategy = STRATEGIES[kind](liars, WINDOW | options)
    strategy.look(make_view(correct, own=np.zeros((LIARS, features))))
    return claim(strategy, np.zeros((1, features)))[0]


def with_liars(kind, correct, **options):
    """The correct items and then the lies, (groups, N, features)."""
    lies = np.array([lie(kind, group, **options) for group in correct])
    repeated = np.repeat(lies[:, None], LIARS, axis=1)
    return np.concatenate([correct, repeated], axis=1)


@cache
def attacked(kind):
    return with_liars(kind, CORRECT, **ATTACKS[kind])


def centre(rule, items):
    """Centres of groups of items under a rule that is set against LIARS; (groups, features)."""
    made = make_rule(rule.removeprefix("mixed "), ROBUST.get(rule, {}))
    return made.centre(items, np.ones(items.shape[:2]), LIARS)


def bias(rule, kind):
    """Mean error per feature of a rule under an attack, in each repetition."""
    return (centre(rule, attacked(kind)) - CENTRE).mean(axis=1)


def error(figures):
    """Standard error of the mean."""
    return figures.std(ddof=1) / np.sqrt(len(figures))


def distances(points, other):
    return np.linalg.norm(points - other, axis=-1)


@pytest.mark.parametrize("kind", ATTACKS)
@pytest.mark.parametrize("rule", ROBUST)
def test_no_attack_moves_a_robust_rule_beyond_its_bias_floor(rule, kind):
    """Where a rule has no closed form of its own, that of the trimmed mean."""
    floor = max_bias(rule, SHARE) if rule in ("median", "trimmed_mean") else None
    limit = max_bias("trimmed_mean", SHARE) if floor is None else floor
    found = bias(rule, kind)
    assert abs(found.mean()) <= limit + 3 * error(found)


@pytest.mark.parametrize("rule", ["median", "trimmed_mean"])
@pytest.mark.parametrize("kind", ["push", "sign_flip", "min_max"])
def test_lies_outside_of_the_correct_values_reach_most_of_the_floor(rule, kind):
    found = bias(rule, kind)
    assert abs(found.mean()) >= 0.85 * max_bias(rule, SHARE) - 3 * error(found)


@pytest.mark.parametrize(
    ("kind", "of_mean", "of_sd"),
    [
        ("sign_flip", -2.0, 0.0),
        ("inner_product", -1.1, 0.0),
        # Phi^-1((n - f - s) / (n - f)) with s = 16 supporters.
        ("little_is_enough", 0.0, 0.25335),
    ],
)
def test_the_plain_mean_moves_by_the_share_of_the_liars_times_the_lie(figure, kind, of_mean, of_sd):
    truth = CORRECT.mean(axis=1)
    moved = centre("mean", attacked(kind)) - truth
    sd = CORRECT.std(axis=1, ddof=1)
    np.testing.assert_allclose(moved, SHARE * (of_mean * truth + of_sd * sd), atol=2e-6)
    expected = (SHARE * (of_mean * truth + of_sd * sd)).mean()
    figure("5", f"{kind} by a fifth: shift of the plain mean", expected, moved.mean(), allowed=2e-6)


def test_the_plain_mean_is_wherever_a_push_wants_it():
    moved = centre("mean", attacked("push")) - CORRECT.mean(axis=1)
    np.testing.assert_allclose(moved, SHARE * (50.0 - CORRECT.mean(axis=1)))


def test_a_large_sign_flip_turns_the_mean_round_and_no_robust_rule():
    items = with_liars("sign_flip", CORRECT, scale=9.0)
    assert (centre("mean", items).mean(axis=1) < 0).all()
    for rule in ROBUST:
        assert (centre(rule, items).mean(axis=1) > 0).all(), rule


def test_a_little_is_nearer_to_the_middle_than_any_correct_agent():
    items = attacked("little_is_enough")
    off = distances(items, CORRECT.mean(axis=1)[:, None])
    assert (off[:, -1] < off[:, : N - LIARS].min(axis=1)).mean() > 0.95


def test_krum_takes_the_little_lie_for_the_truth():
    items = attacked("little_is_enough")
    assert (distances(centre("krum", items), items[:, -1]) < 1e-9).all()


def test_a_little_is_not_filtered_but_is_little():
    """It stays in the mean that multi-krum takes, where a push of 50 sd does not."""
    pushed, little = bias("multi_krum", "push"), bias("multi_krum", "little_is_enough")
    assert abs(pushed.mean()) <= 3 * error(pushed)
    extra = little - pushed
    assert extra.mean() > 3 * error(extra)
    assert little.mean() < 0.25335


def test_a_little_shrinks_the_spread_that_thresholds_are_made_from():
    # 40 of 50 at variance 1 and 10 at one point near the middle.
    shrunk = attacked("little_is_enough").std(axis=1, ddof=1) / CORRECT.std(axis=1, ddof=1)
    assert shrunk.mean() == pytest.approx(np.sqrt(0.8), abs=0.01)


def test_krum_chooses_inner_product_lies_once_the_mean_is_less_than_the_spread():
    items = with_liars("inner_product", 0.3 + NOISE, tau=0.1)
    chosen = centre("krum", items)
    assert (distances(chosen, items[:, -1]) < 1e-9).mean() > 0.9
    truth = (0.3 + NOISE).mean(axis=1)
    assert ((chosen * truth).sum(axis=1) < 0).mean() > 0.9


@pytest.mark.parametrize("rule", ["median", "trimmed_mean"])
def test_median_and_trimmed_mean_stop_inner_product_at_their_floor(rule):
    found = (centre(rule, with_liars("inner_product", 0.3 + NOISE, tau=0.1)) - 0.3).mean(axis=1)
    assert -found.mean() <= max_bias(rule, SHARE) + 3 * error(found)


def differing(spread):
    """Correct agents of two kinds: a tenth of them is `spread` sd off in every feature."""
    items = NOISE.copy()
    items[:, : (N - LIARS) // 10] += spread
    return items


def test_mimic_moves_the_mean_towards_one_agent_by_the_share_of_the_liars():
    correct = differing(5.0)
    items, truth = with_liars("mimic", correct), correct.mean(axis=1)
    assert (distances(correct, items[:, -1:]).min(axis=1) == 0).all()
    moved = centre("mean", items) - truth
    np.testing.assert_allclose(moved, SHARE * (items[:, -1] - truth))


def test_mimic_gains_as_agents_differ():
    moved = [
        distances(centre("mean", with_liars("mimic", correct)), correct.mean(axis=1))
        for correct in (differing(0.0), differing(5.0))
    ]
    gain = moved[1] - moved[0]
    assert gain.mean() > 3 * error(gain)
    assert moved[1].mean() > 2 * moved[0].mean()


@pytest.mark.parametrize("rule", ["median", "trimmed_mean", "krum"])
def test_mixing_takes_part_of_what_mimic_gains(rule):
    items, truth = with_liars("mimic", differing(0.0)), differing(0.0).mean(axis=1)
    plain = make_rule(rule).centre(items, np.ones(items.shape[:2]), LIARS)
    mixed = make_rule(rule, {"mix": True}).centre(items, np.ones(items.shape[:2]), LIARS)
    saved = distances(plain, truth) - distances(mixed, truth)
    assert saved.mean() > 3 * error(saved)


def test_multi_krum_is_no_better_against_min_max_than_the_mean():
    worse = bias("mean", "min_max") - bias("multi_krum", "min_max")
    assert worse.mean() >= -3 * error(worse)
    assert bias("multi_krum", "min_max").mean() < -0.25


def test_a_spectral_filter_takes_part_of_min_max_where_agents_are_few():
    saved = bias("spectral_filter", "min_max") - bias("multi_krum", "min_max")
    assert saved.mean() > 3 * error(saved)


def test_a_spectral_filter_takes_all_of_min_max_where_agents_are_many():
    """1000 agents, 10 features, of which the plain mean loses more than a third of an sd."""
    correct = np.random.default_rng(8).normal(CENTRE, 1.0, size=(4, 800, 10))
    lies = np.array([[lie("min_max", group, direction="sd")] * 200 for group in correct])
    items = np.concatenate([correct, lies], axis=1)
    weights = np.ones(items.shape[:2])
    lost = (make_rule("mean").centre(items, weights, 200) - CENTRE).mean()
    left = (make_rule("spectral_filter").centre(items, weights, 200) - CENTRE).mean(axis=1)
    assert lost < -1 / 3
    assert abs(left.mean()) < 0.02 + 3 / np.sqrt(items.size)


def golden(kind, **options):
    return lie(kind, np.array(byzfl.CORRECT), **options)


def test_sign_flip_sends_what_byzfl_sends():
    np.testing.assert_allclose(golden("sign_flip", scale=1.0), byzfl.SIGN_FLIP, rtol=1e-14)


@pytest.mark.parametrize("tau", byzfl.INNER_PRODUCT)
def test_inner_product_sends_what_byzfl_sends(tau):
    expected = byzfl.INNER_PRODUCT[tau]
    np.testing.assert_allclose(golden("inner_product", tau=tau), expected, rtol=1e-14)


@pytest.mark.parametrize("z", byzfl.LITTLE_IS_ENOUGH)
def test_little_is_enough_sends_what_byzfl_sends(z):
    expected = byzfl.LITTLE_IS_ENOUGH[z]
    np.testing.assert_allclose(golden("little_is_enough", z=z), expected, rtol=1e-14)
