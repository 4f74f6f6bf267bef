import pytest

from sim.protocol.agreement.pbft.messages import Decisions, Fetch, NewView, ViewChange
from sim.protocol.agreement.pbft.node import PBFT
from tests.protocol.agreement.pbft.nets import (
    TIMEOUT_NS,
    Silent,
    TwoFaced,
    candidates,
    network,
    silent,
)
from tests.protocol.net import DELAY_NS, Net, value


def test_a_silent_leader_costs_its_timeout_and_four_delays():
    net = network(wrap=silent(0))
    net.propose(1, *candidates(4))
    net.run()
    assert net.latencies(1) == [TIMEOUT_NS / DELAY_NS + 4] * 3
    assert {found[1][1].view for found in net.decided[1:]} == {1}


def test_the_next_leader_proposes_its_own_candidate():
    net = network(wrap=silent(0))
    net.propose(1, *candidates(4))
    net.run()
    assert net.decided[3][1][1].value == candidates(4)[1]


def test_a_second_silent_leader_costs_twice_the_timeout():
    net = network(7, 2, wrap=silent(0, 1))
    net.propose(1, *candidates(7))
    net.run()
    assert net.latencies(1) == [3 * TIMEOUT_NS / DELAY_NS + 5] * 5
    assert {found[1][1].view for found in net.decided[2:]} == {2}


@pytest.mark.parametrize(("n", "f"), [(4, 1), (7, 2), (10, 3)])
def test_a_leader_with_two_faces_splits_nobody_and_stops_nobody(n, f):
    net = network(n, f, wrap=lambda member, node: TwoFaced(names(n)) if member == 0 else node)
    net.propose(1, *candidates(n))
    net.run()
    assert len({found[1][1].value for found in net.decided[1:]}) == 1
    assert all(len(found) == 1 for found in net.decided[1:])


def names(n):
    return tuple(f"root-0/{member}" for member in range(n))


def test_a_value_that_may_be_decided_survives_its_leader():
    """Member 1 alone sees the commits of view 0, and nobody hears of its decision."""

    def judge(sender, receiver, message, now_ns):
        kind = message.__class__.__name__
        if kind == "Commit" and message.view == 0 and receiver != "root-0/1":
            return "lost"
        return "lost" if isinstance(message, Fetch | Decisions) else DELAY_NS

    net = network(judge=judge)
    net.propose(1, *candidates(4))
    net.run()
    assert net.decided[1][1][0] == 3 * DELAY_NS
    assert {found[1][1].value for found in net.decided} == {candidates(4)[0]}
    assert net.decided[2][1][1].view == 1


class Hasty(Silent):
    """Wants the end of all views at once."""

    def __init__(self, node):
        self.node = node

    def start(self, now_ns):
        return self.node._give_up(10**9, now_ns)


def test_one_member_alone_changes_no_view():
    net = network(wrap=lambda member, node: Hasty(node) if member == 3 else node)
    net.propose(1, *candidates(4))
    net.run()
    assert {found[1][1].view for found in net.decided[:3]} == {0}
    assert net.messages["ViewChange"] == 3


def test_a_value_that_is_not_acceptable_is_not_voted_for():
    net = network(wrap=lambda member, node: refusing(node))
    net.propose(1, value("bad"), *candidates(4)[1:])
    net.run()
    assert {found[1][1].value for found in net.decided} == {candidates(4)[1]}


def refusing(node):
    object.__setattr__(node._membership, "acceptable", lambda slot, found: found != value("bad"))
    return node


def test_a_new_view_with_too_few_or_wrong_view_changes_is_ignored():
    net = network()
    net.run(DELAY_NS)
    node, liar = net.hosts[2].node, net.hosts[1].node
    changes = [PBFT(host.node._membership)._views.sign(1, []) for host in net.hosts]
    for change in changes[:3]:
        assert liar._views.keep(change)
    good, _ = liar._views.begin(1)
    short = NewView(1, 1, good.changes[:2], good.signature)
    twice = NewView(1, 1, (good.changes[0],) * 3, good.signature)
    wrong = NewView(1, 5, good.changes, good.signature)
    assert [node.on_message(bad, 0) for bad in (short, twice, wrong)] == [[], [], []]
    assert node.on_message(good, 0) == []
    assert node.view == 1


def test_a_view_change_in_anothers_name_does_not_count():
    net = network()
    net.run(DELAY_NS)
    change = PBFT(net.hosts[2].node._membership)._views.sign(1, [])
    forged = ViewChange(3, 1, change.stable, change.prepared, change.preprepared, change.signature)
    assert not net.hosts[1].node._views.keep(forged)


def test_votes_that_overtake_their_new_view_still_count():
    """From the new leader the new view takes longer than all that follows it."""

    def judge(sender, receiver, message, now_ns):
        return 5 * DELAY_NS if isinstance(message, NewView) else DELAY_NS

    net = Net(PBFT, 4, 1, judge=judge, wrap=silent(0), timeout_ns=TIMEOUT_NS)
    net.propose(1, *candidates(4))
    net.run()
    assert max(net.latencies(1)) == TIMEOUT_NS / DELAY_NS + 1 + 5 + 2
    assert net.messages["PrePrepare"] == 3
