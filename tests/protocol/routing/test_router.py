"""What any router does, whatever its discipline: one message at a time, nothing lost silently."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.protocol.effects import Send, SetTimer
from sim.protocol.messages import Message
from sim.protocol.routing.contract import Passed, Ranked, Shed, at_bit_rate
from sim.protocol.routing.registry import DISCIPLINES
from tests.protocol.routing.small import (
    CRITICAL,
    ROUTINE,
    Line,
    pulse,
    router,
    update,
)


def test_a_message_leaves_when_its_last_bit_has_been_sent():
    message = update(padding_bytes=912)  # 64 + 24 + 912 = 1000 bytes
    node = router(line=at_bit_rate(8_000_000), record=False)
    assert node.on_message(message, now_ns=0) == [SetTimer("sent", 1_000_000)]
    assert node.on_timer("sent", now_ns=1_000_000) == [Send("root", message)]


def test_transmission_times_are_rounded_up_so_that_no_line_is_faster_than_its_rate():
    assert at_bit_rate(3)(Message()) == 170_666_666_667


def test_a_line_without_a_rate_is_refused():
    with pytest.raises(ValueError, match="above 0"):
        at_bit_rate(0)


def test_messages_that_find_the_line_busy_wait_for_it():
    line = Line(router())
    line.offer(0, update("a"), update("b"), update("c"))
    line.run()
    assert [at_ns for at_ns, _ in line.sent] == [1, 2, 3]
    assert [row.waited_ns for row in line.rows if isinstance(row, Passed)] == [0, 1, 2]


def test_what_is_no_update_is_ignored():
    assert router().on_message(Message(), 0) == []


def test_nobody_but_the_children_is_served():
    line = Line(router())
    line.offer(0, update("mallory"))
    assert [row.why for row in line.rows if isinstance(row, Shed)] == ["stranger"]
    assert line.node.tally.stranger == 1
    assert line.node.held == 0


@pytest.mark.parametrize(
    "message",
    [
        update(version=1 << 63),
        update(version=float("nan")),
        update(version=None),
        update(state=None),
        update(padding_bytes="many"),
        update(born_ns=-(1 << 70)),
        update(padding_bytes=-1000),
        update(padding_bytes=1 << 40),
        update(state=(0.0,) * 9000),
    ],
)
def test_what_cannot_be_is_refused_and_counted(message: Ranked):
    line = Line(router())
    line.offer(0, message)
    assert line.node.tally.malformed == 1
    assert line.node.held == 0


@pytest.mark.parametrize("claim", [-5, 3, 1 << 200, "critical", None, float("nan")])
def test_a_class_that_there_is_not_is_routine_here_and_further_up(claim: object):
    line = Line(router("priority"))
    line.offer(0, update("a", importance=claim))
    line.run()
    assert line.sent[0][1].importance is ROUTINE


def test_a_full_queue_loses_by_the_discipline_and_counts_what_it_loses():
    line = Line(router(capacity=2))
    line.offer(0, *(update("a", version) for version in range(5)))
    line.run()
    assert line.order() == [("a", 0), ("a", 1), ("a", 2)]
    assert line.node.tally.full == 2
    assert [(row.version, row.why) for row in line.rows if isinstance(row, Shed)] == [
        (3, "full"),
        (4, "full"),
    ]


def test_a_restart_sends_what_was_on_the_line_anew():
    line = Line(router())
    line.offer(0, update("a"), update("b"))
    assert line.node.start(5) == [SetTimer("sent", 1)]


# The newest replaces


def test_a_newer_update_takes_the_place_of_the_waiting_one():
    line = Line(router(replace=True))
    line.offer(0, update("a", 1), update("b", 1), update("c", 1), update("b", 2))
    line.run()
    assert line.order() == [("a", 1), ("b", 2), ("c", 1)]
    assert line.node.tally.replaced == 1


def test_an_update_that_comes_late_does_not_replace_a_newer_one():
    line = Line(router(replace=True))
    line.offer(0, update("a", 1), update("b", 5), update("b", 4))
    line.run()
    assert line.order() == [("a", 1), ("b", 5)]


def test_nothing_that_is_routine_replaces_something_critical():
    line = Line(router("priority", replace=True))
    line.offer(0, update("a"), update("b", 1, CRITICAL), update("b", 2, ROUTINE))
    line.run()
    assert line.order() == [("a", 1), ("b", 1), ("b", 2)]


def test_a_pulse_replaces_pulses_and_no_update():
    line = Line(router(replace=True))
    line.offer(0, update("a"), update("b", 1), pulse("b", born_ns=1), pulse("b", born_ns=2))
    line.run()
    assert [(message.source, message.born_ns) for _, message in line.sent] == [
        ("a", 0),
        ("b", 0),
        ("b", 2),
    ]


def test_a_larger_update_does_not_get_the_place_of_a_small_one():
    line = Line(router(replace=True))
    line.offer(0, update("a"), update("b", 1), update("c"), update("b", 2, padding_bytes=9))
    line.run()
    assert line.order() == [("a", 1), ("b", 1), ("c", 1), ("b", 2)]


# Whatever anybody sends

_messages = st.builds(
    update,
    st.sampled_from(["a", "b", "c", "mallory"]),
    st.integers(-(1 << 65), 1 << 65) | st.integers(0, 5),
    st.integers(-2, 4) | st.none(),
    padding_bytes=st.integers(-200, 70_000),
    born_ns=st.integers(-(1 << 65), 1 << 65),
)


@pytest.mark.parametrize("kind", DISCIPLINES)
@settings(max_examples=30)
@given(
    arrivals=st.lists(st.tuples(st.integers(0, 3), _messages), max_size=30),
    capacity=st.integers(1, 4),
    replace=st.booleans(),
)
def test_every_message_is_sent_or_held_or_counted_and_memory_is_bounded(
    kind: str, arrivals: list[tuple[int, Ranked]], capacity: int, replace: bool
):
    line = Line(router(kind, capacity=capacity, replace=replace))
    now_ns = 0
    for gap_ns, message in arrivals:
        now_ns += gap_ns
        line.offer(now_ns, message)
        tally = line.node.tally
        parted = tally.replaced + tally.full + tally.stranger + tally.malformed
        assert tally.received == tally.sent + line.node.held + parted
        assert line.node.held <= capacity + 1
    line.run()
    assert line.node.held == 0
    assert line.node.tally.sent == len(line.sent)
