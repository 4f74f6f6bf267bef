"""Bracha's broadcast: what is special about SEND, ECHO, READY."""

import pytest

from sim.protocol.agreement.bracha import (
    Bracha,
    BrachaEcho,
    BrachaReady,
    BrachaSend,
    ReliableBroadcasts,
)
from sim.protocol.agreement.contract import Membership, Propose
from sim.protocol.effects import Broadcast, Output
from sim.protocol.messages import HEADER_BYTES
from tests.protocol.agreement.broadcasts import A, B, decisions
from tests.protocol.agreement.liars import Scripted, Silent, liars
from tests.protocol.net import Net
from tests.theory.test_agreement_delays import echo_first

FOUR = ("root-0/0", "root-0/1", "root-0/2", "root-0/3")


def node(member=1):
    return Net(Bracha, 4, 1).hosts[member].node


def said(effects):
    return [effect.message for effect in effects if isinstance(effect, Broadcast)]


def decided(effects):
    return [effect.event.value for effect in effects if isinstance(effect, Output)]


def test_a_member_is_ready_at_an_echo_quorum():
    bracha = node()
    for sender in (0, 2):
        assert said(bracha.on_message(BrachaEcho(sender, 0, 1, 0, A), 0)) == []
    assert said(bracha.on_message(BrachaEcho(3, 0, 1, 0, A), 0)) == [
        BrachaReady(1, 0, 1, 0, A.digest)
    ]


def test_a_member_follows_two_readies_without_any_echo_and_delivers_when_it_learns_the_value():
    bracha = node()
    assert bracha.on_message(BrachaReady(0, 0, 1, 0, A.digest), 0) == []
    effects = bracha.on_message(BrachaReady(2, 0, 1, 0, A.digest), 0)
    assert said(effects) == [BrachaReady(1, 0, 1, 0, A.digest)]
    assert bracha.on_message(BrachaReady(3, 0, 1, 0, A.digest), 0) == []
    assert decided(bracha.on_message(BrachaEcho(3, 0, 1, 0, A), 0)) == [A]


def test_echoes_of_different_values_do_not_add_up():
    bracha = node()
    for sender, v in ((0, A), (2, B), (3, A), (3, B), (0, B)):
        assert bracha.on_message(BrachaEcho(sender, 0, 1, 0, v), 0) == []


def test_the_first_value_of_the_writer_is_echoed_and_no_other():
    bracha = node()
    assert said(bracha.on_message(BrachaSend(0, 1, 0, A), 0)) == [BrachaEcho(1, 0, 1, 0, A)]
    assert bracha.on_message(BrachaSend(0, 1, 0, A), 0) == []
    assert bracha.on_message(BrachaSend(0, 1, 0, B), 0) == []


def test_a_value_of_another_than_the_writer_is_not_echoed():
    assert node().on_message(BrachaSend(2, 1, 0, A), 0) == []


def test_a_decided_slot_is_not_opened_again():
    bracha = node()
    bracha.on_message(BrachaEcho(3, 0, 1, 0, A), 0)
    for sender in (0, 2, 3):
        effects = bracha.on_message(BrachaReady(sender, 0, 1, 0, A.digest), 0)
    assert decided(effects) == [A]
    late = [BrachaSend(0, 1, 0, B), BrachaEcho(0, 0, 1, 0, B), BrachaReady(0, 0, 1, 0, B.digest)]
    assert [bracha.on_message(message, 0) for message in late] == [[], [], []]
    assert len(bracha._broadcasts._slots) == 0


def test_of_several_broadcasts_in_a_slot_each_is_delivered_once():
    net, delivered = Net(Bracha, 4, 1), []
    membership = Membership(net.committee, 1, net.notary.seal(1), net.notary)
    broadcasts = ReliableBroadcasts(
        membership, (0, 2), lambda *what: delivered.append(what) or [], rounds=2
    )
    for message in 2 * [
        *(BrachaEcho(sender, 2, 1, 1, A) for sender in (0, 2, 3)),
        *(BrachaReady(sender, 2, 1, 1, A.digest) for sender in (0, 2, 3)),
    ]:
        broadcasts.on_message(message)
    assert delivered == [(2, 1, 1, A)]
    assert broadcasts.on_message(BrachaSend(2, 1, 1, A)) == []
    assert said(broadcasts.on_message(BrachaSend(2, 1, 0, B))) == [BrachaEcho(1, 2, 1, 0, B)]


@pytest.mark.parametrize(("make", "deciders"), [(Bracha, {1, 2, 3}), (echo_first, {1})])
def test_a_member_that_the_writer_left_out_is_carried_along_by_readies(make, deciders):
    """And would not be, nor let others decide, if it waited for the writer's own message."""
    script = [
        *((FOUR[m], BrachaSend(0, 1, 0, A)) for m in (1, 2)),
        *((FOUR[m], BrachaEcho(0, 0, 1, 0, A)) for m in (1, 2)),
        (FOUR[1], BrachaReady(0, 0, 1, 0, A.digest)),
    ]
    net = Net(make, 4, 1, wrap=liars({0}, lambda member, node: Scripted(script, len(script))))
    net.propose(1, A)
    net.run()
    assert set(decisions(net, 1)) == deciders


def test_too_many_silent_members_stop_it_and_that_is_all():
    net = Net(Bracha, 4, 1, wrap=liars({2, 3}, lambda member, node: Silent()))
    net.propose(1, A)
    net.run()
    assert decisions(net, 1) == {}


def test_value_and_digest_are_on_the_wire():
    big = type(A)(A.digest, size_bytes=1_000)
    assert BrachaSend(0, 1, 0, big).size_bytes == HEADER_BYTES + 32 + 1_000
    assert BrachaEcho(1, 0, 1, 0, big).size_bytes == HEADER_BYTES + 32 + 1_000
    assert BrachaReady(1, 0, 1, 0, big.digest).size_bytes == HEADER_BYTES + 32


def test_a_candidate_of_the_writer_is_broadcast_once():
    bracha = node(0)
    assert said(bracha.on_message(Propose(1, A), 0)) == [BrachaSend(0, 1, 0, A)]
    assert bracha.on_message(Propose(1, B), 0) == []
