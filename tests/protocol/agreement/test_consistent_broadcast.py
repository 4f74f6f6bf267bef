"""Consistent broadcast: certificates are real, and there is one for a slot at most."""

import pytest

from sim.protocol.agreement.certify import certificate_of, is_certified, statement
from sim.protocol.agreement.consistent_broadcast import (
    CastFinal,
    CastSend,
    CastSign,
    ConsistentBroadcast,
)
from sim.protocol.agreement.contract import Decided
from tests.protocol.agreement.broadcasts import A, B, decisions
from tests.protocol.agreement.liars import Scripted, liars
from tests.protocol.net import DELAY_NS, Net, value


def test_the_writer_has_a_certificate_after_two_delays_and_everybody_after_three():
    net = Net(ConsistentBroadcast, 4, 1)
    net.propose(1, A)
    net.run()
    assert [found[1][0] // DELAY_NS for found in net.decided] == [2, 3, 3, 3]
    for found in net.decided:
        assert is_certified(net.notary, found[1][1], net.committee.quorum)
        assert len(found[1][1].certificate.signatures) == net.committee.quorum


def test_what_must_be_verified_is_what_is_signed():
    net = Net(ConsistentBroadcast, 4, 1)
    signature = net.notary.seal(1).sign(statement(1, A.digest))
    certificate = certificate_of(statement(1, A.digest), {1: signature, 2: signature})
    assert CastSign(1, 1, signature).signatures == 1
    final = CastFinal(0, 1, A, certificate)
    assert final.signatures == 2
    assert final.size_bytes == 64 + 32 + 32 + 2 * 64


def signed(net, members, slot, v):
    said = statement(slot, v.digest)
    return certificate_of(said, {m: net.notary.seal(m).sign(said) for m in members})


@pytest.mark.parametrize("flaw", ["few", "other value", "other slot", "twice", "forged"])
def test_a_false_certificate_decides_nothing(flaw):
    net = Net(ConsistentBroadcast, 4, 1)
    good = signed(net, (0, 1, 2), 1, A)
    certificates = {
        "few": signed(net, (0, 1), 1, A),
        "other value": signed(net, (0, 1, 2), 1, B),
        "other slot": signed(net, (0, 1, 2), 2, A),
        "twice": type(good)(good.digest, (*good.signatures[:2], good.signatures[1])),
        "forged": type(good)(
            good.digest, (*good.signatures[:2], type(good.signatures[0])(2, b"no"))
        ),
    }
    node = net.hosts[3].node
    assert node.on_message(CastFinal(0, 1, A, certificates[flaw]), 0) == []
    assert len(node.on_message(CastFinal(0, 1, A, good), 0)) == 1


def test_a_signature_of_another_member_is_not_counted_and_does_no_harm():
    net = Net(ConsistentBroadcast, 4, 1)
    said = statement(1, A.digest)
    stolen = CastSign(1, 1, net.notary.seal(2).sign(said))
    wrong = CastSign(1, 1, net.notary.seal(1).sign(statement(1, B.digest)))
    script = [("root-0/0", stolen), ("root-0/0", wrong)]
    net = Net(ConsistentBroadcast, 4, 1, wrap=liars({1}, lambda m, node: Scripted(script)))
    net.propose(1, A)
    net.run()
    signers = [one.member for one in net.decided[0][1][1].certificate.signatures]
    assert signers == [0, 2, 3]


def test_an_equivocating_writer_never_gets_certificates_for_two_values():
    """It shows two of three members one value and the third another, and signs both itself."""
    net = Net(ConsistentBroadcast, 4, 1)
    signs = {}
    for member in (1, 2, 3):
        for v in (A, B) if member < 3 else (B, A):
            for effect in net.hosts[member].node.on_message(CastSend(0, 1, v), 0):
                signs.setdefault(v.digest, []).append(effect.message.signature.member)
    assert signs == {A.digest: [1, 2], B.digest: [3]}


def test_a_member_that_never_saw_the_value_gets_it_with_the_certificate():
    lost = lambda s, r, message, now: (  # noqa: E731
        "lost" if r == "root-0/3" and type(message).__name__ == "CastSend" else DELAY_NS
    )
    net = Net(ConsistentBroadcast, 4, 1, judge=lost)
    net.propose(1, A)
    net.run()
    assert len(decisions(net, 1)) == 4


def test_a_certificate_is_no_other_slots():
    found = Decided(1, A, signed(Net(ConsistentBroadcast, 4, 1), (0, 1, 2), 1, A))
    net = Net(ConsistentBroadcast, 4, 1)
    assert is_certified(net.notary, found, 3)
    assert not is_certified(net.notary, Decided(2, A, found.certificate), 3)
    assert not is_certified(net.notary, Decided(1, value("c"), found.certificate), 3)
    assert not is_certified(net.notary, Decided(1, A), 0)
