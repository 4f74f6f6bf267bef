"""Liars in a committee, each a shim around a real node in a small network of real hosts."""

from functools import partial

import pytest

from sim.adversary.members import SHIMS, Seat
from sim.protocol.agreement.contract import Decided, Propose
from sim.protocol.agreement.registry import PROTOCOLS
from sim.protocol.agreement.versions import Version
from sim.protocol.committee import Committee
from sim.protocol.effects import Broadcast, Output, Send, SetTimer
from sim.scenario.catalogue import ADVERSARIES
from sim.scenario.members import MEMBER_KINDS
from tests.protocol.net import DELAY_NS, Net, value

BOUND_NS = 100 * DELAY_NS
OPTIONS = {
    "delay_to_bound": {"margin_ns": 10 * DELAY_NS},
    "equivocate": {"by": 5.0},
    "forge": {"by": 5.0},
    "selective_silence": {"side": "low"},
    "silence": {},
    "stale_replay": {"by_ns": 20 * DELAY_NS},
}
TRUE, FALSE = value("true", 1.0), value("true, 5 sd higher", 6.0)
PBFT = {"timeout_ns": BOUND_NS}
every_kind = pytest.mark.parametrize("kind", SHIMS)


def falsify(slot, true, by):
    return value(f"stale {slot}") if by == 0 else FALSE


def liar(kind, make, names=("a", "b", "c", "d"), member=0, begin_ns=0, end_ns=None):
    seat = Seat(names[member], names, make, begin_ns, end_ns, BOUND_NS, falsify)
    return SHIMS[kind](seat, OPTIONS[kind])


def net(kind, protocol="pbft", member=0, n=4, **times):
    """A network in which one member lies."""
    shims = []

    def make(membership):
        node = partial(PROTOCOLS[protocol].make, membership)
        if membership.member != member or kind is None:
            return node()
        shims.append(liar(kind, node, membership.committee.names, member, **times))
        return shims[-1]

    found = Net(make, n, 1, **(PBFT if protocol in ("pbft", "hotstuff") else {}))
    found.shim = shims[0] if shims else None
    return found


def sent_by(net, member):
    """Receivers and instants of the messages of a member."""
    sent = net.journal.table("sent")
    mine = sent["sender"] == net.committee.names[member]
    return list(zip(sent["receiver"][mine].tolist(), sent["at_ns"][mine].tolist(), strict=True))


class Talks:
    """Says everything in every way whenever it hears a candidate."""

    def start(self, now_ns):
        return [SetTimer("mine", 5)]

    def on_message(self, message, now_ns):
        if not isinstance(message, Propose):
            return []
        said = Version(0, message.slot, message.value)
        decided = Output(Decided(message.slot, message.value))
        return [Broadcast(said), Send("b", said), Send("a", said), decided]

    def on_timer(self, name, now_ns):
        return [Broadcast(Version(0, 1, TRUE))]


def test_the_checks_of_a_scenario_name_exactly_the_shims():
    assert list(SHIMS) == list(MEMBER_KINDS)
    assert set(SHIMS) <= set(ADVERSARIES)


@every_kind
def test_each_says_what_it_is_expected_to_do(kind):
    assert len(SHIMS[kind].expects) > 40


@every_kind
@pytest.mark.parametrize("protocol", ["bracha", "consistent_broadcast", "pbft", "hotstuff"])
def test_correct_members_never_decide_differently(kind, protocol):
    found = net(kind, protocol)
    for slot in (1, 2, 3):
        found.propose(slot, TRUE, at_ns=slot * 30 * DELAY_NS)
    found.run()
    for slot in (1, 2, 3):
        digests = {one[slot][1].value.digest for one in found.decided[1:] if slot in one}
        assert len(digests) <= 1
    assert found.shim.deeds


@every_kind
@pytest.mark.parametrize("protocol", ["pbft", "hotstuff"])
def test_consensus_decides_whatever_its_leader_does(kind, protocol):
    found = net(kind, protocol)
    for slot in (1, 2, 3):
        found.propose(slot, TRUE, at_ns=slot * 30 * DELAY_NS)
    found.run()
    assert [sorted(one) for one in found.decided[1:]] == [[1, 2, 3]] * 3


@every_kind
def test_before_and_after_its_time_it_is_correct(kind):
    honest = net(None)
    late = net(kind, begin_ns=10 * BOUND_NS)
    early = net(kind, begin_ns=0, end_ns=1)
    for one in (honest, late, early):
        one.propose(1, TRUE, at_ns=10)
        one.run(5 * BOUND_NS)
    assert late.messages == early.messages == honest.messages
    assert late.decided == early.decided == honest.decided
    assert late.shim.deeds == early.shim.deeds == 0


def test_a_silent_member_tells_nobody_but_itself():
    shim = liar("silence", Talks)
    to_itself = [Send("a", Version(0, 1, TRUE))] * 2
    assert shim.on_message(Propose(1, TRUE), 0) == to_itself
    assert shim.start(0) == [SetTimer("mine", 5)]
    assert shim.deeds == 3  # a broadcast, a message and a decision


@pytest.mark.parametrize(("member", "heard"), [(0, {"c", "d"}), (3, {"b", "c"})])
def test_a_selectively_silent_member_leaves_out_the_smaller_half(member, heard):
    shim = liar("selective_silence", Talks, member=member)
    effects = shim.on_timer("mine", 0)
    assert {effect.to for effect in effects} - {shim.seat.name} == heard


def test_a_forger_proposes_and_publishes_what_is_false():
    shim = liar("forge", Talks)
    *said, decided = shim.on_message(Propose(1, TRUE), 0)
    assert said[0] == Broadcast(Version(0, 1, FALSE))
    assert decided == Output(Decided(1, FALSE))
    assert shim.deeds == 1


def test_a_forger_publishes_its_own_whatever_the_others_decide():
    found = net("forge", member=2)
    found.propose(1, TRUE)
    found.run()
    assert [one[1][1].value for one in found.decided] == [TRUE, TRUE, FALSE, TRUE]


def test_what_is_replayed_was_true_long_ago():
    shim = liar("stale_replay", Talks)
    first = shim.on_message(Propose(1, TRUE), 0)
    assert first[0] == Broadcast(Version(0, 1, TRUE))
    later = shim.on_message(Propose(2, TRUE), 20 * DELAY_NS)
    assert later[0] == Broadcast(Version(0, 2, value("stale 2")))
    assert Send("c", Version(0, 1, TRUE)) in later


def test_messages_leave_a_margin_before_the_timeout():
    found = net("delay_to_bound")
    found.propose(1, TRUE)
    found.run(BOUND_NS - 5 * DELAY_NS)
    assert {at_ns for _, at_ns in sent_by(found, 0)} == {BOUND_NS - 10 * DELAY_NS}


def test_a_slow_leader_that_leaves_enough_time_is_never_replaced():
    found = net("delay_to_bound")
    found.propose(1, TRUE)
    found.run()
    at_ns, decided = found.decided[1][1]
    assert decided.view == 0
    assert at_ns == BOUND_NS - 10 * DELAY_NS + 3 * DELAY_NS


def test_twins_tell_each_half_another_story():
    names = ("a", "b", "c", "d")
    shim = liar("equivocate", Talks, names)
    told = {
        effect.to: effect.message.value.digest
        for effect in shim.on_message(Propose(1, TRUE), 0)
        if isinstance(effect, Send)
    }
    assert told == {"b": FALSE.digest, "c": TRUE.digest, "d": FALSE.digest}


def test_the_timers_of_twins_are_their_own():
    shim = liar("equivocate", Talks)
    assert shim.start(0) == [SetTimer("0 mine", 5), SetTimer("1 mine", 5)]
    assert {effect.to for effect in shim.on_timer("1 mine", 0)} == {"b", "d"}
    assert {effect.to for effect in shim.on_timer("0 mine", 0)} == {"c"}


def test_twins_split_a_committee_whose_quorums_do_not_intersect(monkeypatch):
    monkeypatch.setattr(Committee, "quorum", property(lambda committee: 2))
    found = net("equivocate", "consistent_broadcast")
    found.propose(1, TRUE)
    found.run()
    decided = [one[1][1].value.digest for one in found.decided[1:]]
    assert decided == [FALSE.digest, TRUE.digest, FALSE.digest]
