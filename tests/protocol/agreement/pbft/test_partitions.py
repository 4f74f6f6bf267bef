import itertools
from random import Random

import pytest

from sim.protocol.agreement.pbft.catch_up import BATCH, Answers
from sim.protocol.agreement.pbft.checkpoints import GENESIS
from sim.protocol.agreement.pbft.messages import Decisions, Outcome, Stable
from tests.protocol.agreement.pbft.nets import (
    TIMEOUT_NS,
    candidates,
    cut,
    decided_digests,
    last_ns,
    network,
    propose_every,
    silent,
)
from tests.protocol.net import DELAY_NS, value

SLOT_NS = 10 * DELAY_NS


def all_agree(net, slots):
    every = [decided_digests(net, member) for member in range(len(net.hosts))]
    return all(digests == every[0] for digests in every) and len(every[0]) == slots


@pytest.mark.parametrize("heal", [0.5, 1.0, 3.1, 8.7])
def test_halves_decide_nothing_and_after_the_heal_all_within_half_a_timeout_and_five_delays(heal):
    heal_ns = round(heal * TIMEOUT_NS) + 5 * DELAY_NS
    net = network(judge=cut([(0, 1), (2, 3)], 0, heal_ns))
    propose_every(net, SLOT_NS, 3)
    net.run(heal_ns)
    assert net.decided == [{}, {}, {}, {}]
    net.run()
    assert all_agree(net, 3)
    assert last_ns(net) <= heal_ns + TIMEOUT_NS // 2 + 5 * DELAY_NS


def test_a_committee_of_seven_in_three_parts_waits_for_the_heal():
    heal_ns = 5 * TIMEOUT_NS + DELAY_NS
    net = network(7, 2, judge=cut([(0, 1, 2), (3, 4), (5, 6)], 0, heal_ns))
    propose_every(net, SLOT_NS, 20)
    net.run(heal_ns)
    assert not any(net.decided)
    net.run()
    assert all_agree(net, 20)
    assert last_ns(net) <= heal_ns + TIMEOUT_NS // 2 + 5 * DELAY_NS


def test_the_side_with_a_quorum_goes_on_and_the_other_catches_up():
    heal_ns = 40 * SLOT_NS + 30 * DELAY_NS
    net = network(judge=cut([(0, 1, 2), (3,)], 0, heal_ns))
    propose_every(net, SLOT_NS, 40)
    net.run(heal_ns)
    assert [len(found) for found in net.decided] == [40, 40, 40, 0]
    net.run()
    assert all_agree(net, 40)
    assert last_ns(net) <= heal_ns + TIMEOUT_NS // 2 + 2 * DELAY_NS


def test_the_same_when_the_leader_is_the_one_that_is_cut_off():
    heal_ns = 8 * TIMEOUT_NS
    net = network(judge=cut([(0,), (1, 2, 3)], 0, heal_ns))
    propose_every(net, SLOT_NS, 40)
    net.run(heal_ns)
    assert [len(found) for found in net.decided] == [0, 40, 40, 40]
    net.run()
    assert all_agree(net, 40)
    assert last_ns(net) <= heal_ns + TIMEOUT_NS // 2 + 2 * DELAY_NS
    assert {host.node.view for host in net.hosts} == {1}


def test_more_than_one_batch_is_fetched_without_waiting_in_between():
    slots = 2 * BATCH + 7
    heal_ns = (slots + 3) * SLOT_NS
    net = network(judge=cut([(0, 1, 2), (3,)], 0, heal_ns))
    propose_every(net, SLOT_NS, slots)
    net.run()
    assert all_agree(net, slots)
    assert last_ns(net) <= heal_ns + TIMEOUT_NS // 2 + 6 * DELAY_NS


def test_a_member_that_gave_up_alone_follows_again_after_three_delays():
    heal_ns = 3 * TIMEOUT_NS
    net = network(judge=cut([(0, 1, 2), (3,)], 0, heal_ns))
    propose_every(net, SLOT_NS, 60)
    net.run()
    assert {found[60][0] for found in net.decided} == {60 * SLOT_NS + 3 * DELAY_NS}
    assert not net.hosts[3].node.is_voting


def test_who_missed_more_than_the_others_keep_goes_on_from_a_checkpoint():
    heal_ns = 53 * SLOT_NS
    net = network(judge=cut([(0, 1, 2), (3,)], 0, heal_ns), history=16)
    propose_every(net, SLOT_NS, 60)
    net.run()
    late = net.decided[3]
    assert min(late) == 49
    assert list(late) == list(range(49, 61))
    assert all(late[slot][1].value == net.decided[0][slot][1].value for slot in late)


def test_the_window_holds_the_others_up_until_a_checkpoint_is_stable():
    """Checkpoints are lost for a while: two checkpoints' worth of slots, and no more, go on."""

    def judge(sender, receiver, message, now_ns):
        is_lost = message.__class__.__name__ == "Checkpoint" and now_ns < TIMEOUT_NS // 4
        return "lost" if is_lost else DELAY_NS

    net = network(judge=judge, checkpoint=2)
    net.propose(1, *candidates(4))
    for slot in range(2, 8):
        net.propose(slot, *candidates(4, slot))
    net.run(TIMEOUT_NS // 4)
    assert [len(found) for found in net.decided] == [4] * 4


@pytest.mark.parametrize("seed", range(3))
def test_lost_messages_never_stop_it(seed):
    random = Random(seed)

    def judge(sender, receiver, message, now_ns):
        return "lost" if random.random() < 0.2 else random.randrange(1, 2 * DELAY_NS)

    net = network(judge=judge)
    propose_every(net, SLOT_NS, 20)
    net.run()
    assert all_agree(net, 20)


def test_lost_checkpoints_do_not_stop_it():
    def judge(sender, receiver, message, now_ns):
        is_lost = message.__class__.__name__ == "Checkpoint" and now_ns < 3 * TIMEOUT_NS
        return "lost" if is_lost else DELAY_NS

    net = network(judge=judge, checkpoint=2)
    propose_every(net, SLOT_NS, 12)
    net.run()
    assert all_agree(net, 12)


def test_a_member_that_restarts_without_its_state_gets_all_decisions_again():
    net = network(judge=None)
    propose_every(net, SLOT_NS, 20)
    host = net.hosts[3]
    crash_ns = 10 * SLOT_NS + 5 * DELAY_NS
    net.kernel.at(crash_ns, host.crash)
    net.kernel.at(crash_ns + 1, net.decided[3].clear)
    net.kernel.at(crash_ns + 2, lambda: host.restart(durable=False))
    net.run()
    assert all_agree(net, 20)


def test_a_member_that_restarts_with_its_state_asks_at_once_for_what_it_missed():
    net = network()
    propose_every(net, SLOT_NS, 20)
    host = net.hosts[3]
    net.kernel.at(5 * SLOT_NS + 5 * DELAY_NS, host.crash)
    back_ns = 20 * SLOT_NS + 5 * DELAY_NS
    net.kernel.at(back_ns, lambda: host.restart(durable=True))
    net.run()
    assert all_agree(net, 20)
    assert last_ns(net) == back_ns + 2 * DELAY_NS


def test_who_is_told_of_a_decision_reports_the_view_that_it_was_made_in():
    """Slots 1 to 5 are decided in view 0, the others in view 1, while member 3 hears nothing."""
    heal_ns = 12 * TIMEOUT_NS
    net = network(judge=cut([(0, 1, 2), (3,)], 0, heal_ns))
    propose_every(net, SLOT_NS, 5)
    net.run(6 * SLOT_NS)
    net.hosts[0].node._lead = lambda number: []
    for slot in range(6, 11):
        net.propose(slot, *candidates(4, slot), at_ns=slot * SLOT_NS)
    net.run()
    assert all_agree(net, 10)
    for found in net.decided:
        assert [one.view for _, one in found.values()] == [0] * 5 + [1] * 5


def test_a_decision_that_waits_for_the_slot_before_it_keeps_its_view():
    net = network()
    net.propose(2, *candidates(4, 2))
    net.propose(1, *candidates(4, 1), at_ns=3 * TIMEOUT_NS // 2)
    net.run()
    assert [found[2][1].view for found in net.decided] == [0] * 4
    assert [found[1][1].view for found in net.decided] == [1] * 4


def test_of_the_views_that_members_name_the_earliest_counts_and_none_before_the_first():
    answers = Answers(2)
    for sender, view in ((1, 7), (0, -1), (2, 4)):
        answers.keep(Decisions(sender, 1, (Outcome(value("one"), view),), GENESIS))
    assert answers.vouched(1) == Outcome(value("one"), 4)


def test_one_liar_cannot_invent_a_decision_or_make_anybody_skip():
    net = network()
    net.run(DELAY_NS)
    node = net.hosts[2].node
    far = Stable(160, b"far", None)
    for first in (1, 100, -(10**30), 10**30):
        assert node.on_message(Decisions(0, first, (Outcome(value("lie"), 0),) * 3, far), 0) == []
    assert node.decided == 0


def test_a_clock_that_is_set_back_makes_nobody_wait_forever():
    net = network(wrap=silent(0))
    net.propose(1, *candidates(4))
    net.kernel.at(DELAY_NS, lambda: [host.set_clock(-(10**15)) for host in net.hosts])
    net.run()
    assert max(net.latencies(1)) <= 2 * TIMEOUT_NS / DELAY_NS
    assert len(list(itertools.chain(*net.decided))) == 3
