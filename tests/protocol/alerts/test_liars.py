"""Raisers that say two things, keepers that vouch for both, make things up, ask without end."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.protocol.alerts.contract import AlertState, Equivocated, State
from sim.protocol.alerts.messages import Certified, Holdings, Known, Raise, Summary
from sim.protocol.effects import Output, Send
from sim.protocol.signatures import Signature
from tests.protocol.alerts.net import SECOND, AlertNet
from tests.protocol.alerts.small import alert, certificate, keeper, known, vote


class Silent:
    def start(self, now_ns):
        return []

    def on_message(self, message, now_ns):
        return []

    def on_timer(self, name, now_ns):
        return []


def lying_net(heard, liar_votes):
    """Keepers 0 to 2 hear the contents `heard` from a lying raiser; 3 votes as it is told to."""
    net = AlertNet(4, 1, wrap=lambda member, node: Silent() if member == 3 else node)
    contents = []
    for subject in ("yes", "no"):
        said = alert(subject)
        contents.append(
            type(said)(
                said.raiser,
                0,
                0,
                subject,
                said.evidence,
                net.raisers.seal(said.raiser).sign(said.digest),
            )
        )
    for member, which in enumerate(heard):
        net.kernel.at(0, net.hosts[member].tell, Raise(contents[which]))
    for at, (to, which) in enumerate(liar_votes):
        vouching = known(contents[which])
        signed = net.notary.seal(3).sign(certificate(contents[which]).digest)
        vouching = type(vouching)((type(vouching.contents[0])(contents[which], (signed,)),))
        net.kernel.at(at, net.hosts[to].tell, Known(3, (vouching,)))
    return net


@given(
    st.tuples(*[st.integers(0, 1)] * 3),
    st.lists(st.tuples(st.integers(0, 2), st.integers(0, 1)), max_size=6),
)
@settings(max_examples=40)
def test_two_contents_of_one_alert_are_never_both_committed(heard, liar_votes):
    net = lying_net(heard, liar_votes)
    net.run(5 * SECOND)
    contents = {
        event.alert.digest
        for member in range(3)
        for _, event in net.states(member)
        if event.state is State.COMMITTED
    }
    assert len(contents) <= 1
    assert len({tuple(net.last(member).items()) for member in range(3)}) == 1


def test_with_the_vote_of_a_liar_one_of_two_contents_commits_and_the_lie_is_on_record():
    net = lying_net((0, 0, 1), [(0, 0), (2, 1)])
    net.run(5 * SECOND)
    for member in range(3):
        events = [event for _, who, event in net.outputs if who == member]
        assert [one.alert.subject for one in events if isinstance(one, AlertState)][-1] == "yes"
        assert net.last(member) == {("regional-0", 0): "committed"}
        assert len([one for one in events if isinstance(one, Equivocated)]) == 1


def test_two_contents_without_a_quorum_commit_neither():
    net = lying_net((0, 0, 1), [])
    net.run(5 * SECOND)
    assert [net.last(member) for member in range(3)] == [{("regional-0", 0): "provisional"}] * 3


def test_a_flood_beyond_the_quota_takes_no_room():
    one = keeper(0)
    for number in range(200):
        one.on_message(Raise(alert(number=number)), 0)
    assert len(one.ledger.entries) == 10


def test_a_keeper_that_invents_alerts_is_not_believed():
    invented = alert()
    invented = type(invented)("regional-1", 3, 0, "?", b"", Signature(1, b"?" * 32))
    one = keeper(0)
    assert one.on_message(Known(3, (known(invented, 3),)), 0) == []
    assert not one.ledger.entries


def test_the_whole_ledger_is_sent_once_for_each_summary_however_often_it_is_asked_for():
    one = keeper(0)
    one.on_message(Raise(alert()), 0)
    asked = Holdings(3, ())
    assert one.on_message(asked, 0) == []
    one.on_timer("sync", SECOND)
    answers = [one.on_message(asked, SECOND) for _ in range(5)]
    assert [len(answer) for answer in answers] == [1, 0, 0, 0, 0]


def test_holdings_are_sent_once_in_a_period_to_each_member():
    one = keeper(0)
    one.on_message(Raise(alert()), 0)
    answers = [one.on_message(Summary(3, b"?" * 32), 0) for _ in range(5)]
    assert [len(answer) for answer in answers] == [1, 0, 0, 0, 0]


def test_a_keeper_vouches_once_whatever_it_hears_later():
    one = keeper(0)
    first = one.on_message(Raise(alert("first")), 0)
    later = one.on_message(Raise(alert("second")), 0)
    votes = [
        signature
        for effect in (*first, *later)
        if isinstance(effect, Send) and effect.to == "root-0/1"
        for content in effect.message.alerts[0].contents
        for signature in content.signatures
    ]
    assert votes == [vote(0, alert("first"))]


@pytest.mark.parametrize(
    "message",
    [
        Known(7, (known(alert(), 0),)),
        Known(-1, (known(alert(), 0),)),
        Known(0, (known(alert(), 0),)),
        Known(3, (type(known(alert()))(()),)),
        Known(3, (type(known(alert()))((), certificate(alert())),)),
        Certified(alert("other"), certificate(alert())),
        Summary(10**30, b""),
        Holdings(3, (((10**9, "x"), b""),)),
    ],
    ids=repr,
)
def test_nonsense_commits_nothing_and_is_survived(message):
    one = keeper(0)
    effects = one.on_message(message, 0)
    shown = [effect.event for effect in effects if isinstance(effect, Output)]
    assert all(event.state is State.PROVISIONAL for event in shown)
