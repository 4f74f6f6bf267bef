"""An alert on a good network, in partitions, and after them."""

from itertools import pairwise

import pytest

from sim.protocol.alerts.contract import AlertState, Equivocated, Refused, State
from tests.protocol.alerts.net import SECOND, AlertNet, keeper_names, split
from tests.protocol.net import DELAY_NS


def names(states):
    return [event.state.value for _, event in states]


def test_an_alert_commits_two_delays_after_it_was_raised_everywhere():
    net = AlertNet(4, 1)
    net.alert("regional-2", "overload", at_ns=SECOND)
    net.run(2 * SECOND)
    for member in range(4):
        at_ns, event = net.states(member)[-1]
        assert (event.state, at_ns) == (State.COMMITTED, SECOND + 2 * DELAY_NS)
    at_ns, event = net.shown["regional-2"][-1]
    assert (event.state, at_ns) == (State.COMMITTED, SECOND + 2 * DELAY_NS)


@pytest.mark.parametrize(("n", "f"), [(4, 1), (7, 2)])
def test_a_commitment_takes_n_times_n_plus_two_messages(n, f):
    """n requests, n (n - 1) votes to keepers, n to the raiser, n certificates."""
    net = AlertNet(n, f)
    net.alert("regional-0", "overload")
    net.run(SECOND // 2)
    assert net.messages == {"Raise": n, "Known": n * n, "Certified": n}


def test_certificates_convince_whoever_can_verify_signatures():
    net = AlertNet(4, 1)
    net.alert("regional-0", "overload")
    net.run(SECOND)
    for member in range(4):
        certificate = net.states(member)[-1][1].certificate
        assert net.notary.is_certified(certificate, net.committee.quorum)


def test_two_keepers_in_a_clean_split_commit_nothing_and_both_show_it():
    judge = split(["root-0/0", "regional-0"], ["root-0/1", "regional-1"])
    net = AlertNet(2, 0, judge=judge, expire_ns=10 * SECOND)
    net.alert("regional-0", "left")
    net.alert("regional-1", "right")
    net.run(9 * SECOND)
    assert net.last(0) == {("regional-0", 0): "provisional"}
    assert net.last(1) == {("regional-1", 0): "provisional"}
    net.run(20 * SECOND)
    assert net.last(0) == {("regional-0", 0): "expired"}
    assert net.last(1) == {("regional-1", 0): "expired"}


def three_to_one(until_ns, **options):
    groups = ([*keeper_names(0, 1, 2), "regional-0"], [*keeper_names(3), "regional-2"])
    return AlertNet(4, 1, judge=split(*groups, until_ns=until_ns), **options)


def test_the_side_with_three_of_four_commits_and_the_fourth_learns_it_after_the_heal():
    net = three_to_one(until_ns=10 * SECOND)
    net.alert("regional-0", "overload")
    net.run(9 * SECOND)
    assert [net.last(member) for member in range(4)] == [{("regional-0", 0): "committed"}] * 3 + [
        {}
    ]
    net.run(12 * SECOND)
    assert net.last(3) == {("regional-0", 0): "committed"}


def test_an_alert_of_the_minority_is_provisional_with_its_side_and_commits_after_the_heal():
    net = three_to_one(until_ns=10 * SECOND)
    net.alert("regional-2", "overload", at_ns=5 * SECOND)
    net.run(9 * SECOND)
    assert [(event.state, event.side) for _, event in net.states(3)] == [
        (State.PROVISIONAL, (3,)),
    ]
    assert [net.last(member) for member in range(3)] == [{}, {}, {}]
    net.run(12 * SECOND)
    assert [net.last(member) for member in range(4)] == [{("regional-2", 0): "committed"}] * 4
    assert net.shown["regional-2"][-1][1].state is State.COMMITTED


def test_the_side_that_is_shown_shrinks_when_members_fall_silent():
    groups = (keeper_names(0, 1), keeper_names(2, 3))
    net = AlertNet(4, 1, judge=split(*groups, begin_ns=5 * SECOND))
    net.alert("regional-0", "overload", at_ns=6 * SECOND)
    net.run(20 * SECOND)
    sides = [event.side for _, event in net.states(0) if event.state is State.PROVISIONAL]
    assert (sides[0], sides[-1]) == ((0, 1, 2, 3), (0, 1))


def test_an_alert_that_outlives_its_limit_in_a_partition_expires_and_is_committed_late():
    net = three_to_one(until_ns=40 * SECOND, expire_ns=10 * SECOND)
    net.alert("regional-2", "overload")
    net.run(60 * SECOND)
    assert names(net.states(3))[-2:] == ["expired", "committed"]
    assert names(net.shown["regional-2"])[-2:] == ["expired", "committed"]
    assert [net.last(member) for member in range(4)] == [{("regional-2", 0): "committed"}] * 4


def test_an_alert_of_a_raiser_that_was_cut_off_for_longer_than_its_limit_is_not_lost():
    alone = split(keeper_names(0, 1, 2, 3), ["regional-2"], until_ns=25 * SECOND)
    net = AlertNet(4, 1, judge=alone, expire_ns=10 * SECOND)
    net.alert("regional-2", "overload")
    net.run(20 * SECOND)
    assert names(net.shown["regional-2"]) == ["provisional", "expired"]
    net.run(40 * SECOND)
    assert [net.last(member) for member in range(4)] == [{("regional-2", 0): "committed"}] * 4


def test_the_raiser_joins_keepers_that_cannot_hear_each_other():
    def only_the_raiser(sender, receiver, message, now_ns):
        return DELAY_NS if "regional-0" in (sender, receiver) else "partition"

    net = AlertNet(4, 1, judge=only_the_raiser)
    net.alert("regional-0", "overload")
    net.run(SECOND)
    assert [net.last(member) for member in range(4)] == [{("regional-0", 0): "committed"}] * 4


def test_one_keeper_that_the_raiser_can_reach_is_enough():
    def one_way_in(sender, receiver, message, now_ns):
        ends = {sender, receiver}
        return "partition" if "regional-0" in ends and "root-0/3" not in ends else DELAY_NS

    net = AlertNet(4, 1, judge=one_way_in)
    net.alert("regional-0", "overload")
    net.run(SECOND)
    assert [net.last(member) for member in range(4)] == [{("regional-0", 0): "committed"}] * 4


def test_no_alert_is_lost_when_half_of_all_messages_are():
    sent = iter(range(1 << 40))
    losing = lambda *_: "loss" if next(sent) * 7 % 10 < 5 else DELAY_NS  # noqa: E731
    net = AlertNet(4, 1, judge=losing)
    for number in range(20):
        net.alert("regional-1", f"alert {number}", at_ns=number * SECOND // 10)
    net.run(60 * SECOND)
    for member in range(4):
        assert net.last(member) == {("regional-1", number): "committed" for number in range(20)}


def test_what_a_keeper_holds_survives_a_crash():
    net = three_to_one(until_ns=20 * SECOND)
    net.alert("regional-2", "overload")
    net.kernel.at(2 * SECOND, net.raising["regional-2"].crash)
    net.kernel.at(5 * SECOND, net.hosts[3].crash)
    net.kernel.at(8 * SECOND, lambda: net.hosts[3].restart(durable=True))
    net.run(25 * SECOND)
    assert [net.last(member) for member in range(4)] == [{("regional-2", 0): "committed"}] * 4


def test_ledgers_that_agree_cost_a_summary_and_nothing_else():
    net = AlertNet(4, 1)
    net.alert("regional-0", "overload")
    net.run(SECOND // 2)
    before = net.messages
    net.run(10 * SECOND)
    assert net.messages - before == {"Summary": 10 * 4 * 3}


def test_a_raiser_beyond_its_quota_is_told_so():
    net = AlertNet(4, 1, quota=2)
    for number in range(3):
        net.alert("regional-0", f"alert {number}")
    net.run(SECOND)
    refused = [event for _, event in net.shown["regional-0"] if isinstance(event, Refused)]
    assert [event.request.subject for event in refused] == ["alert 2"]
    assert len(net.last(0)) == 2


def test_a_new_life_of_a_raiser_raises_under_new_numbers():
    net = AlertNet(4, 1)
    net.alert("regional-0", "before")
    net.kernel.at(SECOND, net.raising["regional-0"].crash)
    net.kernel.at(2 * SECOND, lambda: net.raising["regional-0"].restart(durable=False))
    net.alert("regional-0", "after", at_ns=3 * SECOND)
    net.run(5 * SECOND)
    assert net.last(0) == {("regional-0", 0): "committed", ("regional-0", 40): "committed"}
    assert not [event for _, _, event in net.outputs if isinstance(event, Equivocated)]


def test_every_node_says_of_an_alert_only_what_has_changed():
    net = three_to_one(until_ns=10 * SECOND)
    net.alert("regional-2", "overload")
    net.run(20 * SECOND)
    for member in range(4):
        said = [event for _, event in net.states(member)]
        assert all(isinstance(event, AlertState) for event in said)
        assert all(one != other for one, other in pairwise(said))
