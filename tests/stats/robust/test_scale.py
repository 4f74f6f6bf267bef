"""Robust scales: right on normal items, unmoved by lies, silent about the absent."""

import math

import numpy as np
import pytest
from scipy.special import ndtri

from sim.stats.robust.scale import MAD_FACTOR, QN_FACTOR, mad, qn

QUANTILES = ndtri((np.arange(500) + 0.5) / 500)[None, :, None]
ONES = np.ones(QUANTILES.shape[:2])


@pytest.mark.parametrize("scale", [mad, qn])
def test_of_normal_items_it_is_their_standard_deviation(scale):
    assert scale(3 * QUANTILES + 7, ONES)[0, 0] == pytest.approx(3, rel=0.015)


def test_the_factors_are_those_of_the_normal_law():
    assert pytest.approx(1.482602218505602) == MAD_FACTOR
    assert pytest.approx(2.219144465985076) == QN_FACTOR


@pytest.mark.parametrize("scale", [mad, qn])
def test_a_third_of_lies_moves_it_by_a_bounded_factor(scale):
    """A third at infinity: the MAD becomes Phi^-1(7/8), Qn is explosive later and higher."""
    lies = np.where(np.arange(500)[:, None] % 3 == 0, 1e300, QUANTILES)
    assert 1 < scale(lies, ONES)[0, 0] < 4


@pytest.mark.parametrize("scale", [mad, qn])
def test_absent_items_have_no_say(scale):
    items = np.concatenate([QUANTILES, np.full((1, 300, 1), 1e6)], axis=1)
    weights = np.concatenate([ONES, np.zeros((1, 300))], axis=1)
    np.testing.assert_array_equal(scale(items, weights), scale(QUANTILES, ONES))


def test_one_item_has_a_mad_of_0_and_no_qn():
    one = np.ones((1, 1, 2))
    assert (mad(one, np.ones((1, 1))) == 0).all()
    assert np.isnan(qn(one, np.ones((1, 1)))).all()


def test_deviations_may_be_from_a_centre_that_is_handed_in():
    shifted = mad(QUANTILES, ONES, np.array([[100.0]]))[0, 0]
    assert shifted == pytest.approx(100 * MAD_FACTOR, rel=1e-3)


def test_scales_are_of_one_group_each():
    both = np.concatenate([QUANTILES, 5 * QUANTILES])
    np.testing.assert_allclose(mad(both, np.ones((2, 500)))[1], 5 * mad(QUANTILES, ONES)[0])
    assert math.isclose(qn(both, np.ones((2, 500)))[1, 0], 5 * qn(QUANTILES, ONES)[0, 0])
