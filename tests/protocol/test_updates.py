import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.protocol.effects import Record, Send, SetTimer
from sim.protocol.messages import Message, Update
from sim.protocol.updates import Heard, Monitor, Relay, Source


def update(version, *, source="agent-1", epoch=0, born_ns=0):
    return Update(source, epoch, version, born_ns)


def test_a_source_waits_for_each_interval_and_then_sends_the_next_version():
    source = Source("agent-1", "local-0", iter([10, 20]))
    assert source.start(0) == [SetTimer("emit", 10)]
    first, wait = source.on_timer("emit", 10)
    assert first == Send("local-0", update(1, born_ns=10))
    assert wait == SetTimer("emit", 20)


def test_a_source_without_further_intervals_falls_silent_after_its_last_update():
    source = Source("agent-1", "local-0", iter([10]))
    source.start(0)
    assert source.on_timer("emit", 10) == [Send("local-0", update(1, born_ns=10))]


def test_a_source_that_starts_again_with_its_state_goes_on_counting():
    source = Source("agent-1", "local-0", itertools.repeat(10))
    source.start(0)
    source.on_timer("emit", 10)
    assert source.start(100) == [SetTimer("emit", 10)]
    assert source.on_timer("emit", 110)[0] == Send("local-0", update(2, born_ns=110))


def test_a_source_without_its_state_is_newer_by_its_epoch():
    reborn = Source("agent-1", "local-0", itertools.repeat(10), epoch=1)
    reborn.start(100)
    sent = reborn.on_timer("emit", 110)[0].message
    assert sent.is_newer_than(update(99))


def test_a_source_does_not_listen():
    assert Source("agent-1", "local-0", iter([])).on_message(update(5), 0) == []


def test_a_relay_passes_an_update_on_as_it_is():
    assert Relay("root-0").on_message(update(1), 50) == [Send("root-0", update(1))]


def test_a_relay_stops_duplicates_and_older_updates():
    relay = Relay("root-0")
    relay.on_message(update(7), 0)
    assert relay.on_message(update(7), 1) == []
    assert relay.on_message(update(6), 2) == []


def test_a_monitor_records_what_is_news_to_it():
    heard = Heard("root-0", "agent-1", 0, 1, 5)
    assert Monitor("root-0").on_message(update(1, born_ns=5), 50) == [Record(heard)]


def test_an_update_from_before_the_partition_does_not_undo_a_newer_one():
    monitor = Monitor("root-0")
    monitor.on_message(update(7), 0)
    assert monitor.on_message(update(6), 1) == []
    assert monitor.newest.of["agent-1"] == update(7)


def test_sources_do_not_hide_each_other():
    monitor = Monitor("root-0")
    monitor.on_message(update(7), 0)
    assert monitor.on_message(update(1, source="agent-2"), 1) != []


@pytest.mark.parametrize("node", [Relay("root-0"), Monitor("root-0")], ids=["relay", "monitor"])
def test_messages_of_other_kinds_and_timers_change_nothing(node):
    assert node.start(0) == []
    assert node.on_message(Message(), 0) == []
    assert node.on_timer("emit", 0) == []
    assert node.newest.of == {}


UPDATES = st.builds(
    Update,
    source=st.sampled_from(["agent-1", "agent-2"]),
    epoch=st.integers(0, 2),
    version=st.integers(1, 5),
    born_ns=st.just(0),
)


@given(st.lists(UPDATES), st.randoms(use_true_random=False))
def test_order_and_repetition_do_not_change_what_a_monitor_ends_up_with(updates, shuffler):
    once, again = Monitor("a"), Monitor("b")
    shuffled = updates * 2
    shuffler.shuffle(shuffled)
    for monitor, sequence in ((once, updates), (again, shuffled)):
        for each in sequence:
            monitor.on_message(each, 0)
    assert once.newest.of == again.newest.of
    newest = {}
    for each in updates:
        newest[each.source] = max(newest.get(each.source, (0, 0)), (each.epoch, each.version))
    held = {name: (kept.epoch, kept.version) for name, kept in once.newest.of.items()}
    assert held == newest
