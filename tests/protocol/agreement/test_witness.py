"""Asynchronous approximate agreement: whatever the order of messages, spreads halve each round."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.protocol.agreement.approximate import numeric
from sim.protocol.agreement.bracha import BrachaEcho, BrachaReady, BrachaSend
from sim.protocol.agreement.contract import Value
from sim.protocol.agreement.witness import Report, WitnessAgreement, is_genuine
from tests.protocol.agreement.broadcasts import scattered
from tests.protocol.agreement.liars import Repeating, Scripted, Silent, TwoFaced, liars
from tests.protocol.net import DELAY_NS, Net, value
from tests.reference.approximate_agreement import spread

DELAYS = st.lists(st.integers(0, 12), min_size=1, max_size=60)
NUMBERS = st.floats(-100, 100)
STARTS = st.lists(NUMBERS, min_size=4, max_size=4)
NAMES = tuple(f"root-0/{member}" for member in range(4))


def numbers_of(net, slot=1, without=()):
    found = enumerate(net.decided)
    return [d[slot][1].value.numbers for m, d in found if slot in d and m not in without]


def check(net, start, rounds, correct):
    """All correct members are done, within the range of their values, as near as promised."""
    found = [v for (v,) in numbers_of(net, without=set(range(4)) - set(correct))]
    assert len(found) == len(correct)
    own = [start[member] for member in correct]
    assert min(own) <= min(found) <= max(found) <= max(own)
    assert spread(found) <= spread(own) / 2**rounds * (1 + 1e-9) + 1e-12


@settings(max_examples=25)
@given(DELAYS, STARTS, st.integers(1, 3))
def test_every_round_halves_the_spread_in_any_order_of_delivery(delays, start, rounds):
    net = Net(WitnessAgreement, 4, 1, judge=scattered(delays), rounds=rounds)
    net.propose(1, *(value(str(v), v) for v in start))
    net.run()
    check(net, start, rounds, range(4))


@settings(max_examples=25)
@given(DELAYS, STARTS, NUMBERS, st.sets(st.sampled_from(NAMES[:3])))
def test_a_member_with_two_faces_does_not_keep_the_others_apart(delays, start, lie, shown_lie):
    def wrap(member, node):
        if member != 3:
            return node
        other = WitnessAgreement(node.membership_of_test)
        return TwoFaced((node, other), NAMES, frozenset(shown_lie), value("lie", lie))

    def make(membership):
        node = WitnessAgreement(membership)
        node.membership_of_test = membership
        return node

    net = Net(make, 4, 1, wrap=wrap, judge=scattered(delays), rounds=2)
    net.propose(1, *(value(str(v), v) for v in start))
    net.run()
    check(net, start, 2, range(3))


FORGED = st.sampled_from([numeric((1e6,)), numeric((-1e6,)), numeric((1.0, 2.0)), numeric(())])
MISNAMED = st.builds(lambda v: Value(v.digest, 8, (math.nan,)), FORGED)
SLOTS, ROUNDS = st.sampled_from([1, 1, 1, 0, 2, 10**30]), st.sampled_from([0, 1, 1, -1, 9])
VALUES = st.one_of(FORGED, MISNAMED)
WRITERS = st.sampled_from([0, 1, 2, 3, 3, -1, 99])
SAID = st.one_of(
    st.builds(BrachaSend, st.just(3), SLOTS, ROUNDS, VALUES),
    st.builds(BrachaEcho, st.just(3), WRITERS, SLOTS, ROUNDS, VALUES),
    st.builds(BrachaReady, st.just(3), WRITERS, SLOTS, ROUNDS, VALUES.map(lambda v: v.digest)),
    st.builds(Report, st.just(3), SLOTS, ROUNDS, st.sampled_from([0, 7, 14, 15, -1, 2**80])),
)


@settings(max_examples=40)
@given(DELAYS, STARTS, st.lists(st.tuples(st.sampled_from(NAMES[:3]), SAID), max_size=80))
def test_whatever_a_liar_sends_the_others_are_done_and_near(delays, start, script):
    wrap = liars({3}, lambda member, node: Scripted(script))
    net = Net(WitnessAgreement, 4, 1, wrap=wrap, judge=scattered(delays), rounds=2)
    net.propose(1, *(value(str(v), v) for v in start))
    net.run()
    check(net, start, 2, range(3))


def test_vectors_stay_in_the_box_of_correct_values_without_a_silent_member():
    net = Net(WitnessAgreement, 4, 1, wrap=liars({0}, lambda m, node: Silent()), rounds=3)
    vectors = [(9.0, 9.0), (0.0, 5.0), (1.0, 4.0), (2.0, 3.0)]
    net.propose(1, *(value(str(v), *v) for v in vectors))
    net.run()
    for x, y in numbers_of(net):
        assert 0 <= x <= 2
        assert 3 <= y <= 5
    assert len(numbers_of(net)) == 3


def test_repeated_and_replayed_messages_change_nothing():
    plain, repeated = (
        Net(WitnessAgreement, 4, 1, rounds=3, wrap=wrap)
        for wrap in (lambda member, node: node, lambda member, node: Repeating(node))
    )
    for net in (plain, repeated):
        for slot in (1, 2):
            vectors = (value(str(m), m + 0.1 * slot) for m in range(4))
            net.propose(slot, *vectors, at_ns=slot * DELAY_NS)
        net.run()
    assert [numbers_of(plain, s) for s in (1, 2)] == [numbers_of(repeated, s) for s in (1, 2)]
    assert len(numbers_of(plain, 2)) == 4


def test_who_has_decided_still_helps_a_member_that_was_cut_off():
    """Everything to and from member 3 takes 100 times as long; the others do not wait for it."""
    slow = lambda s, r, m, now: DELAY_NS * (100 if NAMES[3] in (s, r) else 1)  # noqa: E731
    net = Net(WitnessAgreement, 4, 1, judge=slow, rounds=2)
    start = [0.0, 1.0, 2.0, 3.0]
    net.propose(1, *(value(str(v), v) for v in start))
    net.run()
    check(net, start, 2, range(4))
    assert net.latencies(1)[:3] == [8.0, 8.0, 8.0]
    assert net.latencies(1)[3] > 100


def test_members_wait_for_witnesses_that_they_share():
    """Members 0 and 1 get the values of 0, 1, 2 first, and 2 and 3 those of 1, 2, 3.

    Each has n - f values then, of medians 0 and 1: going on with them, they would stay apart.
    """
    late = {NAMES[0]: 3, NAMES[1]: 3, NAMES[2]: 0, NAMES[3]: 0}

    def far(sender, receiver, message, now_ns):
        is_late = isinstance(message, BrachaReady) and message.writer == late[receiver]
        return DELAY_NS * (50 if is_late else 1)

    net = Net(WitnessAgreement, 4, 1, judge=far, rounds=1)
    start = [0.0, 0.0, 1.0, 1.0]
    net.propose(1, *(value(str(m), v) for m, v in enumerate(start)))
    net.run()
    check(net, start, 1, range(4))


def test_a_liars_echo_of_other_numbers_under_the_same_digest_is_not_delivered():
    node = Net(WitnessAgreement, 4, 1, rounds=1).hosts[0].node
    good = numeric((1.0,))
    false = Value(good.digest, 8, (99.0,))
    node.on_message(BrachaEcho(3, 1, 1, 0, false), 0)
    for sender in (0, 1, 2):
        node.on_message(BrachaEcho(sender, 1, 1, 0, good), 0)
        node.on_message(BrachaReady(sender, 1, 1, 0, good.digest), 0)
    assert node._slots.get(1).at(0).values == {1: (1.0,)}


def test_numbers_under_a_digest_that_is_not_theirs_are_thrown_out():
    good = numeric((1.0, 2.0))
    assert is_genuine(good)
    assert not is_genuine(Value(good.digest, 16, (1.0, 3.0)))
    assert not is_genuine(Value(good.digest, 16, (1.0, math.nan)))


def test_a_report_of_fewer_than_n_minus_f_makes_no_witness():
    node = Net(WitnessAgreement, 4, 1, rounds=1).hosts[0].node
    for sender, members in ((1, 0b0011), (2, 1 << 70), (3, -1)):
        assert node.on_message(Report(sender, 1, 0, members), 0) == []
    assert len(node._slots) == 0
    assert Report(1, 1, 0, 0b1110).size_bytes == 64 + 1


def test_decided_slots_leave_nothing_behind():
    net = Net(WitnessAgreement, 4, 1, rounds=2)
    for slot in range(1, 11):
        net.propose(slot, value(str(slot), float(slot)), at_ns=slot * DELAY_NS)
    net.run()
    for host in net.hosts:
        assert len(host.node._slots) == len(host.node._broadcasts._slots) == 0


def test_bad_options_are_refused():
    with pytest.raises(ValueError, match="rounds must be a positive number"):
        Net(WitnessAgreement, 4, 1, rounds=-1)
