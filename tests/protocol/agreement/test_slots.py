"""Open slots: bounded memory, and nothing is opened twice."""

from hypothesis import given
from hypothesis import strategies as st

from sim.protocol.agreement.slots import WINDOW, Slots
from sim.protocol.agreement.tally import Tally


def test_a_slot_far_ahead_is_not_listened_to_before_the_node_is_near_it():
    slots = Slots(list)
    assert slots.hear(10**18) is None
    slots.reach(10**18 - WINDOW)
    assert slots.hear(10**18) == []


def test_a_slot_that_is_still_open_a_window_later_is_given_up():
    slots = Slots(list)
    slots.hear(1).append("said")
    slots.reach(WINDOW)
    assert slots.hear(1) == ["said"]
    slots.reach(WINDOW + 1)
    assert slots.hear(1) is None
    assert slots.is_closed(1)


def test_slots_before_the_first_are_closed():
    slots = Slots(list)
    assert slots.hear(0) is None
    assert slots.hear(-(10**30)) is None


ACTS = st.tuples(st.sampled_from(["hear", "close", "reach"]), st.integers(-5, 400))


@given(st.lists(ACTS, max_size=200))
def test_no_slot_is_opened_after_it_was_closed_and_few_are_open(acts):
    slots, closed = Slots(list), set()
    for act, slot in acts:
        if act == "hear":
            assert (slots.hear(slot) is not None) <= (slot not in closed and slot > 0)
        elif act == "close":
            slots.close(slot)
            closed.add(slot)
            assert slots.is_closed(slot)
        else:
            slots.reach(slot)
        assert len(slots) <= 2 * WINDOW
        assert len(slots._closed) <= 2 * WINDOW


@given(st.lists(st.tuples(st.integers(0, 5), st.sampled_from([b"a", b"b", b"c"])), max_size=40))
def test_a_tally_counts_the_first_votes_of_each_member(votes):
    for limit in (1, 2):
        tally, first = Tally(limit), {}
        for member, digest in votes:
            cast = first.setdefault(member, [])
            counts = digest not in cast and len(cast) < limit
            if counts:
                cast.append(digest)
            number = sum(digest in those for those in first.values())
            assert tally.add(member, digest) == (number if counts else 0)
            assert tally.count(digest) == number
