"""Liars that know HotStuff: they flood with everything that a member can say, valid or not."""

from itertools import product

from sim.protocol.agreement.hotstuff.certificates import Phase, QuorumCertificate, statement
from sim.protocol.agreement.hotstuff.messages import (
    Commit,
    Decide,
    Decision,
    Fetch,
    NewView,
    PreCommit,
    Prepare,
    Vote,
    Wish,
)
from sim.protocol.signatures import Certificate, Signature
from tests.protocol.net import value

NUMBERS = (-1, 0, 1, 2, 3, 1 << 40, 1 << 70, 10**5000)


def nonsense(member, seal, words="abc"):
    """All kinds of messages with all kinds of numbers, signed by one member alone."""
    for view, slot, word in product(NUMBERS, NUMBERS, words):
        one = value(word)
        signature = seal.sign(b"anything")
        if 0 <= view < 1 << 63 and 0 <= slot < 1 << 63:
            signature = seal.sign(statement(Phase.PREPARE, view, slot, one.digest))
        for phase in Phase:
            proof = Certificate(one.digest, (signature,) * 3)
            high = QuorumCertificate(phase, view, slot, one.digest, proof)
            yield Vote(member, phase, view, slot, one.digest, signature)
            yield NewView(member, view, slot, high, one)
            yield NewView(member, view, slot, high, one, has_candidate=True)
            yield Prepare(member, view, slot, one, high)
            for kind in (PreCommit, Commit, Decide):
                yield kind(member, high)
            yield Decision(member, one, high, slot)
        yield NewView(member, view, slot)
        yield NewView(member, view, slot, has_candidate=True)
        yield Prepare(member, view, slot, one)
        yield Wish(member, view, slot)
        yield Wish(member, view, slot, gives_way=True)
        yield Fetch(member, slot)
    yield Vote(member, 7, 0, 1, value("a").digest, Signature(-3, b""))
    yield NewView(10**9, 0, 1)
