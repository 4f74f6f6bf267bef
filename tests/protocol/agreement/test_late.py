"""Consensus goes on after a slot that was proposed late, whoever is handed it and when."""

import pytest

from sim.protocol.agreement.contract import Propose
from sim.protocol.agreement.hotstuff.node import HotStuff
from sim.protocol.agreement.pbft.node import PBFT
from tests.protocol.agreement.late import LATE_NS, PERIOD_NS, in_order, late, took
from tests.protocol.net import DELAY_NS, Net, value

SIZES = [4, 7]
SLOTS_HELD_UP = 3
PATIENT = {"timeout_ns": LATE_NS}


def everybody(n):
    return range(n)


def first_quorum(n):
    return range(n - (n - 1) // 3)


def last_quorum(n):
    return range((n - 1) // 3, n)


@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize("timeout", [20, 120, 1_000])
def test_hotstuff_decides_a_late_slot_and_those_behind_it_in_eight_delays_each(n, timeout):
    net = late(HotStuff, n, everybody(n), timeout_ns=timeout * DELAY_NS)
    net.run()
    assert in_order(net)
    # Members had asked the leader already, so that one of the delays is saved.
    assert took(net) == 8 * SLOTS_HELD_UP - 1


@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize("who", [first_quorum, last_quorum])
def test_hotstuff_leaders_that_miss_a_slot_give_way_in_three_delays_each(n, who):
    net = late(HotStuff, n, who(n), **PATIENT)
    net.run()
    assert in_order(net)
    view = net.decided[0][3][1].view
    assert view == who(n)[0], "the first that has it leads"
    assert took(net) == 8 * SLOTS_HELD_UP + 3 * view - (view == 0)


@pytest.mark.parametrize(("n", "member"), [(n, member) for n in SIZES for member in range(n)])
def test_hotstuff_needs_no_timeout_where_one_member_alone_has_the_slot(n, member):
    net = late(HotStuff, n, [member], **PATIENT)
    net.run()
    assert in_order(net)
    assert took(net) <= 8 * SLOTS_HELD_UP + 3 * member
    assert net.decided[0][5][1].view == member


@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize("who", [first_quorum, last_quorum])
def test_hotstuff_leaves_one_that_was_silent_while_all_waited_for_the_slot(n, who):
    """Views had passed and patience had doubled; with the late candidate it begins anew."""
    timeout = 20
    net = late(HotStuff, n, who(n), timeout_ns=timeout * DELAY_NS)
    net.kernel.at(LATE_NS - DELAY_NS, net.hosts[2].crash)
    net.run()
    correct = [found for member, found in enumerate(net.decided) if member != 2]
    assert all(list(found) == [1, 2, 3, 4, 5] for found in correct)
    assert took(net) <= 2 * timeout + 3 * n + 8 * SLOTS_HELD_UP


class Quitter(HotStuff):
    """Gives every view up that it leads, and says that it could do better than others."""

    def _lead(self, step=None):
        if not self._is_leader:
            return []
        return self._wish(self._pacemaker.give_way(), gives_way=True)


@pytest.mark.parametrize("n", SIZES)
def test_hotstuff_loses_three_delays_to_a_liar_that_gives_way_whenever_it_leads(n):
    net = Net(lambda made: (HotStuff if made.member else Quitter)(made), n, (n - 1) // 3, **PATIENT)
    net.propose(1, value("one"))
    net.run()
    assert in_order(net, slots=1)
    assert took(net, 0) <= 8 + 3


@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize("timeout", [20, 120, 1_000])
def test_pbft_decides_a_late_slot_and_those_behind_it_in_three_delays(n, timeout):
    net = late(PBFT, n, everybody(n), timeout_ns=timeout * DELAY_NS)
    net.run()
    assert in_order(net)
    assert took(net) == 3


WHO = [(n, who(n)) for n in SIZES for who in (first_quorum, last_quorum)]


@pytest.mark.parametrize(("n", "who"), [*WHO, *((n, [one]) for n in SIZES for one in range(n))])
def test_pbft_needs_a_timeout_for_each_leader_that_misses_the_slot(n, who):
    """Waiting began with slot 4. View change and new view take a delay each, then two are left."""
    timeout = 1_000
    net = late(PBFT, n, who, timeout_ns=timeout * DELAY_NS)
    net.run()
    assert in_order(net)
    missing = who[0]
    assert net.decided[0][3][1].view == missing, "the first that has it leads"
    if missing:
        assert took(net, since_ns=4 * PERIOD_NS) == missing * (timeout + 2) + 2
    else:
        assert took(net) == 3


def test_pbft_waits_longer_and_longer_once_every_leader_has_missed_the_slot():
    """One round of leaders is excused; from then on the timeout doubles with every view."""
    n, timeout, doublings = 4, 20, 8
    net = late(PBFT, n, [], timeout_ns=timeout * DELAY_NS)
    net.run(4 * PERIOD_NS + (n + (1 << doublings)) * (timeout + 2) * DELAY_NS)
    assert [len(found) for found in net.decided] == [2] * n
    # The first view, which decided slots 1 and 2, is no failure either.
    assert {host.node.view for host in net.hosts} == {1 + n + doublings}


BACKLOG, HEAL_NS, TIMEOUT = 35, 40_000 * DELAY_NS, 100


def backlog(n, misses):
    """Two halves of a committee that hear nothing of each other for all of 35 slots."""

    def judge(sender, receiver, message, now_ns):
        halves = [int(name.split("/")[1]) < n // 2 for name in (sender, receiver)]
        return DELAY_NS if now_ns >= HEAL_NS or halves[0] == halves[1] else "cut"

    net = Net(HotStuff, n, (n - 1) // 3, judge=judge, timeout_ns=TIMEOUT * DELAY_NS)
    for slot in range(1, BACKLOG + 1):
        for member in range(n):
            if not misses(member, slot):
                candidate = Propose(slot, value(f"{member}'s for slot {slot}"))
                net.kernel.at(slot * 1_000 * DELAY_NS, net.hosts[member].tell, candidate)
    net.run()
    return net


@pytest.mark.parametrize("n", SIZES)
def test_hotstuff_needs_eight_delays_for_each_slot_of_a_backlog_after_a_heal(n):
    net = backlog(n, lambda member, slot: False)
    assert in_order(net, BACKLOG)
    # The next wish comes within a timeout; it is heard after one delay, and joined in after two.
    assert took(net, HEAL_NS) <= TIMEOUT + 2 + 8 * BACKLOG


@pytest.mark.parametrize("n", SIZES)
def test_hotstuff_needs_three_delays_more_where_the_leader_misses_a_slot_of_the_backlog(n):
    net = backlog(n, lambda member, slot: slot < BACKLOG and (slot + member) % n == 0)
    assert in_order(net, BACKLOG)
    views = max(one.view for found in net.decided for _, one in found.values())
    assert took(net, HEAL_NS) <= TIMEOUT + 2 + 8 * BACKLOG + 3 * views
    assert views <= BACKLOG
