import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from sim.stats.multiplicity import (
    benjamini_hochberg,
    conformal_p_values,
    e_benjamini_hochberg,
    p_to_log_e,
)
from tests.reference import multiplicity as obvious

ALPHA = st.sampled_from([0.01, 0.05, 0.1, 0.3, 0.75])
SMALL_OFTEN = st.one_of(
    st.floats(0, 1), st.floats(0, 0.1), st.integers(0, 20).map(lambda k: k / 20)
)
P = st.one_of(SMALL_OFTEN, st.just(math.nan))
E_VALUE = st.one_of(st.floats(0, 1e3), st.integers(0, 60).map(float), st.just(math.nan))
STARTS = st.lists(st.integers(0, 8), max_size=4).map(lambda sizes: [0, *np.cumsum(sizes).tolist()])


def log(e):
    with np.errstate(divide="ignore"):
        return np.log(np.array(e, dtype=float))


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20), st.floats(0.01, 0.99))
def test_benjamini_hochberg_rejects_what_statsmodels_rejects(p, alpha):
    levels = alpha * np.arange(1, len(p) + 1) / len(p)
    on_the_level = np.isclose(np.sort(p), levels, rtol=1e-9, atol=0)
    assume(not on_the_level.any())  # there rounding decides, and it may round differently
    expected = multipletests(p, alpha, method="fdr_bh")[0]
    assert benjamini_hochberg(p, alpha).tolist() == expected.tolist()


@given(st.lists(P, max_size=15), ALPHA, st.integers(0, 30))
def test_benjamini_hochberg_is_what_trying_every_k_finds(p, alpha, unheard):
    total = len(p) + unheard
    found = benjamini_hochberg(p, alpha, total=total).tolist()
    assert found == obvious.benjamini_hochberg(p, alpha, total)


@given(st.lists(E_VALUE, max_size=15), ALPHA, st.integers(0, 30))
def test_e_bh_is_what_trying_every_k_finds(e, alpha, unheard):
    total = len(e) + unheard
    found = e_benjamini_hochberg(log(e), alpha, total=total).tolist()
    assert found == obvious.e_benjamini_hochberg(e, alpha, total)


@given(STARTS, ALPHA, st.data())
def test_blocks_are_tested_each_by_itself(starts, alpha, data):
    size = starts[-1]
    p = data.draw(st.lists(P, min_size=size, max_size=size))
    e = data.draw(st.lists(E_VALUE, min_size=size, max_size=size))
    found = benjamini_hochberg(p, alpha, starts=starts).tolist()
    assert found == obvious.by_block(obvious.benjamini_hochberg, p, alpha, starts)
    found = e_benjamini_hochberg(log(e), alpha, starts=starts).tolist()
    assert found == obvious.by_block(obvious.e_benjamini_hochberg, e, alpha, starts)


def test_a_hypothesis_of_which_nothing_arrived_still_counts():
    p = [0.02, math.nan, math.nan, math.nan]
    assert benjamini_hochberg([0.02], 0.05).tolist() == [True]
    assert not benjamini_hochberg(p, 0.05).any()
    assert not e_benjamini_hochberg(log([30.0, math.nan]), 0.05).any()
    assert benjamini_hochberg([0.02], 0.05, total=4).tolist() == [False]


def test_blocks_may_count_totals_of_their_own():
    p, starts = [0.02, 0.02], np.array([0, 1, 2])
    assert benjamini_hochberg(p, 0.05, total=[4, 2], starts=starts).tolist() == [False, True]


def test_a_p_value_on_its_level_is_rejected_whatever_the_rounding():
    for m in range(1, 200):
        for k in range(1, m + 1, 7):
            p = [0.3 * k / m] * k + [1.0] * (m - k)
            assert benjamini_hochberg(p, 0.3).sum() == k


def test_e_values_that_no_float_can_hold_are_compared():
    assert e_benjamini_hochberg([1e5, -1e5, math.inf, -math.inf], 0.05).tolist() == [
        True,
        False,
        True,
        False,
    ]


def test_impossible_certainty_is_rejected_and_certainty_of_nothing_is_not():
    assert benjamini_hochberg([0.0, 1.0], 0.05).tolist() == [True, False]


def test_no_hypotheses_are_none_rejected():
    assert benjamini_hochberg([], 0.05).shape == (0,)
    assert e_benjamini_hochberg([], 0.05, starts=np.array([0, 0, 0])).shape == (0,)


@pytest.mark.parametrize("alpha", [0.0, 1.0, -0.1, math.nan])
@pytest.mark.parametrize("procedure", [benjamini_hochberg, e_benjamini_hochberg])
def test_a_level_that_is_none_is_refused(procedure, alpha):
    with pytest.raises(ValueError, match="alpha must be between 0 and 1"):
        procedure([0.5], alpha)


@pytest.mark.parametrize("p", [-0.1, 1.1, math.inf])
def test_a_p_value_that_is_no_probability_is_refused(p):
    with pytest.raises(ValueError, match="from 0 to 1"):
        benjamini_hochberg([0.5, p], 0.05)


@pytest.mark.parametrize("starts", [[], [0], [1, 2], [0, 3], [0, 2, 1, 2]])
def test_starts_that_do_not_cut_the_hypotheses_are_refused(starts):
    with pytest.raises(ValueError, match="starts must ascend from 0"):
        benjamini_hochberg([0.1, 0.2], 0.05, starts=np.array(starts))


def test_a_total_that_forgets_hypotheses_is_refused():
    with pytest.raises(ValueError, match="a total is below"):
        benjamini_hochberg([0.1, 0.2], 0.05, total=1)


@given(
    st.lists(st.one_of(st.integers(-3, 3).map(float), st.just(math.nan))),
    st.lists(st.integers(-3, 3)),
)
def test_a_conformal_p_value_counts_the_normal_scores_that_are_as_large(scores, calibration):
    expected = obvious.conformal_p_values(scores, calibration)
    np.testing.assert_allclose(conformal_p_values(scores, calibration), expected)


def test_without_calibration_nothing_is_unusual():
    assert conformal_p_values([1e9], []).tolist() == [1.0]


def test_a_calibration_score_that_is_none_is_refused():
    with pytest.raises(ValueError, match="calibration scores must be numbers"):
        conformal_p_values([1.0], [math.nan])


def test_a_converted_p_value_is_an_e_value():
    """Its mean over uniform p is the integral of 1 / (2 sqrt p) = 1; Riemann's sum is close."""
    p = (np.arange(10**6) + 0.5) / 10**6
    assert np.exp(p_to_log_e(p)).mean() == pytest.approx(1, abs=1e-3)
    assert p_to_log_e([0.0])[0] == math.inf
    assert math.isnan(p_to_log_e([math.nan])[0])
