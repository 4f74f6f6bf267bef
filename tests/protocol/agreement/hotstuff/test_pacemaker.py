"""Views and timeouts of one member of seven, of whom two may lie."""

import pytest

from sim.protocol.agreement.contract import Membership
from sim.protocol.agreement.hotstuff.messages import Wish
from sim.protocol.agreement.hotstuff.node import HotStuff
from sim.protocol.agreement.hotstuff.pacemaker import DOUBLINGS_MAX, Pacemaker
from sim.protocol.committee import Committee
from sim.protocol.effects import Broadcast, CancelTimer, SetTimer
from sim.protocol.signatures import Notary

SEVEN = Committee(tuple("abcdefg"), 2)


def pacemaker(*wishes):
    """Member 0, having heard these (member, view)."""
    one = Pacemaker(SEVEN, 0, 100)
    for member, view in wishes:
        one.heard(member, view)
    return one


def led_by_another():
    """Member 0 in view 1, which member 1 leads."""
    one = pacemaker()
    one.worked(1)
    return one


def test_leaders_take_turns_by_view():
    one = pacemaker()
    leaders = []
    for one.view in range(9):
        leaders.append(one.leader)
    assert leaders == [0, 1, 2, 3, 4, 5, 6, 0, 1]


def test_so_many_as_may_lie_move_nobody():
    one = pacemaker((1, 5), (2, 1 << 60))
    assert (one.next_view(), one.is_called, one.wish()) == (None, False, 1)


def test_one_member_more_makes_others_join_in_the_view_that_a_correct_one_wants():
    one = pacemaker((1, 5), (2, 1 << 60))
    assert one.heard(3, 7) == 5
    assert one.heard(4, 5) is None, "it has said so"


def test_who_joined_goes_on_wishing_for_that_view():
    one = pacemaker((1, 5), (2, 5), (3, 5))
    assert one.is_called
    assert one.wish() == 5


def test_a_view_is_entered_once_a_quorum_wants_it():
    one = pacemaker((1, 5), (2, 5), (3, 5))
    assert one.next_view() is None, "four of seven"
    one.heard(4, 9)
    assert one.next_view() == 5


def test_a_wish_counts_at_its_highest():
    one = pacemaker((1, 5), (2, 5), (3, 5), (4, 5), (4, 2))
    assert one.next_view() == 5


@pytest.mark.parametrize(("views", "times"), [(0, 1), (1, 2), (3, 8), (1_000, 1 << DOUBLINGS_MAX)])
def test_patience_doubles_with_each_view_that_brings_nothing(views, times):
    one = pacemaker()
    one.worked(2)
    one.view = 2 + views
    assert one.patience_ns == 100 * times
    assert one.repeat_ns == 100


def test_a_leader_that_gives_way_is_followed_at_once_and_costs_no_patience():
    one = led_by_another()
    assert one.heard(1, 2, gives_way=True) == 2
    assert one.heard(1, 2, gives_way=True) is None, "it has said so"
    one.view = 2
    assert one.patience_ns == 100
    one.view = 3
    assert one.patience_ns == 200, "the view after that one failed"


@pytest.mark.parametrize(("member", "view"), [(2, 2), (1, 3), (1, 1), (1, 0)])
def test_nobody_else_can_give_a_view_up_nor_any_other_view(member, view):
    one = led_by_another()
    assert one.heard(member, view, gives_way=True) is None
    assert one.patience_ns == 100


def test_who_has_lost_patience_with_a_leader_does_not_excuse_it_any_more():
    one = led_by_another()
    one.wish()
    assert one.heard(1, 2, gives_way=True) is None
    one.view = 2
    assert one.patience_ns == 200


def test_patience_begins_anew_when_something_new_is_waited_for():
    one = pacemaker()
    one.view = 5
    one.renew()
    assert one.patience_ns == 100
    one.view = 6
    assert one.patience_ns == 200


def test_a_decision_brings_a_member_to_its_view_and_never_back():
    one = pacemaker()
    one.worked(4)
    one.worked(3)
    assert (one.view, one.patience_ns) == (4, 100)


def test_a_member_that_was_called_repeats_its_wish_even_after_a_restart():
    notary = Notary(b"a secret of the test", 7)
    node = HotStuff(Membership(SEVEN, 0, notary.seal(0), notary, options={"timeout_ns": 100}))
    assert node.start(0) == [CancelTimer("view")]
    told = [node.on_message(Wish(member, 5, 1), 0) for member in (1, 2, 3)]
    assert told == [[], [], [Broadcast(Wish(0, 5, 1)), SetTimer("view", 100)]]
    assert node.start(0) == [SetTimer("view", 100)]
    assert node.on_timer("view", 0) == [Broadcast(Wish(0, 5, 1)), SetTimer("view", 100)]
