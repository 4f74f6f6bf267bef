"""Hybrid clocks: causality is respected whatever the clocks say, and lies are kept out."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from sim.protocol.clocks.hlc import COUNT_MAX, HybridClock, Stamp

times = st.integers(-(10**6), 10**6)


@given(st.lists(times, min_size=2, max_size=20))
def test_stamps_of_one_node_grow_even_if_its_clock_steps_back(physical):
    clock = HybridClock("a", 0)
    stamps = [clock.now(at_ns) for at_ns in physical]
    assert all(one < other for one, other in pairwise(stamps))


@given(times, times, st.lists(times, max_size=5))
def test_what_is_received_is_stamped_after_what_was_sent(here_ns, there_ns, before):
    sender, receiver = HybridClock("a", 0), HybridClock("b", 10**7)
    for at_ns in before:
        receiver.now(at_ns)
    sent = sender.now(there_ns)
    received = receiver.receive(sent, here_ns)
    assert sent < received < receiver.now(here_ns)


@given(st.lists(st.tuples(times, times, st.integers(0, COUNT_MAX)), max_size=30))
def test_a_liar_moves_a_clock_ahead_by_the_bound_at_most(claims):
    clock, latest_ns = HybridClock("a", 1000), -(10**9)
    for physical_ns, claimed_ns, count in claims:
        latest_ns = max(latest_ns, physical_ns)
        clock.receive(Stamp(claimed_ns, count, "liar"), physical_ns)
        # One nanosecond more for each time that a full count is carried.
        assert clock.now(physical_ns).time_ns <= latest_ns + 1000 + len(claims)


def test_a_stamp_from_the_far_future_changes_nothing_but_a_count():
    clock = HybridClock("a", 1000)
    before = clock.now(5)
    assert clock.receive(Stamp(5 + 1001, 0, "liar"), 5) is None
    assert clock.receive(Stamp(5, COUNT_MAX + 1, "liar"), 5) is None
    assert clock.receive(Stamp(5, -1, "liar"), 5) is None
    assert clock.refused == 3
    assert clock.now(5) == Stamp(5, before.count + 1, "a")


def test_a_stamp_at_the_bound_is_taken_in():
    clock = HybridClock("a", 1000)
    assert clock.receive(Stamp(1005, 3, "b"), 5) == Stamp(1005, 4, "a")


def test_a_full_count_is_carried_into_time():
    clock = HybridClock("a", 1000)
    assert clock.receive(Stamp(100, COUNT_MAX, "b"), 50) == Stamp(101, 0, "a")


def test_a_clock_that_is_ahead_of_everything_heard_starts_a_new_count():
    clock = HybridClock("a", 1000)
    clock.receive(Stamp(7, 9, "b"), 7)
    assert clock.now(8) == Stamp(8, 0, "a")
