"""Alerts, votes and keepers without a network."""

from dataclasses import replace

from sim.protocol.agreement.contract import Decided, Membership, Value
from sim.protocol.alerts.contract import Alert, Raisers, retraction, vouched
from sim.protocol.alerts.keeper import Keeper
from sim.protocol.alerts.messages import Content, Knowledge, Retraction
from sim.protocol.committee import Committee
from sim.protocol.signatures import Certificate, Notary

COMMITTEE = Committee(tuple(f"root-0/{member}" for member in range(4)), 1)
NOTARY = Notary(b"a secret of the test", 4)
RAISERS = Raisers(("regional-0", "regional-1"), Notary(b"a secret of the raisers", 2), quota=10)


def alert(subject="overload", number=0, raiser="regional-0"):
    said = Alert(raiser, number, 0, subject, b"shown by this")
    return replace(said, signature=RAISERS.seal(raiser).sign(said.digest))


def vote(member, content):
    return NOTARY.seal(member).sign(vouched(content.digest))


def certificate(content, members=(0, 1, 2)):
    return Certificate(vouched(content.digest), tuple(vote(one, content) for one in members))


def known(content, *voters, **proofs):
    return Knowledge((Content(content, tuple(vote(one, content) for one in voters)),), **proofs)


def taken_back(content, members=(0, 1, 2)):
    value = Value(retraction(*content.id))
    signed = tuple(NOTARY.seal(one).sign(value.digest) for one in members)
    return Retraction(Decided(1, value, Certificate(value.digest, signed)))


def keeper(member, **options):
    seal = NOTARY.seal(member)
    return Keeper(Membership(COMMITTEE, member, seal, NOTARY, options=options), raisers=RAISERS)
