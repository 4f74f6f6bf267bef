import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.measure.censored import CensoredSample
from sim.measure.intervals import quantile as order_statistic
from sim.measure.survival import median, quantile, survival
from tests.reference.survival import product_limit

TIMES = st.lists(st.integers(1, 9).map(float), max_size=9).map(tuple)
SAMPLES = st.builds(CensoredSample, TIMES, TIMES).filter(len)


@given(SAMPLES)
def test_the_curve_is_the_product_of_the_shares_that_survive_each_end(sample):
    durations, alive = survival(sample)
    for duration, share in zip(durations, alive, strict=True):
        assert share == pytest.approx(product_limit(sample, duration))


@given(TIMES.filter(len), st.sampled_from([0.1, 0.25, 0.5, 0.9, 1.0]))
def test_without_censoring_a_quantile_is_the_order_statistic(observed, share):
    sample = CensoredSample(observed, ())
    assert quantile(sample, share) == order_statistic(sample, share)


def test_what_is_censored_early_moves_the_median_but_not_to_infinity():
    """At risk 4 at 1, 2 at 3: survival 3/4, then 3/4 * 1/2 = 3/8. Left out it would be 1."""
    assert median(CensoredSample((1.0, 3.0, 4.0), (2.0,))) == 3.0
    assert median(CensoredSample((1.0, 3.0), ())) == 1.0


def test_a_median_that_was_never_reached_is_more_than_anything():
    assert median(CensoredSample((1.0,), (9.0, 9.0))) == math.inf
    assert median(CensoredSample((), (9.0,))) == math.inf


def test_of_nothing_there_is_no_median_and_no_curve():
    assert math.isnan(median(CensoredSample((), ())))
    with pytest.raises(ValueError, match="empty sample"):
        survival(CensoredSample((), ()))


@pytest.mark.parametrize("share", [0.0, 1.1, math.nan])
def test_a_share_that_is_none_is_refused(share):
    with pytest.raises(ValueError, match="share must be"):
        quantile(CensoredSample((1.0,), ()), share)


def test_the_median_of_an_exponential_law_survives_heavy_censoring():
    """Law Exp(1), watched for Exp(1): half are censored; the plain median of ends would be 0.35.

    Greenwood's formula at the median with at-risk share exp(-2 t): the variance of the survival is
    S^2 * (exp(2 t) - 1) / (2 n), and dividing by the density S gives that of the median.
    """
    count, draw = 4000, np.random.default_rng(2)
    lasts, watched = draw.exponential(size=(2, count))
    ended = lasts <= watched
    sample = CensoredSample(tuple(lasts[ended].tolist()), tuple(watched[~ended].tolist()))
    error = math.sqrt((math.exp(2 * math.log(2)) - 1) / (2 * count))
    assert median(sample) == pytest.approx(math.log(2), abs=4 * error)
