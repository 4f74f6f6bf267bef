"""Token buckets are exact, and claims of importance are limited by child and by class."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.protocol.routing.admission import Admission
from sim.protocol.routing.bucket import Budget, TokenBucket
from tests.protocol.routing.small import CRITICAL, ROUTINE, URGENT, Line, router, update
from tests.reference.routing import bucket_answers

_numbers = st.integers(1, 7)


@settings(max_examples=50)
@given(
    rate=_numbers,
    per_ns=_numbers,
    burst=_numbers,
    steps=st.lists(st.tuples(st.integers(0, 5), st.integers(0, 4)), max_size=30),
)
def test_a_bucket_answers_as_one_kept_in_fractions(
    rate: int, per_ns: int, burst: int, steps: list[tuple[int, int]]
):
    bucket, now_ns, questions = TokenBucket(Budget(rate, per_ns, burst)), 0, []
    for gap_ns, tokens in steps:
        now_ns += gap_ns
        questions.append((now_ns, tokens))
    answers = [bucket.take(now_ns, tokens) for now_ns, tokens in questions]
    assert answers == bucket_answers(questions, rate, per_ns, burst)


def test_no_more_leaves_a_bucket_in_a_span_than_its_burst_and_its_rate():
    bucket = TokenBucket(Budget(rate=3, per_ns=10, burst=4))
    assert sum(bucket.take(now_ns) for now_ns in range(1001)) == 4 + 3 * 1000 // 10


def test_a_clock_that_jumps_back_brings_no_tokens():
    bucket = TokenBucket(Budget(rate=1, per_ns=10, burst=1))
    assert bucket.take(100)
    assert not bucket.take(0)
    assert not bucket.take(105)
    assert bucket.take(110)


@pytest.mark.parametrize("numbers", [(0, 1, 1), (1, 0, 1), (1, 1, 0)])
def test_a_budget_that_lets_nothing_through_is_refused(numbers: tuple[int, int, int]):
    with pytest.raises(ValueError, match="at least 1"):
        Budget(*numbers)


def test_claims_beyond_the_budget_of_a_child_are_served_as_routine_and_counted():
    admission = Admission("ab", per_child=Budget(rate=1, per_ns=100, burst=2))
    line = Line(router("priority", admission=admission))
    line.offer(0, *(update("a", version, CRITICAL) for version in range(4)))
    line.run()
    assert [int(message.importance) for _, message in line.sent] == [0, 0, 2, 2]
    assert line.node.tally.demoted == 2


def test_a_child_that_floods_spends_no_claims_of_its_siblings():
    admission = Admission(
        "ab", per_child=Budget(1, 100, 1), per_class={CRITICAL: Budget(1, 100, 2)}
    )
    flood = [admission.granted(CRITICAL, "a", 0) for _ in range(9)]
    assert flood == [CRITICAL] + [ROUTINE] * 8
    assert admission.granted(CRITICAL, "b", 0) is CRITICAL


def test_a_class_has_a_budget_of_its_own():
    admission = Admission(per_class={CRITICAL: Budget(1, 100, 1)})
    assert admission.granted(CRITICAL, "a", 0) is CRITICAL
    assert admission.granted(CRITICAL, "b", 0) is ROUTINE
    assert admission.granted(URGENT, "b", 0) is URGENT


def test_routine_updates_need_no_budget():
    admission = Admission("a", per_child=Budget(1, 100, 1))
    assert {admission.granted(ROUTINE, "a", 0) for _ in range(5)} == {ROUTINE}
    assert admission.granted(CRITICAL, "a", 0) is CRITICAL
