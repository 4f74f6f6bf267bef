"""A source sends by its policy, in the class of its score, and pulses whatever the policy says."""

import math

import pytest

from sim.protocol.effects import Send, SetTimer
from sim.protocol.messages import Message
from sim.protocol.routing.contract import Pulse, Ranked
from sim.protocol.routing.importance import Importance, Thresholds
from sim.protocol.routing.registry import POLICIES
from sim.protocol.routing.reporter import Measured, Pulses, Reporter


def reporter(**more: object) -> Reporter:
    return Reporter("a", "local-0", POLICIES["on_delta"](1, 1, delta=1.0), **more)


def test_an_update_carries_its_class_and_what_silence_will_mean():
    effects = reporter(epoch=3).on_message(Measured((5.0,), score=4.0), 70)
    expected = Ranked("a", 3, 1, 70, (5.0,), importance=Importance.URGENT, score=4.0, silence=1.0)
    assert effects == [Send("local-0", expected)]


def test_what_the_policy_holds_back_is_not_sent_nor_numbered():
    node = reporter()
    sent = [node.on_message(Measured((value,)), at) for at, value in enumerate([0.0, 1.0, 1.1])]
    assert [len(effects) for effects in sent] == [1, 0, 1]
    assert node.version == 2


def test_pulses_go_on_while_nothing_is_sent_and_name_the_last_update():
    node = reporter(pulses=Pulses(period_ns=100, phase_ns=7))
    assert node.start(0) == [SetTimer("pulse", 7)]
    node.on_message(Measured((5.0,)), 5)
    assert node.on_timer("pulse", 7) == [
        Send("local-0", Pulse("a", 0, 1, 7)),
        SetTimer("pulse", 100),
    ]


def test_without_pulses_there_is_no_timer_and_strangers_tell_a_source_nothing():
    node = reporter()
    assert node.start(0) == []
    assert node.on_message(Message(), 0) == []


@pytest.mark.parametrize(
    ("score", "name"),
    [(math.nan, "ROUTINE"), (-9.0, "ROUTINE"), (3.0, "URGENT"), (6.0, "CRITICAL")],
)
def test_a_score_on_a_threshold_is_in_the_class_above_it(score: float, name: str):
    assert Thresholds(urgent=3.0, critical=6.0).importance(score).name == name


@pytest.mark.parametrize("urgent", [7.0, math.nan])
def test_thresholds_that_cross_are_refused(urgent: float):
    with pytest.raises(ValueError, match="not below"):
        Thresholds(urgent=urgent, critical=6.0)
