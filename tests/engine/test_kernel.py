import gc
import random
import time
import traceback

import numpy as np
import pytest
import simpy

from sim.engine.kernel import Kernel, Order, cancel, frozen_garbage
from sim.errors import Mistake, ScenarioError


@pytest.fixture
def kernel():
    return Kernel()


def test_calls_happen_at_their_instants_with_their_arguments(kernel):
    seen = []
    for time_ns in (30, 10, 20):
        kernel.at(time_ns, lambda *args: seen.append((kernel.now_ns, *args)), "a", time_ns)
    kernel.run(100)
    assert seen == [(10, "a", 10), (20, "a", 20), (30, "a", 30)]


def test_calls_of_one_instant_go_by_class_and_then_in_the_order_they_were_made(kernel):
    seen = []
    planned = [(order, number) for order in reversed(Order) for number in range(3)]
    random.Random(1).shuffle(planned)
    for order, number in planned:
        kernel.at(5, seen.append, (order, number), order=order)
    kernel.run(5)
    assert seen == sorted(planned, key=lambda call: call[0])


def test_a_call_made_now_still_happens_now_and_before_later_classes(kernel):
    seen = []
    kernel.at(5, seen.append, "sample", order=Order.SAMPLE)
    kernel.at(5, lambda: kernel.at(5, seen.append, "delivery"), order=Order.TIMER)
    kernel.run(5)
    assert seen == ["delivery", "sample"]


def test_run_includes_its_last_instant_and_stops_there(kernel):
    seen = []
    kernel.at(10, seen.append, "at the end", order=Order.SAMPLE)
    kernel.at(11, seen.append, "too late", order=Order.FAULT)
    kernel.run(10)
    assert seen == ["at the end"]
    assert kernel.now_ns == 10


def test_a_run_can_be_continued(kernel):
    seen = []
    for time_ns in range(10):
        kernel.at(time_ns, seen.append, time_ns)
    kernel.run(4)
    kernel.run(4)
    kernel.run(9)
    assert seen == list(range(10))


def test_time_stays_an_int_over_many_steps(kernel):
    def step():
        kernel.at(kernel.now_ns + 100_000_000, step)

    step()
    kernel.run(10**11)
    assert type(kernel.now_ns) is int
    assert kernel.now_ns == 10**11


@pytest.mark.parametrize("time_ns", [1.0, np.int64(1), np.float64(1), True])
def test_an_instant_that_is_not_a_plain_int_is_our_bug(kernel, time_ns):
    with pytest.raises(AssertionError, match="not an int"):
        kernel.at(time_ns, print)
    with pytest.raises(AssertionError, match="not an int"):
        kernel.instant(time_ns)


def test_scheduling_in_the_past_is_our_bug(kernel):
    kernel.run(10)
    with pytest.raises(AssertionError, match="in the past"):
        kernel.at(9, print)
    with pytest.raises(AssertionError, match="in the past"):
        kernel.run(9)


def test_a_cancelled_call_does_not_happen(kernel):
    seen = []
    kept, cancelled = kernel.at(1, seen.append, "kept"), kernel.at(1, seen.append, "cancelled")
    cancel(cancelled)
    cancel(cancelled)
    kernel.run(2)
    cancel(kept)
    assert seen == ["kept"]


class UnbuildableError(Exception):
    def __init__(self, one, two):
        super().__init__(f"{one} and {two}")


ERRORS = [
    ScenarioError((Mistake("a.yaml", 1, 1, "seed", "is wrong"),)),
    UnbuildableError(1, 2),
    KeyError("x"),
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_an_error_in_a_call_surfaces_unchanged(kernel, error):
    def fail():
        raise error

    kernel.at(1, fail)
    with pytest.raises(type(error)) as caught:
        kernel.run(2)
    assert caught.value is error


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_an_error_in_a_script_surfaces_unchanged_and_with_its_place(kernel, error):
    def script():
        yield kernel.after(1)
        raise error

    kernel.process(script())
    with pytest.raises(type(error)) as caught:
        kernel.run(2)
    assert caught.value is error
    assert "script" in [frame.name for frame in traceback.extract_tb(error.__traceback__)]


def test_nothing_happens_between_the_failure_of_a_script_and_the_stop(kernel):
    seen = []

    def script():
        yield kernel.instant(1, order=Order.FAULT)
        raise ValueError("broken script")

    kernel.process(script())
    kernel.at(1, seen.append, "after", order=Order.SCRIPT)
    with pytest.raises(ValueError, match="broken script"):
        kernel.run(2)
    assert seen == []


def test_scripts_wait_in_the_class_they_ask_for(kernel):
    seen = []

    def script(order):
        yield kernel.instant(5, order=order)
        seen.append(order)

    for order in (Order.SAMPLE, Order.FAULT):
        kernel.process(script(order))
    kernel.at(5, seen.append, Order.DELIVERY)
    kernel.run(5)
    assert seen == [Order.FAULT, Order.DELIVERY, Order.SAMPLE]


def test_a_script_can_wait_for_another_and_get_its_result(kernel):
    seen = []

    def inner():
        yield kernel.after(3)
        return "result"

    def outer():
        result = yield kernel.process(inner())
        seen.append((kernel.now_ns, result))

    kernel.process(outer())
    kernel.run(10)
    assert seen == [(3, "result")]


def test_a_script_started_by_a_call_starts_at_that_instant(kernel):
    seen = []

    def script():
        seen.append(kernel.now_ns)
        yield kernel.after(2)
        seen.append(kernel.now_ns)

    kernel.at(7, lambda: kernel.process(script()))
    kernel.run(20)
    assert seen == [7, 9]


def test_frozen_garbage_stops_the_collector_only_inside():
    with frozen_garbage():
        assert not gc.isenabled()
        assert gc.get_freeze_count() > 0
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0


def test_frozen_garbage_is_undone_after_an_error():
    with pytest.raises(KeyError), frozen_garbage():
        raise KeyError
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0


def test_frozen_garbage_leaves_a_collector_that_was_off_off():
    gc.disable()
    try:
        with frozen_garbage():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()


def cpu_seconds_of_ours(deliveries, pending):
    kernel = Kernel()
    left = deliveries

    def deliver(message):
        nonlocal left
        left -= 1
        if left > 0:
            kernel.at(kernel.now_ns + 1000 + left % 7, deliver, message)

    for start_ns in range(pending):
        kernel.at(start_ns, deliver, None)
    started = time.process_time()
    kernel.run(deliveries * 10_000)
    assert left <= 0
    return time.process_time() - started


def cpu_seconds_of_timeouts(deliveries, pending):
    env = simpy.Environment()
    left = deliveries

    def deliver(event):
        nonlocal left
        left -= 1
        if left > 0:
            env.timeout(1000 + left % 7, event.value).callbacks.append(deliver)

    for start_ns in range(pending):
        env.timeout(start_ns).callbacks.append(deliver)
    started = time.process_time()
    env.run()
    assert left <= 0
    return time.process_time() - started


@pytest.mark.slow
def test_a_delivery_costs_less_than_a_timeout_with_a_callback():
    # The best of several short runs each: noise of a shared machine only ever adds time.
    load = {"deliveries": 40_000, "pending": 1000}
    with frozen_garbage():
        ours, timeouts = zip(
            *((cpu_seconds_of_ours(**load), cpu_seconds_of_timeouts(**load)) for _ in range(7)),
            strict=True,
        )
    # Usually a factor of 1.3 to 1.4 (docs/performance.md); the claim here is only its direction.
    assert min(ours) < min(timeouts)
