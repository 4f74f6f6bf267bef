"""Evidence: exact sums, and bounds that liars cannot move."""

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.detection.engine import byzantine_evidence_consensus, combine_evidence

RATIOS = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=30)


@given(RATIOS, st.randoms(use_true_random=False))
def test_any_order_and_grouping_gives_the_same_bits(ratios, random):
    whole = combine_evidence(ratios).quanta
    random.shuffle(ratios)
    cut = random.randrange(len(ratios) + 1)
    parts = [part for part in (ratios[:cut], ratios[cut:]) if part]
    assert sum(combine_evidence(part).quanta for part in parts) == whole


@given(RATIOS)
def test_each_item_is_off_by_half_a_quantum_at_most(ratios):
    exact = sum(Fraction(ratio) for ratio in ratios)
    off = abs(Fraction(combine_evidence(ratios).quanta, 2**32) - exact)
    assert off <= Fraction(len(ratios), 2**33)


def test_evidence_is_bayes_rule():
    # Prior 1 %, then two tests that are right 90 % and 80 % of the time.
    ratios = [math.log(1 / 99), math.log(9), math.log(4)]
    assert combine_evidence(ratios).probability == pytest.approx(36 / (36 + 99), rel=1e-8)
    assert combine_evidence(ratios).odds == pytest.approx(36 / 99, rel=1e-8)


@pytest.mark.parametrize("sign", [1, -1])
def test_a_hundred_thousand_items_neither_overflow_nor_saturate(sign):
    combined = combine_evidence(np.full(100_000, sign * math.log(2)))
    assert combined.log_odds == pytest.approx(sign * 100_000 * math.log(2), rel=1e-9)
    assert combined.probability == (1 if sign > 0 else 0)
    assert combined.odds == (math.inf if sign > 0 else 0)
    assert combined.log_probability == pytest.approx(min(0, combined.log_odds), rel=1e-12)


def test_large_items_are_summed_beyond_an_int64():
    largest = np.full(1000, 2.0**31 - 1)
    assert combine_evidence(largest).quanta == 1000 * (2**31 - 1) * 2**32


@pytest.mark.parametrize("odds", [-700, -36.8, -1, 0, 1, 36.7, 36.8, 700])
def test_a_probability_and_its_complement_sum_to_1(odds):
    up, down = combine_evidence([odds]), combine_evidence([-odds])
    assert up.probability + down.probability == pytest.approx(1, rel=1e-15)
    assert up.log_probability == pytest.approx(-math.log1p(math.exp(-odds)), rel=1e-9)


@pytest.mark.parametrize("bad", [[], [math.nan], [math.inf], [2.0**31]])
def test_what_is_no_evidence_is_refused(bad):
    with pytest.raises(ValueError, match="evidence"):
        combine_evidence(bad)


# Liars


@given(st.lists(st.floats(-50, 50), min_size=3, max_size=7), st.integers(0, 3))
def test_every_choice_of_correct_reporters_lies_within_the_bounds(reports, f):
    if len(reports) < 2 * f + 1:
        f = (len(reports) - 1) // 2
    found = byzantine_evidence_consensus(reports, f)
    for chosen in itertools.combinations(reports, len(reports) - f):
        assert found.lower.quanta <= combine_evidence(chosen).quanta <= found.upper.quanta


def test_without_liars_both_bounds_are_the_sum():
    found = byzantine_evidence_consensus([1.5, -2, 3], 0)
    assert found.lower == found.upper == combine_evidence([1.5, -2, 3])


@pytest.mark.parametrize(
    ("reports", "verdict"),
    [
        ([2, 2, 2, 2, 2], "alarm"),
        ([-2, -2, -2, -2, 3], "clear"),
        ([2, 2, 2, 2, -1e9], "undetermined"),
        ([0, 0, 0, 0, 1e9], "undetermined"),
    ],
)
def test_there_are_three_outcomes(reports, verdict):
    assert byzantine_evidence_consensus(reports, 1).verdict == verdict


def test_a_cap_keeps_one_liar_from_blocking_the_outcome():
    assert byzantine_evidence_consensus([9, 9, 9, 9, -1e9], 1, cap=10).verdict == "alarm"


def test_no_lie_makes_false_alarms_more_frequent_than_alpha():
    # k = 7 reporters, 2 of them always certain; the others' ratios are of normal data, shift 1.
    rng = np.random.default_rng(17)
    correct = rng.normal(size=(2000, 5, 3)).sum(axis=2) - 3 / 2
    lying = np.full((2000, 2), 1e6)
    verdicts = [
        byzantine_evidence_consensus(reports, 2, alpha=0.1).verdict
        for reports in np.hstack((correct, lying))
    ]
    share = verdicts.count("alarm") / 2000
    assert 0 < share <= 0.1 + 4 * math.sqrt(0.1 * 0.9 / 2000)


@pytest.mark.parametrize(
    ("reports", "f", "options", "problem"),
    [
        ([1.0] * 4, 2, {}, "against 2 liars 5 reports are needed, not 4"),
        ([1.0], -1, {}, "f must not be negative"),
        ([1.0], 0, {"alpha": 0}, "alpha must be between 0 and 1"),
        ([1.0], 0, {"alpha": 1.5}, "alpha must be between 0 and 1"),
        ([1.0], 0, {"cap": 0}, "cap must be more than 0"),
        ([1.0, math.nan, 1.0], 1, {"cap": 1}, "must be numbers"),
    ],
)
def test_what_cannot_be_decided_is_refused(reports, f, options, problem):
    with pytest.raises(ValueError, match=problem):
        byzantine_evidence_consensus(reports, f, **options)
