"""What all broadcasts promise: agreement, validity, integrity, whatever f members and links do."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.protocol.agreement.registry import PROTOCOLS
from sim.protocol.agreement.slots import WINDOW
from tests.protocol.agreement.broadcasts import (
    SIZES,
    A,
    B,
    decisions,
    forgeries,
    scattered,
    with_scripted,
    with_two_faced_writer,
)
from tests.protocol.agreement.liars import Repeating, Silent, liars
from tests.protocol.net import DELAY_NS, Net, value

BROADCASTS = list(SIZES)
RELIABLE = ["bracha", "imbs_raynal"]
DELAYS = st.lists(st.integers(0, 12), min_size=1, max_size=60)


@pytest.mark.parametrize("name", BROADCASTS)
@settings(max_examples=40)
@given(DELAYS)
def test_all_decide_the_value_of_a_correct_writer_in_any_order_of_delivery(name, delays):
    net = Net(PROTOCOLS[name].make, *SIZES[name], judge=scattered(delays))
    net.propose(1, A)
    net.run()
    assert decisions(net, 1) == dict.fromkeys(range(len(net.hosts)), A.digest)


@pytest.mark.parametrize("name", BROADCASTS)
@settings(max_examples=40)
@given(DELAYS, st.data())
def test_what_a_liar_says_of_a_correct_writer_changes_nothing(name, delays, data):
    liar = data.draw(st.integers(1, SIZES[name][0] - 1))
    script = data.draw(forgeries(name, liar))
    net = with_scripted(name, liar, script, judge=scattered(delays))
    net.propose(1, A)
    net.run()
    correct = [member for member in range(len(net.hosts)) if member != liar]
    assert decisions(net, 1, {liar}) == dict.fromkeys(correct, A.digest)
    assert decisions(net, 2, {liar}) == {}


@pytest.mark.parametrize("name", BROADCASTS)
@settings(max_examples=60)
@given(DELAYS, st.data())
def test_a_lying_writer_brings_no_two_members_to_different_values(name, delays, data):
    net = with_scripted(name, 0, data.draw(forgeries(name, 0)), judge=scattered(delays))
    net.propose(1, A)
    for at in range(1, 40):  # the liar acts when something comes in
        net.propose(1, A, at_ns=at * DELAY_NS)
    net.run()
    for slot in (1, 2):
        found = decisions(net, slot, {0})
        assert len(set(found.values())) <= 1
        if name in RELIABLE and found:
            assert len(found) == len(net.hosts) - 1, "some decided and some never will"


@pytest.mark.parametrize("name", BROADCASTS)
@settings(max_examples=40)
@given(DELAYS, st.data())
def test_a_writer_with_two_faces_never_splits_the_members(name, delays, data):
    others = range(1, SIZES[name][0])
    shown_b = data.draw(st.sets(st.sampled_from(others)))
    net = with_two_faced_writer(name, shown_b, judge=scattered(delays))
    net.propose(1, A)
    net.run()
    found = decisions(net, 1, {0})
    assert len(set(found.values())) <= 1
    if name in RELIABLE:
        assert len(found) in (0, len(others))


@pytest.mark.parametrize("name", BROADCASTS)
def test_a_writer_with_two_faces_can_succeed_with_one_of_them(name):
    """The attack is real: the value shown to a quorum is decided, and the other is not."""
    net = with_two_faced_writer(name, {1})
    net.propose(1, A)
    net.run()
    assert set(decisions(net, 1, {0}).values()) == {A.digest}


@pytest.mark.parametrize("name", BROADCASTS)
def test_f_silent_members_change_nothing(name):
    silent = {SIZES[name][0] - 1}
    net = Net(PROTOCOLS[name].make, *SIZES[name], wrap=liars(silent, lambda m, node: Silent()))
    net.propose(1, A)
    net.run()
    assert len(decisions(net, 1)) == len(net.hosts) - 1
    assert max(net.latencies(1)) == PROTOCOLS[name].delays


@pytest.mark.parametrize("name", BROADCASTS)
def test_a_silent_writer_gets_nothing_decided_and_nothing_invented(name):
    net = Net(PROTOCOLS[name].make, *SIZES[name], wrap=liars({0}, lambda m, node: Silent()))
    net.propose(1, A)
    net.run()
    assert decisions(net, 1) == {}


@pytest.mark.parametrize("name", BROADCASTS)
@settings(max_examples=20)
@given(DELAYS)
def test_repeated_and_replayed_messages_change_nothing(name, delays):
    """`Net` itself fails a member that decides twice; here after all messages came thrice."""
    wrap = lambda member, node: Repeating(node)  # noqa: E731
    net = Net(PROTOCOLS[name].make, *SIZES[name], judge=scattered(delays), wrap=wrap)
    for slot in (1, 2, 3):
        net.propose(slot, value(f"of {slot}"), at_ns=slot * DELAY_NS)
    net.run()
    for slot in (1, 2, 3):
        assert set(decisions(net, slot).values()) == {value(f"of {slot}").digest}
        assert len(decisions(net, slot)) == len(net.hosts)


@pytest.mark.parametrize("name", BROADCASTS)
def test_a_second_candidate_for_a_slot_is_not_broadcast(name):
    net = Net(PROTOCOLS[name].make, *SIZES[name])
    net.propose(1, A)
    net.propose(1, B)
    net.propose(1, B, at_ns=50 * DELAY_NS)
    net.run()
    assert set(decisions(net, 1).values()) == {A.digest}
    assert net.messages.total() == PROTOCOLS[name].messages(len(net.hosts))


@pytest.mark.parametrize("name", BROADCASTS)
def test_only_the_writers_candidate_counts(name):
    n, f = SIZES[name]
    net = Net(PROTOCOLS[name].make, n, f, writer=2)
    net.propose(1, *(value(str(member)) for member in range(n)))
    net.run()
    assert set(decisions(net, 1).values()) == {value("2").digest}


@pytest.mark.parametrize("name", BROADCASTS)
def test_a_value_that_members_do_not_accept_is_not_decided(name):
    def picky(membership):
        return PROTOCOLS[name].make(replace(membership, acceptable=lambda slot, v: v != B))

    net = Net(picky, *SIZES[name])
    net.propose(1, B)
    net.propose(2, A)
    net.run()
    assert decisions(net, 1) == {}
    assert len(decisions(net, 2)) == len(net.hosts)


@pytest.mark.parametrize("name", BROADCASTS)
def test_many_decided_slots_leave_little_behind(name):
    net = Net(PROTOCOLS[name].make, *SIZES[name])
    for slot in range(1, 4 * WINDOW):
        net.propose(slot, A, at_ns=slot * DELAY_NS)
    net.run()
    for host in net.hosts:
        slots = host.node._broadcasts._slots if name == "bracha" else host.node._slots
        assert len(slots) == 0
        assert len(slots._closed) <= 2 * WINDOW


@pytest.mark.parametrize("name", BROADCASTS)
def test_a_writer_that_is_none_is_refused(name):
    for writer in (-1, 99, "root-0/1", True):
        with pytest.raises(ValueError, match=r"is none of the \d members"):
            Net(PROTOCOLS[name].make, *SIZES[name], writer=writer)
