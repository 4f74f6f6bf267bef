"""Protocols with one mistake each: the explorer must find out about every one of them."""

from dataclasses import replace

from sim.protocol.agreement.bracha import Bracha
from sim.protocol.agreement.consistent_broadcast import ConsistentBroadcast
from sim.protocol.agreement.hotstuff.leader import Leadership
from sim.protocol.agreement.hotstuff.node import HotStuff
from sim.protocol.agreement.hotstuff.safety import Safety
from sim.protocol.agreement.pbft.node import PBFT
from sim.protocol.committee import Committee


class Pair(Committee):
    """Thinks that two of four are a quorum: two such need not share a correct member."""

    __slots__ = ()
    quorum = property(lambda self: 2)


def content_with_two(make):
    def pair(membership):
        committee = membership.committee
        return make(replace(membership, committee=Pair(committee.names, committee.f)))

    pair.__name__ = f"{make.__name__}ContentWithTwo"
    return pair


def _of_bracha(node):
    slots = [slot for _, slot in node._broadcasts._slots.items()]
    return [broadcast for slot in slots for broadcast in slot.open.values()]


class BrachaDeliversEarly(Bracha):
    """Delivers at f + 1 readies: that others will be ready, too, is not certain then."""

    def __init__(self, membership):
        super().__init__(membership)
        self._broadcasts._enough = 2


class BrachaEchoesTwice(Bracha):
    def on_message(self, message, now_ns):
        effects = super().on_message(message, now_ns)
        for broadcast in _of_bracha(self):
            broadcast.has_echoed = False
        return effects


class BrachaSaysEverythingTwice(BrachaEchoesTwice):
    def on_message(self, message, now_ns):
        effects = super().on_message(message, now_ns)
        for broadcast in _of_bracha(self):
            broadcast.is_ready = False
        return effects


class SignsTwice(ConsistentBroadcast):
    def on_message(self, message, now_ns):
        effects = super().on_message(message, now_ns)
        for _, slot in self._slots.items():
            slot.has_signed = False
        return effects


class StartsAgain(PBFT):
    """Forgets, at each proposal, what was said of the slot."""

    def _on_pre_prepare(self, proposal, now_ns):
        self._slots.pop(proposal.slot, None)
        return super()._on_pre_prepare(proposal, now_ns)


class VotesAgain(Safety):
    def vote(self, view, phase):
        return True


class Unlocks(Safety):
    """Votes for another value than it is locked on, though nothing proves that it may."""

    def is_safe(self, value, high):
        return True


class Forgetful(Leadership):
    """Proposes its own candidate, whatever certificates say."""

    def _highest(self):
        return replace(super()._highest(), high=None, value=None)


class HotStuffWith(HotStuff):
    """HotStuff with other safety rules, or another leadership."""

    safety, leadership = Safety, Leadership

    def _open_next_slot(self):
        super()._open_next_slot()
        self._voter.safety.__class__ = self.safety
        self._leadership.__class__ = self.leadership

    def _enter(self, view):
        effects = super()._enter(view)
        self._leadership.__class__ = self.leadership
        return effects


class HotStuffVotesAgain(HotStuffWith):
    safety = VotesAgain


class HotStuffUnlocks(HotStuffWith):
    safety = Unlocks


class HotStuffForgets(HotStuffUnlocks):
    """A liar: neither what it is locked on nor what others are counts when it leads."""

    leadership = Forgetful
