"""What the root holds of each source, and what it says of their mean while most are silent."""

import math

import numpy as np
import pytest

from sim.protocol.messages import Message
from sim.protocol.routing.estimators import alive, is_known, mean_of_heard, mean_with_silence
from sim.protocol.routing.sink import NEVER, Received, Sink
from tests.protocol.routing.small import pulse, update

SOURCES = ("a", "b")
STATES = [(), (1.0, 2.0), (math.nan,), (math.inf,), (10**400,), ("1",), (None,), None]


def sink(features: int = 1) -> Sink:
    return Sink("root", SOURCES, features)


def test_the_newest_update_of_a_source_wins_whatever_order_they_come_in():
    node = sink()
    news = node.on_message(update("a", 7, state=(1.5,), silence=0.5), 10)
    assert [effect.row for effect in news] == [Received("root", "a", 0, 7, 0, 2)]
    assert node.on_message(update("a", 6, state=(99.0,)), 20) == []
    assert node.on_message(update("a", 7, state=(1.5,)), 30) == []
    assert node.book.values[0] == 1.5
    assert node.book.updated_ns.tolist() == [10, NEVER]


@pytest.mark.parametrize("state", STATES)
def test_what_is_no_vector_of_numbers_is_kept_out(state: tuple[object, ...]):
    node = sink()
    assert node.on_message(update("a", state=state), 10) == []
    assert node.malformed == 1
    assert np.isnan(node.book.values[0, 0])


def test_numbers_too_large_for_any_clock_are_kept_out():
    node = sink()
    node.on_message(update("a", 1 << 70, state=(1.0,)), 10)
    assert node.malformed == 1


def test_strangers_are_counted_and_leave_no_trace():
    node = sink()
    node.on_message(update("mallory", state=(1.0,)), 10)
    node.on_message(Message(), 10)
    assert node.strangers == 1


@pytest.mark.parametrize("bound", [-1.0, math.nan, 10**400, "1"])
def test_a_silence_bound_that_is_none_bounds_nothing(bound: object):
    node = sink()
    node.on_message(update("a", state=(1.0,), silence=bound), 10)
    assert node.book.silence[0] == math.inf


# Silence and death


def test_a_source_without_pulses_is_dead_after_as_many_as_were_agreed():
    heard_ns = np.array([70, 69, NEVER])
    assert alive(heard_ns, now_ns=100, pulse_ns=10, missed=3).tolist() == [True, False, False]


def test_a_pulse_keeps_a_silent_source_alive():
    node = sink()
    node.on_message(update("a", 1, state=(1.0,)), 10)
    node.on_message(pulse("a", 1, born_ns=95), 96)
    assert is_known(node.book, now_ns=100, pulse_ns=10).tolist() == [True, False]
    assert node.book.updated_ns[0] == 10


def test_a_pulse_that_is_repeated_is_no_sign_of_life():
    node = sink()
    for at_ns in (20, 99):
        node.on_message(pulse("a", 1, born_ns=15), at_ns)
    assert node.book.alive_ns[0] == 20


def test_a_pulse_tells_that_an_update_was_lost_so_silence_means_nothing():
    node = sink()
    node.on_message(update("a", 1, state=(1.0,)), 10)
    node.on_message(pulse("a", 2, born_ns=12), 13)
    assert not is_known(node.book, now_ns=14, pulse_ns=10)[0]
    node.on_message(update("a", 2, state=(2.0,), born_ns=11), 14)
    assert is_known(node.book, now_ns=14, pulse_ns=10)[0]


# Estimators


def test_the_naive_mean_is_over_those_heard_within_the_window():
    values, updated_ns = np.array([[1.0], [5.0], [9.0]]), np.array([50, 90, 100])
    found = mean_of_heard(values, updated_ns, now_ns=100, window_ns=20)
    assert found == (7.0, 2, math.inf)


def test_a_mean_with_silence_is_wrong_by_the_mean_bound_at_most():
    values, silence = np.array([[1.0], [5.0], [9.0]]), np.array([0.5, 1.5, 99.0])
    found = mean_with_silence(values, silence, np.array([True, True, False]))
    assert found == (3.0, 2, 1.0)


def test_of_nobody_nothing_is_known():
    nobody = np.zeros(3, np.bool_)
    found = mean_with_silence(np.ones((3, 2)), np.zeros(3), nobody)
    assert np.isnan(found.mean).all()
    assert found.bound == math.inf
