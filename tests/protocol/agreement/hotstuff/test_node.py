"""HotStuff when something goes wrong: leaders, links, members that missed it, liars."""

import pickle

import pytest

from sim.protocol.agreement.contract import Propose
from sim.protocol.agreement.hotstuff.certificates import proves
from sim.protocol.agreement.hotstuff.messages import Wish
from sim.protocol.agreement.hotstuff.node import HotStuff
from sim.protocol.effects import Broadcast, Send
from tests.protocol.agreement.hotstuff.liars import nonsense
from tests.protocol.agreement.liars import Repeating, Scripted, Silent, TwoFaced, liars
from tests.protocol.freezing import key
from tests.protocol.net import DELAY_NS, Net, value

TIMEOUT = 20
MINE = [value(f"of {member}") for member in range(7)]


def net(n=4, f=1, **settings):
    return Net(HotStuff, n, f, timeout_ns=TIMEOUT * DELAY_NS, **settings)


def decisions(ran, slot=1, of=None):
    members = range(len(ran.decided)) if of is None else of
    return [ran.decided[member][slot][1].value for member in members]


def cut(until_ns, *groups):
    """The network between groups is down until an instant."""

    def judge(sender, receiver, message, now_ns):
        members = [int(name.split("/")[1]) for name in (sender, receiver)]
        together = any(set(members) <= set(group) for group in groups)
        return DELAY_NS if together or now_ns >= until_ns else "cut"

    return judge


def test_a_decision_carries_a_certificate_that_convinces_anybody():
    ran = net()
    ran.propose(1, *MINE[:4])
    ran.run()
    for found in ran.decided:
        assert proves(found[1][1], ran.notary, 3)
        assert not proves(found[1][1], ran.notary, 4)


def test_the_leaders_candidate_is_decided():
    ran = net()
    ran.propose(1, *MINE[:4])
    ran.run()
    assert decisions(ran) == [MINE[0]] * 4


def test_slots_are_decided_in_order_whatever_the_order_of_candidates():
    ran = net()
    for slot in (3, 2, 1):
        ran.propose(slot, value(f"slot {slot}"))
    ran.run()
    for found in ran.decided:
        assert list(found) == [1, 2, 3]


def test_a_silent_leader_is_left_after_one_timeout_and_the_next_one_stays():
    ran = net(wrap=liars({0}, lambda member, node: Silent()))
    for slot in (1, 2):
        ran.propose(slot, *MINE[:4])
    ran.run()
    assert decisions(ran, of=(1, 2, 3)) == [MINE[1]] * 3
    # Timeout, wish, new-view, seven delays; then eight for the next slot, without a timeout.
    assert max(ran.latencies(1)) == TIMEOUT + 1 + 8
    assert max(ran.latencies(2)) == TIMEOUT + 1 + 8 + 8
    assert {found[2][1].view for found in ran.decided[1:]} == {1}


def test_f_silent_leaders_in_a_row_cost_a_timeout_each_the_second_twice_as_long():
    ran = net(7, 2, wrap=liars({0, 1}, lambda member, node: Silent()))
    ran.propose(1, *MINE)
    ran.run()
    assert decisions(ran, of=range(2, 7)) == [MINE[2]] * 5
    assert max(ran.latencies(1)) == (TIMEOUT + 1) + (2 * TIMEOUT + 1) + 8


@pytest.mark.parametrize("shown_other", [{1}, {1, 2}, {1, 2, 3}, {3}])
def test_a_leader_that_tells_different_members_different_things_splits_nobody(shown_other):
    names = [f"root-0/{member}" for member in range(4)]
    others = frozenset(names[member] for member in shown_other)

    def two_faced(member, node):
        twin = pickle.loads(pickle.dumps(node))
        return TwoFaced((node, twin), tuple(names), others, MINE[6])

    ran = net(wrap=liars({0}, two_faced))
    ran.propose(1, *MINE[:4])
    ran.run()
    assert len(set(decisions(ran, of=(1, 2, 3)))) == 1


def test_without_a_quorum_nothing_is_decided_and_after_a_heal_soon():
    heal_ns = 1_000 * DELAY_NS
    ran = net(judge=cut(heal_ns, (0, 1), (2, 3)))
    ran.propose(1, *MINE[:4])
    ran.run(heal_ns)
    assert ran.decided == [{}] * 4
    ran.run()
    assert len(set(decisions(ran))) == 1
    # The next wish within a timeout, however long the cut was; it is heard, and a view goes by.
    assert max(ran.latencies(1, heal_ns)) <= TIMEOUT + 2 + 8


def test_a_cut_in_the_middle_of_a_view_changes_no_value_that_may_be_decided():
    """The leader alone has decided when it is cut off: the others come to the same value."""
    heal_ns = 500 * DELAY_NS
    after_votes = lambda now_ns: now_ns >= 7 * DELAY_NS  # noqa: E731

    def judge(sender, receiver, message, now_ns):
        is_cut = after_votes(now_ns) and "root-0/0" in (sender, receiver) and now_ns < heal_ns
        return "cut" if is_cut else DELAY_NS

    ran = net(judge=judge)
    ran.propose(1, *MINE[:4])
    ran.run(heal_ns)
    assert decisions(ran) == [MINE[0]] * 4
    assert [found[1][1].view for found in ran.decided] == [0, 1, 1, 1]


def test_a_member_that_was_cut_off_gets_every_decision_with_its_proof():
    heal_ns = 400 * DELAY_NS
    ran = net(judge=cut(heal_ns, (0, 1, 2)))
    for slot in range(1, 11):
        ran.propose(slot, value(f"slot {slot}"))
    ran.run(heal_ns)
    assert [len(found) for found in ran.decided] == [10, 10, 10, 0]
    ran.run()
    assert [found[1].value for found in ran.decided[3].values()] == [
        value(f"slot {slot}") for slot in range(1, 11)
    ]
    # The next wish is answered; then there and back for each of the other slots.
    assert max(ran.latencies(10, heal_ns)) <= TIMEOUT + 2 * 10


def test_a_decision_that_got_lost_is_asked_for_by_a_member_that_has_no_candidate_itself():
    lost = []

    def judge(sender, receiver, message, now_ns):
        if type(message).__name__ == "Decide" and receiver == "root-0/3" and not lost:
            lost.append(message)
            return "lost"
        return DELAY_NS

    ran = net(judge=judge)
    for host in ran.hosts[:3]:
        host.tell(Propose(1, MINE[0]))
    ran.run()
    assert lost
    assert decisions(ran) == [MINE[0]] * 4


def test_messages_that_come_twice_or_again_later_change_nothing():
    ran = net(wrap=liars({0, 1, 2, 3}, lambda member, node: Repeating(node)))
    for slot in (1, 2, 3):
        ran.propose(slot, *MINE[:4])
    ran.run()
    for slot in (1, 2, 3):
        assert decisions(ran, slot) == [MINE[0]] * 4


def test_messages_that_overtake_each_other_delay_nothing_but_themselves():
    """Every message takes its own time, from half a delay to two and a half."""

    def judge(sender, receiver, message, now_ns):
        spread = sum(map(ord, sender + receiver)) * 7 + now_ns // 1000
        return DELAY_NS // 2 + spread % 5 * DELAY_NS // 2

    ran = net(judge=judge)
    for slot in range(1, 21):
        ran.propose(slot, value(f"slot {slot}"))
    ran.run()
    assert [len(found) for found in ran.decided] == [20] * 4
    assert {one.view for found in ran.decided for _, one in found.values()} == {0}


def test_what_comes_before_its_slot_is_kept_so_a_late_decide_costs_nothing():
    def judge(sender, receiver, message, now_ns):
        is_late = type(message).__name__ == "Decide" and receiver == "root-0/3"
        return 3 * DELAY_NS if is_late and message.slot == 1 else DELAY_NS

    ran = net(judge=judge)
    for slot in (1, 2):
        ran.propose(slot, *MINE[:4])
    ran.run()
    assert ran.latencies(1) == [7, 8, 8, 10]
    assert ran.latencies(2) == [15, 16, 16, 16]
    assert sum(ran.messages.values()) == 2 * 24


def test_a_member_that_wants_nothing_joins_those_that_wait_in_vain():
    ran = net(wrap=liars({0}, lambda member, node: Silent()))
    for host in ran.hosts[1:3]:
        host.tell(Propose(1, MINE[1]))
    ran.run()
    assert decisions(ran, of=(1, 2, 3)) == [MINE[1]] * 3


def test_members_lose_patience_as_soon_as_ever_once_a_later_leader_has_worked():
    ran = net(7, 2, wrap=liars({0}, lambda member, node: Silent()))
    late_ns = 1_000 * DELAY_NS
    ran.propose(1, *MINE)
    ran.kernel.at(late_ns, ran.hosts[1].crash)
    ran.propose(2, *MINE, at_ns=late_ns)
    ran.run()
    assert max(ran.latencies(2, late_ns)) == TIMEOUT + 1 + 8


def test_who_hears_of_later_slots_asks_for_those_it_missed():
    """Member 3 has no candidates, so it does not wait for anything."""
    heal_ns = 20 * DELAY_NS
    ran = net(judge=cut(heal_ns, (0, 1, 2)))
    for slot in range(1, 7):
        for host in ran.hosts[:3]:
            host.tell(Propose(slot, value(f"slot {slot}")))
    ran.run()
    assert [len(found) for found in ran.decided] == [6] * 4
    assert "Wish" not in ran.messages


@pytest.mark.parametrize("members", [[0], [3], [0, 1, 2, 3]])
@pytest.mark.parametrize("delays", [1, 3, 6])
def test_members_that_restart_with_their_state_go_on(members, delays):
    ran = net()
    ran.propose(1, *MINE[:4])
    for member in members:
        ran.kernel.at(delays * DELAY_NS + 1, ran.hosts[member].crash)
        restart = ran.hosts[member].restart
        ran.kernel.at((delays + 2) * DELAY_NS, lambda again=restart: again(durable=True))
    ran.run()
    assert len(set(decisions(ran))) == 1


def flooded(liar, words):
    """Three slots, while a member sends all nonsense there is to the others, all the time."""
    seal = net().notary.seal(liar)
    names = [f"root-0/{member}" for member in range(4) if member != liar]

    def flooding(member, node):
        said = [(name, word) for word in nonsense(liar, seal, words) for name in names]
        return Scripted(said, at_once=1_000)

    ran = net(wrap=liars({liar}, flooding))
    for slot in (1, 2, 3):
        ran.propose(slot, *MINE[:4])
    ran.run()
    return ran


def things_in(state):
    if isinstance(state, tuple | frozenset):
        return sum(things_in(one) for one in state)
    return 1


@pytest.mark.parametrize("liar", [0, 3])
def test_a_flood_of_nonsense_splits_and_stops_nobody(liar):
    ran = flooded(liar, "ab")
    correct = [member for member in range(4) if member != liar]
    for slot in (1, 2, 3):
        assert decisions(ran, slot, of=correct) == [MINE[0 if liar else 1]] * 3


def test_a_longer_flood_fills_no_more_memory():
    short, long = flooded(3, "a"), flooded(3, "abcdefgh")
    assert long.messages["Fetch"] > short.messages["Fetch"] + 100
    for few, many in zip(short.hosts[:3], long.hosts[:3], strict=True):
        assert things_in(key(many.node)) == things_in(key(few.node)) < 300


@pytest.mark.parametrize("option", [{"timeout_ns": 0}, {"timeout_ns": 1.5}, {"kept": -1}])
def test_options_that_are_not_positive_whole_numbers_are_refused(option):
    with pytest.raises(ValueError, match="must be a positive whole number"):
        Net(HotStuff, 4, 1, **option)


def test_nothing_is_sent_while_there_is_nothing_to_decide():
    ran = net()
    ran.run()
    assert not ran.messages


def test_a_lone_member_decides_at_once_by_itself():
    ran = net(1, 0)
    ran.propose(1, MINE[0])
    ran.run()
    assert ran.latencies(1) == [0.0]


def test_effects_name_only_members():
    node = net().hosts[1].node
    for message in nonsense(0, net().notary.seal(0)):
        for effect in node.on_message(message, 0):
            assert not isinstance(effect, Send) or effect.to.startswith("root-0/")
            assert not isinstance(effect, Broadcast) or effect == Broadcast(Wish(1, 1, 1))
