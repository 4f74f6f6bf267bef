"""Evidence in columns: exact sums, Bayes' rule, and bounds against every choice of the correct."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.stats import evidence
from sim.stats.evidence import ALARM, CLEAR, LIMIT, UNDETERMINED
from tests.reference import evidence as obvious

RATIO = st.floats(-(LIMIT - 1), LIMIT - 1) | st.floats(-50, 50)
QUANTA = st.integers(-(2**63) + 2**10, 2**63 - 2**10) | st.integers(-5, 5)
REPORTS = st.lists(QUANTA, min_size=1, max_size=7)


def limbs(integers):
    """Canonical limbs of Python integers."""
    return np.array([[number >> 32, number & (2**32 - 1)] for number in integers])


def whole(sums):
    return evidence.to_integers(np.atleast_2d(sums))


# Sums


@given(st.lists(QUANTA, max_size=30))
def test_a_total_is_the_sum_of_the_integers(quanta):
    assert whole(evidence.total(np.array(quanta, np.int64))) == [sum(quanta)]


@given(st.lists(RATIO, max_size=30))
def test_an_item_is_off_by_half_a_quantum_at_most(ratios):
    quanta = evidence.quantise(ratios).tolist()
    for ratio, count in zip(ratios, quanta, strict=True):
        assert abs(Fraction(ratio) - Fraction(count, 2**32)) <= Fraction(1, 2**33)


@given(st.lists(st.tuples(st.integers(0, 3), QUANTA), max_size=20))
def test_sums_by_group_are_the_sums_of_each(items):
    group = np.array([g for g, _ in items], np.int64)
    found = evidence.total_by_group(np.array([q for _, q in items], np.int64), group, 4)
    assert whole(found) == [sum(q for g, q in items if g == wanted) for wanted in range(4)]


def test_any_order_grouping_and_tree_gives_the_same_bits():
    rng = np.random.default_rng(2)
    quanta = evidence.quantise(rng.normal(scale=1e6, size=(1000, 3)))
    flat = evidence.total(quanta, axis=0)
    for fan_in in (2, 10, 50):
        tier = evidence.total(quanta[rng.permutation(1000)].reshape(-1, fan_in, 3), axis=1)
        group = rng.integers(0, 7, len(tier))
        regions = np.stack([evidence.add_up(tier[group == region]) for region in range(7)])
        assert evidence.add_up(regions).tobytes() == flat.tobytes()


def test_equal_sums_are_equal_bits_whatever_was_added():
    """Halves carry into whole nats, and borrow from them."""
    for parts in ([0.5, 0.5], [1.0], [-0.5, 1.5], [0.25] * 4):
        assert evidence.total(evidence.quantise(parts)).tolist() == [1, 0]
    assert evidence.total(evidence.quantise([0.25, -0.5])).tolist() == [-1, 3 << 30]


def test_merging_sums_is_adding_integers_along_any_axis():
    numbers = [[2**70, -(2**70) + 1], [-1, 3]]
    sums = np.stack([limbs(row) for row in numbers])
    assert whole(evidence.add_up(sums, axis=0)) == [2**70 - 1, -(2**70) + 4]
    assert whole(evidence.add_up(sums, axis=-1)) == [1, 2]


@given(st.integers(-(2**80), 2**80))
def test_log_odds_are_the_nearest_float(quanta):
    assert evidence.log_odds(limbs([quanta]))[0] == float(Fraction(quanta, 2**32))


def test_a_cap_limits_every_item_even_infinite_ones():
    found = evidence.quantise([math.inf, -1e300, 0.5], cap=10)
    assert (found * 2.0**-32).tolist() == [10, -10, 0.5]


def mean_e(log_e, probability, cap):
    """Mean e-value of a discrete null distribution, capped."""
    capped = evidence.log_odds(evidence.total(evidence.quantise(log_e, cap)[:, np.newaxis]))
    return float(np.exp(capped) @ probability)


@pytest.mark.parametrize("cap", [0.1, 1.0, 3.0])
def test_a_cap_keeps_symmetric_ratios_e_values_and_may_lift_others(cap):
    # Two outcomes of probability 1/4 and 3/4 that swap under the alternative; and all or nothing,
    # with e = 0 (nearly) or M.
    odds = math.log(3)
    assert mean_e([odds, -odds], [1 / 4, 3 / 4], cap) <= 1 + 1e-8
    lifted = mean_e([cap, -50], [math.exp(-cap), 1 - math.exp(-cap)], cap)
    assert 1 < lifted < 1 + math.exp(-cap)


@pytest.mark.parametrize("bad", [math.nan, math.inf, -LIMIT])
def test_what_is_no_evidence_is_refused(bad):
    with pytest.raises(ValueError, match="evidence must be numbers below"):
        evidence.quantise([0.0, bad])


@pytest.mark.parametrize("cap", [0, -1, math.nan])
def test_a_cap_that_is_none_is_refused(cap):
    with pytest.raises(ValueError, match="cap must be more than 0"):
        evidence.quantise([0.0], cap=cap)


# Bayes' rule


def test_the_prior_is_one_more_item():
    sums = evidence.total(evidence.quantise([[math.log(9), math.log(4)], [0.0, 0.0]]))
    posterior = evidence.expit(evidence.log_odds(evidence.with_prior(sums, 0.01)))
    np.testing.assert_allclose(posterior, [36 / (36 + 99), 0.01], rtol=1e-8)


@given(st.floats(-30, 30))
def test_a_probability_and_its_log_odds_say_the_same(odds):
    p = float(evidence.expit(odds))
    assert p + float(evidence.expit(-odds)) == pytest.approx(1, rel=1e-15)
    assert evidence.log_expit(odds) == pytest.approx(-math.log1p(math.exp(-odds)), rel=1e-12)
    # Near 1 a probability is known to half an ulp, 2**-53; the log-odds move 1 / (1 - p) as much.
    assert evidence.logit(p) == pytest.approx(odds, abs=2**-51 * (1 + math.exp(abs(odds))))


def test_log_probabilities_go_on_where_probabilities_have_ended():
    assert evidence.expit([-1e4, 1e4]).tolist() == [0, 1]
    assert evidence.log_expit(-1e4) == -1e4
    assert evidence.log_expit(100.0) == -math.exp(-100)


@pytest.mark.parametrize("p", [0, 1, -0.1, math.nan])
def test_certainty_beforehand_is_refused(p):
    with pytest.raises(ValueError, match="between 0 and 1"):
        evidence.with_prior(limbs([0]), p)


def test_correlated_items_are_worth_less():
    worth = evidence.effective_count([1, 100, 100, 10**9], [0.5, 0, 1, 0.1])
    np.testing.assert_allclose(worth, [1, 100, 1, 10], rtol=1e-7)


@pytest.mark.parametrize(("n", "rho"), [(0, 0.5), (2, -0.1), (2, 1.1)])
def test_correlations_that_are_none_are_refused(n, rho):
    with pytest.raises(ValueError, match="correlations from 0 to 1"):
        evidence.effective_count(n, rho)


# Bounds


@given(REPORTS, st.integers(0, 8))
def test_bounds_are_the_extremes_over_all_choices_of_correct_reporters(reports, f):
    found = evidence.bounds(np.array(reports, np.int64), f)
    assert (*whole(found.lower), *whole(found.upper)) == obvious.bounds(reports, f)
    assert found.enough == (len(reports) >= 2 * f + 1)


@given(st.lists(REPORTS, min_size=1, max_size=4), st.integers(0, 2))
def test_absent_reports_are_left_out(groups, f):
    present = np.arange(7) < np.array([len(group) for group in groups])[:, np.newaxis]
    quanta = np.full(present.shape, -(2**62))
    quanta[present] = [report for group in groups for report in group]
    mixed = np.random.default_rng(0).permutation(7)
    found = evidence.bounds(quanta[:, mixed], f, present[:, mixed])
    for place, group in enumerate(groups):
        alone = evidence.bounds(np.array(group, np.int64), f)
        assert found.lower[place].tolist() == alone.lower.tolist()
        assert found.upper[place].tolist() == alone.upper.tolist()
        assert found.reports[place] == len(group)
        assert found.enough[place] == alone.enough


def test_every_group_may_have_its_own_number_of_liars():
    quanta = evidence.quantise(np.tile([1.0, 2, 3, 4, 5], (3, 1)))
    found = evidence.bounds(quanta, [0, 1, 2])
    assert evidence.log_odds(found.lower).tolist() == [15, 10, 6]
    assert evidence.log_odds(found.upper).tolist() == [15, 14, 12]
    assert found.width.tolist() == [0, 4, 6]


@pytest.mark.parametrize(
    ("reports", "verdict"),
    [
        ([2, 2, 2, 2, 2], ALARM),
        ([-2, -2, -2, -2, 3], CLEAR),
        ([2, 2, 2, 2, -9], UNDETERMINED),
        ([0, 0, 0, 0, 9], UNDETERMINED),
        ([9, 9], UNDETERMINED),
        ([], UNDETERMINED),
    ],
)
def test_there_are_three_outcomes_and_two_reports_decide_nothing_against_a_liar(reports, verdict):
    assert evidence.bounds(evidence.quantise(reports), 1).verdict(3.0) == verdict


def test_an_alarm_is_at_the_threshold_and_a_clearing_below_it():
    sure = evidence.bounds(evidence.quantise([[1.0, 2.0], [1.0, 1.5]]), 0)
    assert sure.verdict(3.0).tolist() == [ALARM, CLEAR]
    assert sure.verdict([3.5, 2.5]).tolist() == [CLEAR, ALARM]


def test_f_capped_liars_move_a_sum_by_twice_f_caps_at_most():
    rng = np.random.default_rng(3)
    honest = rng.normal(size=20)
    sums = [evidence.total(evidence.quantise(honest, cap=5))]
    for lie in (1e9, -1e9):
        sums.append(evidence.total(evidence.quantise(np.r_[honest[:17], [lie] * 3], cap=5)))
    true, high, low = (float(evidence.log_odds(some)) for some in sums)
    assert high - true <= 2 * 3 * 5
    assert true - low <= 2 * 3 * 5
    assert high - low == pytest.approx(2 * 3 * 5)


@pytest.mark.parametrize("f", [-1, [1, -1]])
def test_negative_numbers_of_liars_are_refused(f):
    with pytest.raises(ValueError, match="f must not be negative, not -1"):
        evidence.bounds(np.zeros((2, 3), np.int64), f)


# Bounds up a tree

INTERVALS = st.lists(st.tuples(QUANTA, QUANTA).map(sorted), min_size=1, max_size=5)


def as_bounds(intervals):
    lower, upper = (limbs(ends) for ends in zip(*intervals, strict=True))
    count = np.ones(len(intervals), np.int64)
    return evidence.Bounds(lower, upper, count, count > 0)


@given(INTERVALS, st.integers(0, 6))
def test_a_parent_has_the_extremes_over_all_choices_of_correct_groups(intervals, f):
    found = evidence.combine(as_bounds(intervals), f)
    assert (*whole(found.lower), *whole(found.upper)) == obvious.combine(intervals, f)
    assert found.enough == (len(intervals) >= 2 * f + 1)


@given(INTERVALS)
def test_without_captured_groups_intervals_just_add_up(intervals):
    groups = as_bounds(intervals)
    found = evidence.combine(groups)
    assert found.lower.tolist() == evidence.add_up(groups.lower).tolist()
    assert found.upper.tolist() == evidence.add_up(groups.upper).tolist()


def test_a_group_without_enough_reports_is_left_out():
    quanta = evidence.quantise([[1.0, 1, 1], [-9, -9, -9], [2, 2, 2]])
    present = np.array([[True] * 3, [True, True, False], [True] * 3])
    parent = evidence.combine(evidence.bounds(quanta, 1, present))
    assert evidence.log_odds(parent.lower) == 6  # of each group one report of three is dropped
    assert evidence.log_odds(parent.upper) == 6
    assert parent.reports == 6
    assert parent.enough


def test_a_parent_of_nothing_but_silence_is_undetermined():
    silent = evidence.bounds(np.zeros((3, 5), np.int64), 1, np.zeros((3, 5), bool))
    assert evidence.combine(silent).verdict(1.0) == UNDETERMINED


def test_exact_sums_are_bounds_without_liars():
    sums = limbs([5 << 32, -(3 << 32)])
    found = evidence.certain(sums, np.array([4, 0]))
    assert found.width.tolist() == [0, 0]
    assert found.verdict(2.0).tolist() == [ALARM, UNDETERMINED]


@given(st.lists(st.integers(0, 4), max_size=20))
def test_the_table_of_members_has_everyone_under_their_parent_once(parent):
    index, present = evidence.members(np.array(parent, np.int64), 5)
    for group in range(5):
        expected = [child for child, above in enumerate(parent) if above == group]
        assert index[group][present[group]].tolist() == expected


def test_a_tree_of_uneven_groups_is_each_group_by_itself():
    """Two hypotheses, 30 reporters under 4 locals under 2 regions."""
    rng = np.random.default_rng(5)
    quanta = evidence.quantise(rng.normal(size=(2, 30)))
    local, region = rng.permutation(np.repeat([0, 1, 2, 3], [3, 9, 7, 11])), np.array([1, 0, 1, 1])
    index, present = evidence.members(local, 4)
    locals_ = evidence.bounds(quanta[:, index], 1, present)
    regions = evidence.combine(locals_.take(*evidence.members(region, 2)))
    for hypothesis in range(2):
        groups = [quanta[hypothesis][local == place].tolist() for place in range(4)]
        ends = [obvious.bounds(group, 1) for group in groups]
        chosen = [ends[place] for place in (0, 2, 3)]
        expected = obvious.combine(chosen, 0)
        assert whole(regions.lower[hypothesis])[1] == expected[0]
        assert whole(regions.upper[hypothesis])[1] == expected[1]
    assert regions.reports.tolist() == [[9, 21], [9, 21]]
