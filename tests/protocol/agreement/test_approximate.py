"""Synchronous approximate agreement: rounds, deadlines, and what a member does without a value."""

import itertools
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.protocol.agreement.approximate import Approximate, RoundValue, numeric
from sim.protocol.agreement.combine import RULES, contraction
from sim.protocol.agreement.contract import Propose
from sim.protocol.agreement.settings import rounds_for
from sim.protocol.agreement.slots import WINDOW
from tests.protocol.agreement.averages import run
from tests.protocol.agreement.liars import Repeating, Silent, liars
from tests.protocol.net import DELAY_NS, Net, value
from tests.reference import approximate_agreement as reference

NUMBERS = st.floats(-100, 100)
ODD = st.sampled_from([math.nan, math.inf, -math.inf, 10**400, "x", None, 1e308, -1e308])


def ends(net, slot=1):
    return [found[slot][1].value.numbers for found in net.decided if slot in found]


@st.composite
def attacks(draw):
    n, f = draw(st.sampled_from([(4, 1), (7, 2), (10, 3)]))
    start = draw(st.lists(NUMBERS, min_size=n - f, max_size=n - f))
    lies = st.lists(NUMBERS, min_size=f, max_size=f)
    told = [draw(st.lists(lies, min_size=n - f, max_size=n - f)) for _ in range(2)]
    return n, f, start, told


@pytest.mark.parametrize("rule", RULES)
@settings(max_examples=25)
@given(attacks())
def test_rounds_go_as_in_the_reference_when_liars_tell_each_member_something_else(rule, attack):
    n, f, start, told = attack
    plan = lambda round, values: [[(lie,) for lie in lies] for lies in told[round]]  # noqa: E731
    rounds = run(n, f, [(v,) for v in start], plan, rule=rule, rounds=2)
    expected = start
    for round in range(2):
        assert [v for (v,) in rounds[round]] == pytest.approx(expected, abs=1e-9)
        expected = reference.one_round(rule, expected, told[round], f)
    assert [v for (v,) in rounds[2]] == pytest.approx(expected, abs=1e-9)


@settings(max_examples=30)
@given(st.lists(st.tuples(NUMBERS, NUMBERS), min_size=3, max_size=3), st.data())
def test_vectors_stay_in_the_box_of_correct_values_whatever_is_sent(start, data):
    odd = st.lists(st.one_of(NUMBERS, ODD), max_size=3).map(tuple)
    lies = data.draw(st.lists(st.one_of(odd, st.none()), min_size=3, max_size=3))
    rounds = run(4, 1, start, lambda round, values: [[lie] for lie in lies], rounds=3)
    for before, after in itertools.pairwise(rounds):
        for axis in range(2):
            old, new = ([vector[axis] for vector in those] for those in (before, after))
            assert min(old) <= min(new) <= max(new) <= max(old)
            assert reference.spread(new) <= reference.spread(old) / 2 * (1 + 1e-9) + 1e-12


def test_members_end_within_epsilon():
    plan = lambda round, values: [[(1e6,)], [(-1e6,)], [(0.0,)]]  # noqa: E731
    rounds = run(4, 1, [(0.0,), (40.0,), (100.0,)], plan, spread=100.0, epsilon=1.0)
    assert len(rounds) == 8
    assert reference.spread([v for (v,) in rounds[-1]]) <= 1.0


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize(("spread", "epsilon"), [(100.0, 1.0), (0.1, 0.01), (0.8, 0.1), (1, 2)])
def test_the_number_of_rounds_is_the_least_that_is_enough(rule, spread, epsilon):
    left = contraction(rule, 13, 4)
    rounds = rounds_for(spread, epsilon, left)
    assert spread * left**rounds <= epsilon * (1 + 1e-9)
    assert rounds == 1 or spread * left ** (rounds - 1) > epsilon
    if rule == "midpoint":
        assert rounds == max(1, math.ceil(math.log2(spread / epsilon)))


def test_rounding_costs_no_round():
    assert 0.2 * 0.2 > 0.04
    assert rounds_for(1.0, 0.04, 0.2) == 2


def test_a_member_cut_off_from_all_keeps_its_own_value():
    lost = lambda s, r, message, now: "cut" if "root-0/3" in (s, r) else DELAY_NS  # noqa: E731
    net = Net(Approximate, 4, 1, judge=lost, rounds=3, round_ns=2 * DELAY_NS)
    net.propose(1, *(value(str(m), float(m)) for m in range(4)))
    net.run()
    assert ends(net)[3] == (3.0,)
    assert all(0 <= numbers[0] <= 2 for numbers in ends(net)[:3])


def test_a_message_at_the_deadline_is_in_time():
    net = Net(Approximate, 4, 1, rounds=1, round_ns=DELAY_NS)
    net.propose(1, *(value(str(m), float(m)) for m in range(4)))
    net.run()
    assert ends(net) == [(1.5,)] * 4


def test_members_that_begin_at_different_times_agree_if_the_round_covers_it():
    net = Net(Approximate, 4, 1, rounds=4, round_ns=4 * DELAY_NS)
    for member, host in enumerate(net.hosts):
        candidate = Propose(1, value(str(member), float(member)))
        net.kernel.at(member * DELAY_NS, host.tell, candidate)
    net.run()
    numbers = [v for (v,) in ends(net)]
    assert len(numbers) == 4
    assert reference.spread(numbers) <= 3 / 2**4


def test_late_repeated_and_replayed_values_change_nothing():
    plain, repeated = (
        Net(Approximate, 4, 1, rounds=3, round_ns=3 * DELAY_NS, wrap=wrap)
        for wrap in (lambda member, node: node, lambda member, node: Repeating(node))
    )
    for net in (plain, repeated):
        for slot in (1, 2):
            numbers = (value(str(m), m + 0.1 * slot) for m in range(4))
            net.propose(slot, *numbers, at_ns=slot * DELAY_NS)
        net.run()
    assert [ends(plain, slot) for slot in (1, 2)] == [ends(repeated, slot) for slot in (1, 2)]
    assert len(ends(plain, 2)) == 4


def test_the_first_value_that_a_member_tells_in_a_round_counts():
    node = Net(Approximate, 4, 1, rounds=2).hosts[0].node
    node.on_message(Propose(1, value("own", 0.0)), 0)
    for sender, told in ((1, 0.0), (2, 8.0), (2, 0.0)):
        assert node.on_message(RoundValue(sender, 1, 0, (told,)), 0) == []
    effects = node.on_message(RoundValue(3, 1, 0, (8.0,)), 0)
    assert effects[0].message == RoundValue(0, 1, 1, (4.0,))


def test_values_of_rounds_that_are_over_are_not_kept():
    node = Net(Approximate, 4, 1, rounds=3).hosts[0].node
    node.on_message(Propose(1, value("own", 0.0)), 0)
    for sender in (1, 2, 3):
        node.on_message(RoundValue(sender, 1, 0, (1.0,)), 0)
    node.on_message(RoundValue(1, 1, 0, (2.0,)), 0)
    assert node._slots.get(1).values == {}


def test_values_of_slots_and_rounds_that_do_not_exist_are_not_kept():
    node = Net(Approximate, 4, 1, rounds=2).hosts[0].node
    for slot in (0, -1, WINDOW + 1, 10**30):
        assert node.on_message(RoundValue(1, slot, 0, (1.0,)), 0) == []
    for round in (-1, 2, 10**30):
        assert node.on_message(RoundValue(1, 1, round, (1.0,)), 0) == []
    assert len(node._slots) == 0


def test_a_decision_is_known_by_the_digest_of_its_numbers():
    assert numeric((1.0, 2.0)) == numeric((1.0, 2.0))
    assert numeric((1.0, 2.0)) != numeric((2.0, 1.0))
    assert numeric((1.0, 2.0)).size_bytes == 16
    assert RoundValue(0, 1, 0, (1.0, 2.0)).size_bytes == 64 + 16


def test_a_restarted_member_waits_on_for_the_round_it_was_in():
    silent = liars({3}, lambda member, node: Silent())
    net = Net(Approximate, 4, 1, rounds=3, round_ns=10 * DELAY_NS, wrap=silent)
    net.propose(1, *(value(str(m), float(m)) for m in range(4)))
    net.kernel.at(12 * DELAY_NS, net.hosts[0].crash)
    net.kernel.at(15 * DELAY_NS, lambda: net.hosts[0].restart(durable=True))
    net.run()
    assert net.latencies(1) == [30.0, 30.0, 30.0]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"rule": "mode"}, "no rule is called mode"),
        ({"round_ns": 0}, "round_ns must be positive"),
        ({"rounds": 0}, "rounds must be a positive number"),
        ({"rounds": 2.5}, "rounds must be a positive number"),
        ({"epsilon": 0}, "no rounds bring"),
        ({"spread": math.inf}, "no rounds bring"),
    ],
)
def test_bad_options_are_refused(options, says):
    with pytest.raises(ValueError, match=says):
        Net(Approximate, 4, 1, **options)
