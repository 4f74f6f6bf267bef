"""Alerts are taken back by a decision of the agreement protocol, and by nothing else."""

from dataclasses import replace

import pytest

from sim.protocol.agreement.certify import is_certified
from sim.protocol.agreement.contract import Decided, Value
from sim.protocol.agreement.registry import PROTOCOLS
from sim.protocol.alerts.contract import State, retraction
from sim.protocol.alerts.messages import Retract, Retraction
from sim.protocol.effects import Output
from sim.protocol.signatures import Certificate
from tests.protocol.alerts.net import SECOND, AlertNet, keeper_names, split
from tests.protocol.alerts.small import alert, keeper, taken_back
from tests.protocol.net import Net


def decision(net, alert_id, members=(0, 1, 2)):
    value = Value(retraction(*alert_id))
    signed = tuple(net.notary.seal(member).sign(value.digest) for member in members)
    return Retraction(Decided(1, value, Certificate(value.digest, signed)))


def take_back(net, member, at_ns, members=(0, 1, 2)):
    def tell():
        (entry,) = net.hosts[member].node.ledger
        net.hosts[member].tell(Retract(entry.alert, decision(net, entry.alert.id, members)))

    net.kernel.at(at_ns, tell)


def test_a_decision_takes_a_committed_alert_back_everywhere():
    net = AlertNet(4, 1)
    net.alert("regional-0", "overload")
    take_back(net, 1, 2 * SECOND)
    net.run(5 * SECOND)
    for member in range(4):
        said = [event.state.value for _, event in net.states(member)]
        assert said[-2:] == ["committed", "retracted"]


def test_too_few_signatures_take_nothing_back():
    net = AlertNet(4, 1)
    net.alert("regional-0", "overload")
    take_back(net, 1, 2 * SECOND, members=(0, 1))
    net.run(5 * SECOND)
    assert [net.last(member) for member in range(4)] == [{("regional-0", 0): "committed"}] * 4


def test_a_raiser_that_asks_on_learns_that_its_alert_was_taken_back():
    groups = (keeper_names(0, 1), [*keeper_names(2, 3), "regional-0"])
    net = AlertNet(4, 1, judge=split(*groups, until_ns=4 * SECOND))
    net.alert("regional-0", "overload")
    take_back(net, 3, 2 * SECOND)
    net.run(10 * SECOND)
    assert net.shown["regional-0"][-1][1].state is State.RETRACTED
    assert [net.last(member) for member in range(4)] == [{("regional-0", 0): "retracted"}] * 4


def test_a_retraction_that_comes_before_its_alert_holds():
    one = keeper(0)
    effects = one.on_message(Retract(alert(), taken_back(alert())), 0)
    shown = [effect.event.state for effect in effects if isinstance(effect, Output)]
    assert shown == [State.RETRACTED]


def test_nothing_comes_after_a_retraction():
    one = keeper(0)
    one.on_message(Retract(alert(), taken_back(alert())), 0)
    later = one.on_timer("expire 0 regional-0", 60 * SECOND)
    assert not [effect for effect in later if isinstance(effect, Output)]


@pytest.mark.parametrize("kind", ["consistent_broadcast", "bracha"])
def test_what_a_real_protocol_decides_is_proof_to_every_keeper(kind):
    """The committee decides; one replica tells its keeper; the others learn it from that one."""
    agreed = Net(PROTOCOLS[kind].make_certified, 4, 1)
    agreed.propose(1, Value(retraction("regional-0", 0), content="because"))
    agreed.run(SECOND)
    (_, decided) = agreed.decided[2][1]
    proves = lambda claimed: is_certified(agreed.notary, claimed, 3)  # noqa: E731
    net = AlertNet(4, 1, proves=proves)
    net.alert("regional-0", "overload")

    def tell():
        (entry,) = net.hosts[2].node.ledger
        net.hosts[2].tell(Retract(entry.alert, Retraction(decided)))

    net.kernel.at(SECOND, tell)
    net.run(4 * SECOND)
    assert [net.last(member) for member in range(4)] == [{("regional-0", 0): "retracted"}] * 4


def test_of_a_proof_only_what_was_signed_is_kept():
    claimed = taken_back(alert()).decided
    bloated = Retraction(replace(claimed, value=replace(claimed.value, content=[0] * 1000)))
    one = keeper(0)
    one.on_message(Retract(alert(), bloated), 0)
    (entry,) = one.ledger
    assert entry.retraction.decided.value.content is None
