"""Rules that combine a round's values: inside the correct range, as the reference says."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.protocol.agreement.combine import RULES, are_sound, combined, contraction
from tests.reference import approximate_agreement as reference

FINITE = st.floats(-1e6, 1e6)
HUGE = st.floats(allow_nan=False, allow_infinity=False)


@st.composite
def rounds(draw, numbers=FINITE):
    f = draw(st.integers(0, 4))
    size = draw(st.integers(3 * f + 1, 3 * f + 6))
    return draw(st.lists(numbers, min_size=size, max_size=size)), f


@pytest.mark.parametrize("rule", RULES)
@given(rounds())
def test_each_rule_is_that_of_the_reference(rule, given_round):
    values, f = given_round
    (result,) = combined(RULES[rule], [(value,) for value in values], f)
    assert result == pytest.approx(reference.combine(rule, values, f), abs=1e-6)


@pytest.mark.parametrize("rule", RULES)
@given(rounds(HUGE), st.data())
def test_the_result_lies_between_correct_values_whoever_lies(rule, given_round, data):
    """Also where the numbers are so large or so small that sums and halves of them are not."""
    values, f = given_round
    correct = data.draw(st.permutations(values))[f:]
    (result,) = combined(RULES[rule], [(value,) for value in values], f)
    assert min(correct) <= result <= max(correct)


@pytest.mark.parametrize("rule", RULES)
@given(rounds(), st.randoms(use_true_random=False))
def test_the_order_of_values_does_not_matter(rule, given_round, random):
    values, f = given_round
    shuffled = random.sample(values, len(values))
    vectors, others = ([(value, -value) for value in those] for those in (values, shuffled))
    assert combined(RULES[rule], vectors, f) == combined(RULES[rule], others, f)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("same", [5e-324, 0.9, 1e308])
def test_rounding_leads_nowhere_where_all_say_the_same(rule, same):
    for size in range(4, 12):
        assert combined(RULES[rule], [(same,)] * size, 1) == (same,)


def test_vectors_are_combined_coordinate_by_coordinate():
    vectors = [(0.0, 10.0), (1.0, 20.0), (2.0, 30.0), (1e9, -1e9)]
    assert combined(RULES["midpoint"], vectors, 1) == (1.5, 15.0)


@pytest.mark.parametrize(
    ("rule", "n", "f", "left"),
    [
        ("midpoint", 25, 8, 1 / 2),
        ("select_mean", 4, 1, 1 / 2),
        ("select_mean", 13, 3, 1 / 3),
        ("select_mean", 25, 4, 1 / 5),
        ("trimmed_mean", 10, 3, 3 / 4),
        ("trimmed_mean", 25, 8, 8 / 9),
        ("midpoint", 4, 0, 0.0),
    ],
)
def test_contraction_is_that_of_theory(rule, n, f, left):
    assert contraction(rule, n, f) == pytest.approx(left)


@pytest.mark.parametrize(
    "numbers",
    [
        (1.0, math.nan),
        (math.inf, 1.0),
        (1.0,),
        (1.0, 2.0, 3.0),
        (1, 2.0),
        (10**400, 1.0),
        (True, 1.0),
        ("1", 1.0),
        [1.0, 2.0],
        None,
    ],
)
def test_what_cannot_be_averaged_is_not_sound(numbers):
    assert are_sound((1.0, 2.0), 2)
    assert not are_sound(numbers, 2)
