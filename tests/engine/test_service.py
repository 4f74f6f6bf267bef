from functools import partial

import numpy as np
import pytest

from sim.engine.kernel import Kernel
from sim.engine.service import (
    FifoQueue,
    PreemptiveService,
    PriorityQueue,
    Service,
    at_rate,
    by_law,
    one_by_one,
    signing,
    verifying,
)
from sim.engine.streams import Streams
from sim.protocol.messages import Update


class Bench:
    """A server that takes 10 ns, with the instants at which messages were done or lost."""

    def __init__(self, make=Service, **options):
        self.kernel = Kernel()
        self.done, self.lost = [], []
        self.service = make(
            self.kernel,
            lambda message: 10,
            done=lambda message: self.done.append((self.kernel.now_ns, message.version)),
            lost=lambda message, why: self.lost.append((self.kernel.now_ns, message.version, why)),
            **options,
        )

    def offer(self, at_ns, version, source="a"):
        self.kernel.at(at_ns, self.service.offer, Update(source, 0, version, at_ns))

    def run(self):
        self.kernel.run(1000)
        return self.done


def test_an_idle_server_begins_at_once():
    bench = Bench()
    bench.offer(3, 1)
    assert bench.run() == [(13, 1)]


def test_fifo_serves_in_the_order_of_arrival():
    bench = Bench()
    for version in (3, 1, 2):
        bench.offer(0, version)
    assert bench.run() == [(10, 3), (20, 1), (30, 2)]


def test_a_message_that_arrives_as_the_server_finishes_finds_it_free():
    bench = Bench(capacity=0)
    bench.offer(0, 1)
    bench.offer(10, 2)
    assert bench.run() == [(10, 1), (20, 2)]
    assert bench.service.overflowed == 0


def test_a_full_queue_loses_what_arrives_and_counts_it():
    bench = Bench(capacity=1)
    for version in (1, 2, 3, 4):
        bench.offer(0, version)
    assert bench.run() == [(10, 1), (20, 2)]
    assert bench.lost == [(0, 3, "queue full"), (0, 4, "queue full")]
    assert (bench.service.served, bench.service.overflowed) == (2, 2)


def by_source(update):
    return {"alert": 0, "baseline": 1}[update.source]


def test_priority_goes_first_but_never_interrupts():
    bench = Bench(queue=PriorityQueue(by_source))
    bench.offer(0, 1, "baseline")
    bench.offer(1, 2, "baseline")
    bench.offer(2, 3, "alert")
    assert bench.run() == [(10, 1), (20, 3), (30, 2)]


def test_priority_is_first_come_first_served_within_a_class():
    bench = Bench(queue=PriorityQueue(by_source))
    for version in (5, 4, 9, 1):
        bench.offer(0, version, "alert")
    assert [version for _, version in bench.run()] == [5, 4, 9, 1]


def test_a_new_message_displaces_the_one_in_a_preemptive_server():
    bench = Bench(PreemptiveService)
    bench.offer(0, 1)
    bench.offer(4, 2)
    bench.offer(30, 3)
    assert bench.run() == [(14, 2), (40, 3)]
    assert bench.lost == [(4, 1, "displaced")]
    assert (bench.service.served, bench.service.displaced) == (2, 1)


@pytest.mark.parametrize("make", [Service, PreemptiveService], ids=["plain", "preemptive"])
def test_every_message_is_served_lost_or_still_there(make):
    bench = Bench(partial(make, capacity=2))
    arrivals = np.cumsum(Streams(1).stream("arrivals").integers(0, 15, size=200)).tolist()
    for version, at_ns in enumerate(arrivals):
        bench.offer(at_ns, version)
    bench.kernel.run(arrivals[100])
    inside = bench.service.waiting + (bench.service._current is not None)
    offered = sum(at_ns <= arrivals[100] for at_ns in arrivals)
    assert len(bench.done) + len(bench.lost) + inside == offered
    assert bench.lost


def test_a_paused_server_keeps_the_time_that_is_left():
    bench = Bench()
    bench.offer(0, 1)
    bench.offer(1, 2)
    bench.kernel.at(4, bench.service.pause)
    bench.kernel.at(100, bench.service.resume)
    assert bench.run() == [(106, 1), (116, 2)]


def test_pausing_an_idle_server_changes_nothing():
    bench = Bench()
    bench.kernel.at(4, bench.service.pause)
    bench.kernel.at(5, bench.service.resume)
    bench.offer(7, 1)
    assert bench.run() == [(17, 1)]


def test_clearing_loses_what_is_in_service_and_what_waits_and_leaves_a_working_server():
    bench = Bench()
    for version in (1, 2, 3):
        bench.offer(0, version)
    bench.kernel.at(5, bench.service.clear, "crashed")
    bench.offer(6, 4)
    assert bench.run() == [(16, 4)]
    assert bench.lost == [(5, version, "crashed") for version in (1, 2, 3)]


def test_own_work_goes_first_and_is_not_counted_as_service():
    bench = Bench()
    bench.offer(0, 1)
    bench.offer(1, 2)
    bench.kernel.at(4, bench.service.occupy, 100)
    assert bench.run() == [(110, 1), (120, 2)]
    assert bench.service.served == 2


def test_an_idle_server_that_works_for_itself_lets_messages_wait():
    bench = Bench()
    bench.kernel.at(0, bench.service.occupy, 100)
    bench.offer(1, 1)
    assert bench.run() == [(110, 1)]


def test_clearing_ends_own_work_and_loses_no_message_by_it():
    bench = Bench()
    bench.kernel.at(0, bench.service.occupy, 100)
    bench.kernel.at(5, bench.service.clear, "crashed")
    bench.offer(6, 1)
    assert bench.run() == [(16, 1)]
    assert bench.lost == []


def test_a_server_has_one_place_on_the_queue_however_many_wait():
    bench = Bench()
    for version in range(50):
        bench.offer(0, version)
    bench.kernel.run(5)
    assert len(bench.kernel.pending(Service)) == 1


def test_a_fifo_queue_gives_out_what_came_first():
    queue = FifoQueue()
    for version in (2, 1):
        queue.put(Update("a", 0, version, 0))
    assert len(queue) == 2
    assert queue.take().version == 2


def test_a_rate_is_a_fixed_time():
    assert at_rate(100)(Update("a", 0, 1, 0)) == 10_000_000


class Sealed(Update):
    signature = "seal"
    signatures = 3
    size_bytes = 1000


def test_verifying_takes_a_base_a_time_for_each_signature_and_one_for_each_byte():
    plain, sealed = Update("a", 0, 1, 0), Sealed("a", 0, 1, 0)
    assert [verifying(20, 70)(one) for one in (plain, sealed)] == [20, 230]
    assert [verifying(20, 70, 0.5)(one) for one in (plain, sealed)] == [52, 730]


def test_signing_takes_time_for_what_carries_a_signature_of_the_sender():
    assert [signing(23)(one) for one in (Update("a", 0, 1, 0), Sealed("a", 0, 1, 0))] == [0, 23]


def test_a_law_is_drawn_message_by_message_in_whole_nanoseconds():
    service_ns = by_law(lambda n: np.arange(n) + 0.4)
    drawn = [service_ns(Update("a", 0, 1, 0)) for _ in range(3)]
    assert drawn == [0, 1, 2]
    assert all(type(each) is int for each in drawn)


def test_blocks_of_draws_follow_each_other_without_a_gap():
    one_stream, other = Streams(1).stream("service"), Streams(1).stream("service")
    draws = one_by_one(lambda n: one_stream.integers(1000, size=n), block=4)
    wanted = [int(value) for _ in range(3) for value in other.integers(1000, size=4)]
    assert [next(draws) for _ in range(12)] == wanted
