"""What liars can and cannot do to evidence: seven witnesses of whom two lie, and a tree of groups.

Honest e-values are likelihood ratios of a normal mean against its shift. Every rate is compared
with its bound or value within 3 or 4 standard errors of the run itself.
"""

import math

import numpy as np
import pytest
from scipy.special import ndtr, ndtri

from sim.stats import e_values, evidence
from sim.stats.evidence import ALARM, CLEAR, UNDETERMINED
from sim.stats.multiplicity import benjamini_hochberg, e_benjamini_hochberg

K, F, RUNS = 7, 2, 20_000
LOG_1E200 = 200 * math.log(10)


def log_ratios(shape, size, seed, shift=0.0):
    """Logs of likelihood ratios: mean `size` against 0, of normal data with mean `shift`."""
    data = np.random.default_rng(seed).normal(shift, size=shape)
    return size * data - size**2 / 2


def attacked(lie, size=0.5, seed=7):
    log_e = log_ratios((RUNS, K), size, seed)
    log_e[:, :F] = lie
    return log_e


def error(values):
    return values.std(ddof=1) / math.sqrt(len(values))


def error_of_share(share, n=RUNS):
    return math.sqrt(share * (1 - share) / n)


# e-values


@pytest.mark.parametrize("lie", [LOG_1E200, math.inf], ids=["1e200", "inf"])
def test_the_robust_mean_is_1_under_attack_and_the_plain_mean_is_destroyed(figure, lie):
    robust = np.exp(e_values.robust_average(attacked(lie), F))
    assert robust.mean() == pytest.approx(1, abs=3 * error(robust))
    assert error(robust) < 0.002
    assert e_values.average(attacked(lie)).min() > LOG_1E200 - 2
    print(f"E[E_f] = {robust.mean():.4f} +- {error(robust):.4f} (standard error), lie {lie:.4g}")
    what = f"mean of e-values, two of seven say {'1e200' if lie < math.inf else 'inf'}"
    figure("3", what, 1, robust.mean(), error(robust))


@pytest.mark.parametrize("lie", [LOG_1E200, math.inf], ids=["1e200", "inf"])
def test_the_robust_product_is_1_under_attack(lie):
    robust = np.exp(e_values.robust_product(attacked(lie), F))
    assert robust.mean() == pytest.approx(1, abs=3 * error(robust))


@pytest.mark.parametrize("alpha", [0.05, 0.2])
@pytest.mark.parametrize("merge", [e_values.robust_average, e_values.robust_product])
def test_robust_merges_reach_1_over_alpha_with_probability_alpha_at_most(merge, alpha):
    reached = (merge(attacked(math.inf, size=1.5), F) >= -math.log(alpha)).mean()
    assert 0 < reached <= alpha + 3 * error_of_share(alpha)


def test_liars_who_choose_after_a_look_lift_the_mean_and_the_correction_brings_it_back():
    """They silence the two smallest with infinity: what is left is the mean of the five largest."""
    log_e = np.sort(log_ratios((RUNS, K), 0.5, seed=8), axis=1)
    log_e[:, :F] = math.inf
    lifted = np.exp(e_values.robust_average(log_e, F))
    corrected = np.exp(e_values.robust_average(log_e, F, adaptive=True))
    assert lifted.mean() > 1 + 10 * error(lifted)
    assert corrected.mean() <= 1 + 3 * error(corrected)


def test_the_correction_of_the_mean_is_needed_in_full():
    """Of seven e-values one is 7 and the others 0: f liars at the others leave 7 / (7 - f)."""
    log_e = np.full(K, -math.inf)
    log_e[0], log_e[1 : 1 + F] = math.log(7), math.inf
    assert np.exp(e_values.robust_average(log_e, F)) == pytest.approx(7 / 5)
    assert np.exp(e_values.robust_average(log_e, F, adaptive=True)) == pytest.approx(1)


@pytest.mark.parametrize("alpha", [0.05, 0.2])
@pytest.mark.parametrize("r", [1, 3, 5])
def test_robust_p_values_are_p_values_whatever_two_zeros_say(alpha, r):
    p = ndtr(np.random.default_rng(9).normal(size=(RUNS, K)))
    p[:, :F] = 0
    assert (e_values.robust_p_value(p, 0) == 0).all()
    below = (e_values.robust_p_value(p, F, r) <= alpha).mean()
    assert below <= alpha + 3 * error_of_share(alpha)


def test_the_robust_p_value_of_witnesses_who_agree_is_exact():
    """Five honest ones with the same p, r = 5: the merged p-value is that p."""
    p = np.repeat(np.random.default_rng(10).random((RUNS, 1)), K, axis=1)
    honest = p[:, -1].copy()
    p[:, :F] = 0
    np.testing.assert_allclose(e_values.robust_p_value(p, F, K - F), honest)


def test_p_values_need_the_full_factor_against_liars_who_choose_after_a_look():
    """Where Rueger's rule is tight: five of seven p-values are below alpha together, or none.

    Each is uniform. Liars zero the two others; static factor 1 then errs 7/5 as often as it says.
    """
    alpha, rng = 0.2, np.random.default_rng(11)
    p = rng.uniform(alpha, 1, (RUNS, K))
    together = rng.random(RUNS) < 7 / 5 * alpha
    p[together, F:] = rng.uniform(0, alpha, (together.sum(), K - F))
    p = rng.permuted(p, axis=1)
    assert (p <= alpha).mean() == pytest.approx(alpha, abs=3 * error_of_share(alpha))
    lied = np.sort(p, axis=1)
    lied[:, -F:] = 0
    static = (e_values.robust_p_value(lied, F, K - F) <= alpha).mean()
    adaptive = (e_values.robust_p_value(lied, F, K - F, adaptive=True) <= 7 / 5 * alpha).mean()
    assert static == pytest.approx(7 / 5 * alpha, abs=3 * error_of_share(7 / 5 * alpha))
    assert adaptive <= 7 / 5 * alpha + 3 * error_of_share(7 / 5 * alpha)


# Many hypotheses

TESTS, NULLS, REPETITIONS, ALPHA = 1000, 900, 100, 0.1
STARTS = np.arange(REPETITIONS + 1) * TESTS
NULL = np.arange(TESTS) >= TESTS - NULLS
LYING_GROUP = np.arange(TESTS) % 20 == 0


def witnesses(size=3.0):
    """Data (repetitions, tests, K) of which the first 100 tests have a signal."""
    noise = np.random.default_rng(12).normal(size=(REPETITIONS, TESTS, K))
    return noise + size * ~NULL[:, np.newaxis]


def rates(rejected):
    """Mean false discovery rate and power."""
    rejected = rejected.reshape(REPETITIONS, TESTS)
    false = (rejected & NULL).sum(axis=1) / np.maximum(rejected.sum(axis=1), 1)
    return false.mean(), (rejected & ~NULL).sum() / (~NULL).sum() / REPETITIONS


def e_bh(log_e):
    return rates(e_benjamini_hochberg(log_e.ravel(), ALPHA, starts=STARTS))


@pytest.mark.parametrize("where", [LYING_GROUP, NULL], ids=["one group", "everywhere"])
def test_plain_merges_make_e_bh_find_what_liars_want_and_robust_ones_do_not(where):
    """Two of seven witnesses report e = inf on nulls: at one node of 20, or of all hypotheses."""
    log_e = 3.0 * witnesses() - 4.5
    log_e[:, where & NULL, :F] = math.inf
    for plain in (e_values.average, e_values.product):
        assert e_bh(plain(log_e))[0] > 0.3
    for robust in (e_values.robust_average, e_values.robust_product):
        assert e_bh(robust(log_e, F))[0] <= ALPHA
    rows = {"average": e_values.average(log_e), "product": e_values.product(log_e)}
    rows |= {
        "robust average": e_values.robust_average(log_e, F),
        "robust product": e_values.robust_product(log_e, F),
    }
    print({name: "FDR {:.3f}, power {:.3f}".format(*e_bh(row)) for name, row in rows.items()})


def test_independent_witnesses_should_be_multiplied_for_robust_averages_find_nothing():
    """Signals of 3 sd: dropping the two largest costs a product 3 % and an average everything."""
    log_e = 3.0 * witnesses() - 4.5
    assert e_bh(e_values.robust_product(log_e, F))[1] > 0.95
    assert (
        e_bh(e_values.average(log_e))[1] > 0.9 > 0.05 > e_bh(e_values.robust_average(log_e, F))[1]
    )


def test_two_zeros_of_seven_break_bh_on_the_smallest_p_value_and_not_on_the_third():
    p = ndtr(-witnesses())
    p[:, LYING_GROUP & NULL, :F] = 0
    plain, robust = (
        rates(benjamini_hochberg(e_values.robust_p_value(p, f).ravel(), ALPHA, starts=STARTS))
        for f in (0, F)
    )
    assert plain[0] > 0.3
    assert robust[0] <= ALPHA
    assert robust[1] > 0.75


# [L, U]


@pytest.mark.parametrize(
    ("lies", "verdicts"),
    [
        ((0, 0), {CLEAR, UNDETERMINED, ALARM}),
        ((50, 50), {UNDETERMINED, ALARM}),
        ((-50, -50), {CLEAR, UNDETERMINED}),
        ((50, -50), {UNDETERMINED}),
    ],
)
def test_a_third_of_liars_tips_no_outcome_from_what_the_correct_say(lies, verdicts):
    """k = 3 f + 1: an alarm or a clearing is always that of the correct; else it is open.

    All that liars win is that it stays open: in one direction, or far out on both sides always.
    """
    log_lr = log_ratios((2000, K), 1.0, seed=13, shift=0.5)
    log_lr[:, :F] = lies
    quanta = evidence.quantise(log_lr)
    correct = evidence.log_odds(evidence.total(quanta[:, F:]))
    verdict = evidence.bounds(quanta, F).verdict(2.0)
    assert (correct[verdict == ALARM] >= 2).all()
    assert (correct[verdict == CLEAR] < 2).all()
    assert set(np.unique(verdict)) == verdicts


@pytest.mark.parametrize("f", [1, 5, 20, 33])
def test_liars_at_the_cap_widen_the_bounds_in_proportion_to_their_number(figure, f):
    """The correct report 1 nat, liars -4: U - L = f (1 + 4)."""
    quanta = evidence.quantise([1.0] * (100 - f) + [-1e9] * f, cap=4)
    assert evidence.bounds(quanta, f).width == 5 * f
    figure(
        "3", f"{f} of 100 lie at a cap of 4 nats: U - L", 5 * f, evidence.bounds(quanta, f).width
    )


@pytest.mark.parametrize("share", [0.05, 0.2, 1 / 3])
def test_expected_width_of_honest_normal_reports(figure, share):
    """U - L is the f largest less the f smallest: 2 k sd phi(z) with z the quantile of the share.

    Nearly linear in f for liars far out, and less than that for reports that are close together.
    """
    k, sd, draws = 3000, 2.0, 20
    quanta = evidence.quantise(np.random.default_rng(14).normal(0, sd, size=(draws, k)))
    widths = evidence.bounds(quanta, round(share * k)).width
    density = math.exp(-(ndtri(share) ** 2) / 2) / math.sqrt(2 * math.pi)
    assert widths.mean() == pytest.approx(2 * k * sd * density, abs=4 * error(widths))
    expected = 2 * k * sd * density
    figure(
        "3",
        f"f = {share:.0%} of honest normal reports: U - L, nats",
        expected,
        widths.mean(),
        error(widths),
    )


@pytest.mark.parametrize(("strength", "verdict"), [(0.55, UNDETERMINED), (0.85, ALARM)])
def test_more_reporters_do_not_replace_stronger_reports(strength, verdict):
    """A report of mean m = strength^2 / 2 and sd strength adds (1 - f) m - sd phi(z) to L.

    With f = 20 % that is positive from strength 0.70 on: below it no number of reporters alarms.
    """
    share = 0.2
    needed = 2 * math.exp(-(ndtri(share) ** 2) / 2) / math.sqrt(2 * math.pi) / (1 - share)
    assert needed == pytest.approx(0.70, abs=0.005)
    reports = log_ratios((10_000,), strength, seed=15, shift=strength)
    assert evidence.bounds(evidence.quantise(reports), 2000).verdict(6.9) == verdict


# Several resolutions: 20 locals of 50 reporters, a fifth of whom may lie


LOCALS, SIZE, NESTED = 20, 50, 10
FLAT = LOCALS * NESTED
THRESHOLD = math.log(1000)


def typical(strength, affected=True):
    """Reports (LOCALS, SIZE) at the quantiles of their law, so that every local is typical."""
    z = ndtri((np.arange(SIZE) + 0.5) / SIZE)
    sign = np.where(np.broadcast_to(affected, LOCALS), 1, -1)[:, np.newaxis]
    return evidence.quantise(sign * strength**2 / 2 + strength * z)


def outcomes(quanta, captured=0):
    """Verdicts of the locals, of the root over their intervals, and of the root over all agents."""
    locals_ = evidence.bounds(quanta, NESTED)
    nested = evidence.combine(locals_, captured)
    flat = evidence.bounds(quanta.reshape(-1), FLAT)
    return locals_.verdict(THRESHOLD), nested, flat


def test_weak_evidence_is_undetermined_at_every_local_and_an_alarm_at_the_root():
    locals_, nested, flat = outcomes(typical(0.9))
    assert (locals_ == UNDETERMINED).all()
    assert nested.verdict(THRESHOLD) == flat.verdict(THRESHOLD) == ALARM


def test_an_effect_at_one_local_is_an_alarm_there_and_clear_at_the_root():
    affected = np.arange(LOCALS) == 3
    locals_, nested, flat = outcomes(typical(1.6, affected))
    assert (locals_ == np.where(affected, ALARM, CLEAR)).all()
    assert nested.verdict(THRESHOLD) == flat.verdict(THRESHOLD) == CLEAR


def test_nested_bounds_lie_within_flat_ones_of_as_many_liars():
    """They assume more: no local has more than its own fifth. Narrower by 5 to 30 % here."""
    for affected, least, most in ((True, 0, 1e-9), (np.arange(LOCALS) < 4, 0.05, 0.3)):
        _, nested, flat = outcomes(typical(1.6, affected))
        assert evidence.log_odds(nested.lower) >= evidence.log_odds(flat.lower)
        assert evidence.log_odds(nested.upper) <= evidence.log_odds(flat.upper)
        assert least <= 1 - nested.width / flat.width <= most


def test_one_local_full_of_liars_makes_nested_bounds_alarm_and_flat_ones_not():
    """50 of 1000, 5 %: far fewer than a fifth, but all in one place."""
    quanta = typical(1.6, affected=False)
    quanta[7] = evidence.quantise(200.0)
    _, nested, flat = outcomes(quanta)
    assert nested.verdict(THRESHOLD) == ALARM
    assert flat.verdict(THRESHOLD) != ALARM
    assert outcomes(quanta, captured=1)[1].verdict(THRESHOLD) != ALARM


def test_what_it_costs_to_allow_for_a_captured_local():
    """Of 20 typical locals one L is dropped: 5 % of the evidence, and the alarm stands."""
    quanta = typical(1.6)
    _, nested, flat = outcomes(quanta)
    _, careful, _ = outcomes(quanta, captured=1)
    lowers = [float(evidence.log_odds(found.lower)) for found in (nested, careful, flat)]
    assert lowers[1] / lowers[0] == pytest.approx(0.95)
    assert lowers[2] / lowers[0] == pytest.approx(1)
    assert careful.verdict(THRESHOLD) == ALARM


def test_liars_spread_evenly_cannot_do_more_than_their_number_at_any_resolution():
    """A fifth of every local says +-200 nats; correct reports are typical of no effect."""
    for lie in (200.0, -200.0):
        quanta = typical(1.6, affected=False)
        quanta[:, :NESTED] = evidence.quantise(lie)
        locals_, nested, flat = outcomes(quanta)
        assert not (locals_ == ALARM).any()
        assert ALARM not in (nested.verdict(THRESHOLD), flat.verdict(THRESHOLD))
