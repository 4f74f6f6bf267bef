"""The account of queues, against the obvious loop over single messages."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.telemetry.flight import Flight
from sim.telemetry.ingress import Ingress
from sim.telemetry.meter import Meter
from sim.telemetry.overtaken import Overtaken
from sim.telemetry.tree import Run
from tests.reference.queues import waits
from tests.telemetry.test_ingress import reports_of

SERVICE_NS = 10
ALL = np.array([True])


def metered(arrivals_ns, copies=1, until_ns=10_000):
    """A queue that has taken in these arrivals, one a child; each of so many services."""
    queue, size = Ingress.of(1, SERVICE_NS), len(arrivals_ns)
    queue.meter = Meter(1, SERVICE_NS)
    queue.load = lambda child, _: np.full(len(child), float(copies))
    reports = reports_of(np.array([arrivals_ns], np.float64))
    queue.serve(Run(0, 1, 0, size), reports, Flight.empty(1, 1), Overtaken(), until_ns)
    return queue


def account(meter):
    """Messages, work, waits."""
    return meter.messages.tolist(), meter.work_ns.tolist(), meter.waited_ns.tolist()


@given(st.lists(st.integers(0, 200), min_size=1, max_size=12), st.integers(1, 4))
def test_copies_are_counted_and_wait_as_single_messages_do(arrivals_ns, copies):
    single = [at_ns for at_ns in arrivals_ns for _ in range(copies)]
    expected = [len(single)], [SERVICE_NS * len(single)], [sum(waits(single, SERVICE_NS))]
    assert account(metered(arrivals_ns, copies).meter) == expected


@given(st.lists(st.integers(0, 200), min_size=1, max_size=12), st.integers(201, 400))
def test_what_is_lost_with_its_server_has_waited_until_then(arrivals_ns, down_ns):
    queue = metered(arrivals_ns, until_ns=down_ns)
    queue.clear(ALL, down_ns)
    begins = zip(sorted(arrivals_ns), waits(arrivals_ns, SERVICE_NS), strict=True)
    until_then = sum(min(wait, down_ns - at) for at, wait in begins)
    served = sum(
        min(max(down_ns - at - wait, 0), SERVICE_NS)
        for at, wait in zip(sorted(arrivals_ns), waits(arrivals_ns, SERVICE_NS), strict=True)
    )
    assert queue.meter.waited_ns.tolist() == [until_then]
    assert queue.meter.work_ns - queue.meter.lost_ns == served
    assert queue.left_ns(down_ns).tolist() == [0]


@given(st.lists(st.integers(0, 200), min_size=1, max_size=12), st.integers(0, 300))
def test_messages_that_are_there_are_those_that_came_and_have_not_left(arrivals_ns, now_ns):
    come = [at_ns for at_ns in arrivals_ns if at_ns < now_ns]
    ends = zip(sorted(come), waits(come, SERVICE_NS), strict=True)
    there = sum(at + wait + SERVICE_NS > now_ns for at, wait in ends)
    queue = metered(arrivals_ns, until_ns=now_ns)
    assert queue.meter.waiting(queue.left_ns(now_ns)).tolist() == [there]


def test_who_is_there_when_a_server_stands_still_waits_for_it():
    queue = metered([0, 0, 0], until_ns=15)
    before_ns = float(queue.meter.waited_ns[0])
    queue.halt(ALL, 15, 115.0)
    # One of the three has left at 10; work is neither done nor added in the meantime.
    assert queue.meter.waited_ns[0] - before_ns == 2 * 100
    assert queue.left_ns(15) == queue.left_ns(115) == pytest.approx(15)
    assert queue.left_ns(120) == pytest.approx(10)


def test_a_second_halt_within_the_first_adds_only_what_it_lasts_longer():
    queue = metered([0, 0], until_ns=5)
    queue.halt(ALL, 5, 105.0)
    queue.halt(ALL, 55, 155.0)
    assert queue.meter.waited_ns[0] == 10 + 2 * 150
    assert queue.left_ns(155) == 15
