"""What the table of alerts says of raisers who are refused, and of those who tell two stories."""

from dataclasses import replace

import pytest

from sim.engine.control.alarms import Alarms
from sim.engine.control.plane import ControlPlane
from sim.engine.simulation import Simulation
from sim.protocol.alerts.contract import SUBJECT_LENGTH_MAX, RaiseAlert
from sim.protocol.alerts.messages import Raise
from sim.protocol.effects import Send
from sim.protocol.signatures import digest
from tests.engine.control.lied import simulation
from tests.engine.scenarios import MS, S

PATH = "alerts.raised[0]"
RAISER = "regional-1 raiser"


@pytest.fixture
def run():
    return simulation("versions", alerts={"raised": [{"by": "regional-1", "at": "1s"}]}, reads=[])


def part(run: Simulation, kind: type) -> object:
    (found,) = (one for one in run.components if isinstance(one, kind))
    return found


def shown(run: Simulation, state: str) -> list[tuple[int, str, str]]:
    """When which node said so of which alert."""
    rows = run.run().tables["alerts"]
    mine = rows["state"] == state
    names = ("at_ns", "node", "alert")
    return list(zip(*(rows[name][mine].tolist() for name in names), strict=True))


def test_an_alert_that_no_keeper_would_take_is_shown_as_refused(run):
    plane = part(run, ControlPlane)
    subject = "x" * (SUBJECT_LENGTH_MAX + 1)
    request = RaiseAlert(subject, digest("evidence"))
    plane.kernel.at(S, plane.host(RAISER).tell, request)
    assert shown(run, "refused") == [(S, "regional-1", subject)]


def tell_another_story(run, subject):
    """The raiser signs a second content for its first alert, and tells it to one keeper."""
    plane, alarms = part(run, ControlPlane), part(run, Alarms)
    raiser = plane.host(RAISER)
    other = replace(raiser.node.raised[0].alert, subject=subject, evidence=digest("another"))
    other = replace(other, signature=raiser.node._seal.sign(other.digest))
    raiser.carry_out([Send(alarms.committee.names[2], Raise(other))])


@pytest.mark.parametrize("subject", [PATH, "another"])
def test_a_keeper_that_hears_two_stories_of_an_alert_shows_each_once(run, subject):
    part(run, ControlPlane).kernel.at(1_500 * MS, tell_another_story, run, subject)
    found = shown(run, "equivocated")
    assert [(node, alert) for _, node, alert in found] == [
        ("root-0/2", one) for one in dict.fromkeys((PATH, subject))
    ]
    assert all(1_500 * MS < at_ns < 1_600 * MS for at_ns, _, _ in found)


def test_nobody_is_accused_where_nobody_lies(run):
    rows = run.run().tables["alerts"]
    assert set(rows["state"].tolist()) == {"provisional", "committed"}
