"""Certificates for protocols that make none."""

import pytest

from sim.protocol.agreement.certify import AGAIN, Certified, Vouch, is_certified, statement
from sim.protocol.agreement.contract import Propose
from sim.protocol.agreement.registry import PROTOCOLS
from sim.protocol.agreement.slots import WINDOW
from sim.protocol.agreement.versions import Version
from sim.protocol.effects import Send
from tests.protocol.agreement.broadcasts import A, B, decisions
from tests.protocol.agreement.liars import Repeating, Silent, liars
from tests.protocol.net import DELAY_NS, Net, value


@pytest.mark.parametrize("name", ["versions", "bracha", "imbs_raynal", "consistent_broadcast"])
def test_every_decision_carries_a_certificate(name):
    n, f = 6, 1
    net = Net(PROTOCOLS[name].make_certified, n, f)
    net.propose(1, A)
    net.run()
    assert len(decisions(net, 1)) == n
    for found in net.decided:
        assert is_certified(net.notary, found[1][1], net.committee.quorum)


def test_it_takes_one_delay_and_n_times_n_minus_1_messages_more():
    net = Net(PROTOCOLS["bracha"].make_certified, 4, 1)
    net.propose(1, A)
    net.run()
    assert set(net.latencies(1)) == {4}
    assert net.messages["Vouch"] == 12
    assert net.messages.total() == 27 + 12


def test_one_silent_member_does_not_hold_it_up_and_repetition_changes_nothing():
    wrap = lambda member, node: Silent() if member == 3 else Repeating(node)  # noqa: E731
    net = Net(PROTOCOLS["bracha"].make_certified, 4, 1, wrap=wrap)
    net.propose(1, A)
    net.run()
    assert sorted(decisions(net, 1)) == [0, 1, 2]


def test_vouches_for_another_value_or_in_anothers_name_are_not_counted():
    net = Net(PROTOCOLS["versions"].make_certified, 4, 1, writer=1)
    node = net.hosts[1].node

    def vouch(sender, signer, v, of=A):
        return Vouch(sender, 1, v.digest, net.notary.seal(signer).sign(statement(1, of.digest)))

    node.on_message(Propose(1, A), 0)
    assert node.on_message(vouch(1, 1, A), 0) == []
    for false in (vouch(0, 0, B, of=B), vouch(2, 3, A), vouch(2, 2, A, of=B)):
        assert node.on_message(false, 0) == []
    assert node.on_message(vouch(2, 2, A), 0) == []
    assert node.on_message(vouch(0, 0, A), 0) == [], "it has vouched for another value"
    (output,) = node.on_message(vouch(3, 3, A), 0)
    assert is_certified(net.notary, output.event, 3)


def test_vouches_may_come_before_the_own_decision():
    net = Net(PROTOCOLS["versions"].make_certified, 4, 1)
    node = net.hosts[3].node
    for member in (0, 1):
        seal = net.notary.seal(member)
        signature = seal.sign(statement(1, A.digest))
        assert node.on_message(Vouch(member, 1, A.digest, signature), 0) == []
    own, _timer = node.on_message(Version(0, 1, A), 0)
    (output,) = node.on_message(own.message, 0)
    assert [one.member for one in output.event.certificate.signatures] == [0, 1, 3]


def test_fewer_signers_are_enough_if_so_set_but_never_only_liars():
    net = Net(PROTOCOLS["bracha"].make_certified, 7, 2, signers=3)
    net.propose(1, A)
    net.run()
    assert len(net.decided[0][1][1].certificate.signatures) == 3
    for signers in (2, 6):
        with pytest.raises(ValueError, match="needs 3 to 5 of 7 members"):
            Net(PROTOCOLS["bracha"].make_certified, 7, 2, signers=signers)


def test_timers_and_starts_are_the_inner_nodes():
    options = {"rounds": 2, "round_ns": 10**9, "signers": 2}
    net = Net(
        lambda membership: Certified(PROTOCOLS["approximate"].make, membership),
        4,
        1,
        wrap=liars({3}, lambda member, node: Silent()),
        **options,
    )
    net.propose(1, value("v", 2.0))
    net.run()
    assert len(decisions(net, 1)) == 3
    assert all(found[1][0] > 2 * 10**9 for found in net.decided[:3])


# Vouches that are lost


def losing(vouches_until_ns: int, of=range(4)):
    """A network in which vouches are lost for some time."""

    def judge(sender, receiver, message, now_ns):
        ends = {int(name[-1]) for name in (sender, receiver)}
        is_lost = isinstance(message, Vouch) and now_ns < vouches_until_ns and ends & set(of)
        return "cut" if is_lost else DELAY_NS

    return judge


PERIOD_NS = 20 * DELAY_NS


@pytest.mark.parametrize("of", [range(4), [3]], ids=["all", "one"])
def test_who_waits_for_vouches_asks_again_until_there_are_enough(of):
    judge = losing(50 * DELAY_NS, of)
    net = Net(PROTOCOLS["bracha"].make_certified, 4, 1, judge=judge, timeout_ns=2 * PERIOD_NS)
    net.propose(1, A)
    net.run()
    asked_ns = 3 * DELAY_NS + 3 * PERIOD_NS
    assert [net.decided[member][1][0] for member in of] == [asked_ns + x for x in answered(of)]
    assert len(decisions(net, 1)) == 4


def answered(of):
    """One delay where all ask and so vouch; two where one asks and the others answer."""
    return [DELAY_NS] * 4 if len(of) == 4 else [2 * DELAY_NS]


def test_nobody_asks_once_all_is_certified():
    net = Net(PROTOCOLS["bracha"].make_certified, 4, 1)
    net.propose(1, A)
    net.run()
    for host in net.hosts:
        assert host.node.on_timer(AGAIN, net.kernel.now_ns) == []


def test_only_who_asks_is_answered_and_only_of_slots_that_are_kept():
    net = Net(PROTOCOLS["versions"].make_certified, 4, 1)
    node = net.hosts[0].node

    def said(slot, *, is_asking):
        signature = net.notary.seal(2).sign(statement(slot, A.digest))
        return node.on_message(Vouch(2, slot, A.digest, signature, is_asking=is_asking), 0)

    own, *_ = node.on_message(Propose(1, A), 0)
    assert said(1, is_asking=False) == []
    assert said(1, is_asking=True) == [Send(net.committee.names[2], own.message)]
    node.on_message(Propose(1 + WINDOW, A), 0)
    assert said(1, is_asking=True) == said(2, is_asking=True) == []
