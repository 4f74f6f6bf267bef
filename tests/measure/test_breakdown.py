import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.measure.breakdown import (
    UNKNOWN,
    Breakdown,
    breakdown,
    departure,
    floor_sd,
)

SHARES = [0.0, 0.1, 0.2, 0.33, 0.45]
NAN = math.nan


def same(found, expected):
    """NaN is no number, but here it is the same answer."""
    return repr(found) == repr(expected)


@pytest.mark.parametrize(
    ("biases", "expected"),
    [
        ([0.0, 0.1, 0.3, 0.7, 5.0], Breakdown(0.33, 0.45, 0.45)),
        ([0.0, 0.1, 0.3, 0.7, 0.9], Breakdown(0.45, NAN, 0.45)),
        ([2.0, 2.0, 3.0, 7.0, 9.0], Breakdown(NAN, 0.0, 0.45)),
        ([0.0, 0.1, math.inf, math.inf, math.inf], Breakdown(0.1, 0.2, 0.45)),
        ([0.0, 0.1, NAN, 2.0, NAN], Breakdown(0.1, 0.33, 0.33)),
        ([NAN] * 5, UNKNOWN),
    ],
)
def test_the_bracket_is_between_the_last_good_share_and_the_first_bad_one(biases, expected):
    assert same(breakdown(SHARES, biases), expected)


def test_a_bias_of_exactly_the_limit_is_good():
    assert not breakdown([0.1], [1.0]).is_broken
    assert breakdown([0.1], [1.0], limit=0.99).is_broken


def test_a_single_bad_share_before_good_ones_is_no_breakdown():
    assert not breakdown(SHARES, [0.0, 4.0, 0.3, 0.7, 0.9]).is_broken
    assert breakdown(SHARES, [0.0, 4.0, 0.3, 7.0, 9.0]).first_bad == 0.33


def test_nothing_known_is_told_from_never_broken():
    assert not UNKNOWN.is_known
    assert breakdown([0.1], [0.5]).is_known


def obvious(shares, biases, limit):
    """The definition, read aloud."""
    known = [(s, b) for s, b in sorted(zip(shares, biases, strict=True)) if not math.isnan(b)]
    from_on = [s for s, _ in known if all(b > limit for t, b in known if t >= s)]
    return min(from_on, default=NAN)


BIASES = st.lists(
    st.tuples(
        st.integers(0, 99).map(lambda percent: percent / 100),
        st.sampled_from([0.1, 0.9, 1.0, 1.1, 50.0, math.inf, NAN]),
    ),
    min_size=1,
    max_size=8,
    unique_by=lambda pair: pair[0],
)


@given(BIASES)
def test_it_is_the_smallest_share_from_which_on_all_are_bad(pairs):
    shares, biases = zip(*pairs, strict=True)
    found = breakdown(shares, biases)
    assert same(found.first_bad, obvious(shares, biases, 1.0))
    if found.is_broken and not math.isnan(found.last_good):
        assert found.last_good < found.first_bad


@given(BIASES, st.randoms(use_true_random=False))
def test_the_order_of_the_shares_does_not_matter(pairs, random):
    shuffled = random.sample(pairs, len(pairs))
    assert same(
        breakdown(*zip(*pairs, strict=True)),
        breakdown(*zip(*shuffled, strict=True)),
    )


@pytest.mark.parametrize(
    ("share", "floor"),
    [(0.0, 0.0), (0.01, 0.0127), (0.1, 0.1397), (1 / 3, 0.6745), (0.5, math.inf)],
)
def test_the_floor_is_the_bias_of_the_median(share, floor):
    assert floor_sd(share) == pytest.approx(floor, abs=5e-5)


def test_a_rule_at_the_floor_never_departs_from_it():
    noise = 0.05
    biases = [noise + floor_sd(share) for share in SHARES]
    assert not departure(SHARES, biases).is_broken


def test_a_rule_departs_where_it_is_worse_than_so_many_floors():
    factors = [1, 1, 2.9, 3.1, 8]
    biases = [factor * floor_sd(share) for factor, share in zip(factors, SHARES, strict=True)]
    assert same(departure(SHARES, biases), Breakdown(0.2, 0.33, 0.45))
    assert departure(SHARES, biases, times=2.5).first_bad == 0.2


def test_what_a_rule_is_off_without_liars_is_not_held_against_it():
    off = 10 * floor_sd(0.1)
    assert not departure(SHARES, [off + floor_sd(share) for share in SHARES]).is_broken
    assert departure([0.1], [off]).first_bad == 0.1


def test_a_curve_that_the_growing_floor_overtakes_has_departed_all_the_same():
    """Liars 10 sd off move a mean by 10 times their share: 7.5 floors at 5 %, 3 at 46 %."""
    assert departure(SHARES, [10 * share for share in SHARES]).first_bad == 0.1
    assert 3.1 * floor_sd(0.47) > 10 * 0.47


def test_half_of_liars_and_more_have_no_floor_to_be_above():
    assert not departure([0.0, 0.5], [0.0, 100.0]).is_broken
