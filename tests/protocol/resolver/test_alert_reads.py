"""Critical alerts are told committed or visibly provisional; their absence takes a quorum."""

import pytest

from sim.protocol.alerts.contract import AlertState, State
from sim.protocol.resolver.alerts import read_alert
from sim.protocol.resolver.contract import Prefer
from tests.protocol.alerts.small import alert

EVERYBODY, MINORITY = (0, 1, 2, 3), (3,)


def shown(state):
    return AlertState(alert(), State(state))


@pytest.mark.parametrize("state", ["committed", "retracted"])
@pytest.mark.parametrize("prefer", Prefer)
def test_what_is_final_is_told_to_everybody_on_any_side(state, prefer):
    read = read_alert(shown(state), MINORITY, 3, prefer)
    assert (read.answered, read.final) == (True, True)


@pytest.mark.parametrize("state", ["provisional", "expired"])
def test_what_is_not_final_is_visibly_so_or_refused(state):
    available = read_alert(shown(state), EVERYBODY, 3, Prefer.AVAILABILITY)
    assert (available.answered, available.final) == (True, False)
    assert available.state.state is State(state)
    consistent = read_alert(shown(state), EVERYBODY, 3, Prefer.CONSISTENCY)
    assert (consistent.answered, consistent.reason) == (False, f"only {state}")


def test_that_there_is_no_alert_takes_a_quorum():
    assert read_alert(None, EVERYBODY, 3, Prefer.CONSISTENCY).answered
    assert not read_alert(None, MINORITY, 3, Prefer.CONSISTENCY).answered
    assert not read_alert(None, (3, 3, 3), 3, Prefer.CONSISTENCY).answered
    guess = read_alert(None, MINORITY, 3, Prefer.AVAILABILITY)
    assert (guess.answered, guess.state, guess.final) == (True, None, False)
