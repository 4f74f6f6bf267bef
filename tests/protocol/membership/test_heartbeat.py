"""Heartbeats and what makes silence suspicious."""

from dataclasses import replace

import pytest

from sim.protocol.effects import Output, SetTimer
from sim.protocol.membership.contract import Alive, Failed, Post, Suspected
from sim.protocol.membership.heartbeat import Heartbeat, Heartbeats
from sim.protocol.membership.phi import PhiExponential, PhiNormal
from sim.protocol.membership.registry import DETECTORS, timeout_floor_ns
from sim.protocol.membership.timing import FixedTimeout
from tests.protocol.membership.world import MS, S, World, constant


def watcher(confirm_ns=0, timing=lambda: FixedTimeout(3 * S)):
    node = Heartbeats(Post("parent", ("child",)), timing, S, confirm_ns=confirm_ns)
    node.start(0)
    return node


def beat(number, life=0):
    return Heartbeat("child", life, number)


def outputs(effects):
    return [effect.event for effect in effects if isinstance(effect, Output)]


def test_silence_is_counted_from_the_start_even_if_nothing_ever_arrives():
    node = Heartbeats(Post("parent", ("child",)), lambda: FixedTimeout(3 * S), S)
    assert node.start(5 * S) == [SetTimer("quiet child", 3 * S)]
    suspected, failed = outputs(node.on_timer("quiet child", 8 * S))
    assert (suspected, failed) == (Suspected("child", "parent"), Failed("child", "parent"))


def test_a_suspect_fails_only_after_the_time_it_has_to_show_itself():
    node = watcher(confirm_ns=2 * S)
    effects = node.on_timer("quiet child", 3 * S)
    assert outputs(effects) == [Suspected("child", "parent")]
    assert SetTimer("dead child", 2 * S) in effects
    assert outputs(node.on_timer("dead child", 5 * S)) == [Failed("child", "parent")]
    assert node.suspects() == ["child"]


def test_a_heartbeat_clears_a_suspicion_and_the_failure_does_not_follow():
    node = watcher(confirm_ns=2 * S)
    node.on_timer("quiet child", 3 * S)
    assert outputs(node.on_message(beat(1), 4 * S)) == [Alive("child", "parent")]
    assert node.on_timer("dead child", 5 * S) == []
    assert node.suspects() == []


def test_a_repeated_or_overtaken_heartbeat_is_no_sign_of_life():
    node = watcher()
    node.on_message(beat(2), S)
    for stale in (beat(2), beat(1)):
        assert node.on_message(stale, 3 * S) == []
    assert outputs(node.on_timer("quiet child", 4 * S))[0] == Suspected("child", "parent")


def test_a_restarted_source_begins_anew_to_count_its_heartbeats():
    node = watcher()
    node.on_message(beat(99), S)
    node.on_message(beat(1, life=1), 2 * S)
    assert outputs(node.on_timer("quiet child", 4 * S)) == []


def test_heartbeats_of_strangers_and_other_messages_are_not_looked_at():
    node = watcher()
    assert node.on_message(Heartbeat("stranger", 10**30, 10**30), S) == []
    assert node.suspects() == []


def test_a_timer_is_set_once_in_a_timeout_and_not_for_every_heartbeat():
    node = watcher()
    timers = [node.on_message(beat(number), number * S) for number in range(1, 3)]
    assert timers == [[], []]
    assert node.on_timer("quiet child", 3 * S) == [SetTimer("quiet child", 2 * S)]


def test_a_window_that_narrows_makes_the_next_suspicion_come_earlier():
    timing = PhiNormal(8, S, window=4)
    timing.begin(0)
    spans = []
    for number in range(1, 12):
        timing.heard(number * S + (number < 4) * (number % 2) * 300 * MS)
        spans.append(timing.suspect_at_ns() - number * S)
    assert max(spans[2:6]) > spans[-1] == S + 0


def test_phi_keeps_a_regular_source_a_smallest_deviation():
    timing = PhiNormal(8, S, sd_ns_min=100 * MS)
    timing.begin(0)
    for number in range(1, 5):
        timing.heard(number * S)
    assert timing.suspect_at_ns() / S == pytest.approx(4 + 1.561, abs=1e-3)


def test_a_clock_that_is_set_back_does_not_upset_phi():
    for timing in (PhiNormal(8, S), PhiExponential(8, S)):
        timing.begin(10 * S)
        for now_ns in (11 * S, 12 * S, 2 * S, 3 * S):
            timing.heard(now_ns)
        assert timing.suspect_at_ns() > 3 * S


def test_a_paused_node_is_suspected_and_taken_back():
    world = World(constant(10 * MS))
    options = {"period_ns": S, "timeout_ns": 2 * S}
    make = DETECTORS["heartbeat"]
    world.add("child", lambda life: make(Post("child", (), ("parent",), options=options)))
    world.add("parent", lambda life: make(Post("parent", ("child",), options=options)))
    world.run(5 * S)
    world.hosts["child"].pause()
    world.run(10 * S)
    world.hosts["child"].resume()
    world.run(15 * S)
    assert [type(event) for _, event in world.opinions] == [Suspected, Failed, Alive]
    assert world.times(Suspected) == [7 * S + 10 * MS]  # beats at 0, 1 ... 5


@pytest.mark.parametrize("durable", [True, False])
@pytest.mark.parametrize("kind", DETECTORS)
def test_every_detector_fails_a_crashed_node_and_takes_back_one_that_restarts(kind, durable):
    names = ("a", "b", "c", "d")
    world = World(constant(10 * MS))
    options = {"period_ns": S}
    for name in names:
        others = tuple(one for one in names if one != name)
        post = Post(name, others, others, options=options)
        world.add(name, lambda life, post=post: DETECTORS[kind](replace(post, life=life)))
    world.run(20 * S)
    assert world.opinions == []
    world.hosts["b"].crash()
    world.run(120 * S)
    assert sorted(event.by for _, event in world.opinions if type(event) is Failed) == list("acd")
    assert {event.member for _, event in world.opinions} == {"b"}
    world.hosts["b"].restart(durable=durable)
    world.run(200 * S)
    alive = [event for at, event in world.opinions if at > 120 * S]
    assert sorted(event.by for event in alive if type(event) is Alive) == list("acd")
    assert {type(event) for event in alive if event.by != "b"} == {Alive}


def test_a_timeout_must_be_longer_than_a_correct_node_can_be_silent():
    assert timeout_floor_ns("swim", 80 * MS) == 80 * MS
    assert timeout_floor_ns("heartbeat", 80 * MS, period_ns=S) == S + 80 * MS
    with pytest.raises(KeyError):
        timeout_floor_ns("guess", 80 * MS)
