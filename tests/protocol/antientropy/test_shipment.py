import numpy as np

from sim.protocol.antientropy.shipment import CHUNKS_MAX, Arrivals, Shipment
from tests.protocol.antientropy.net import DELAY_NS, Net, S, apart, item, store_of


def shipment_of(n: int, chunk_bytes: int = 528) -> Shipment:
    store = store_of(*(item(key) for key in range(n)))
    shipment = Shipment((0, 0, 1), store, chunk_bytes)
    shipment.add(np.arange(n))
    return shipment


def numbers(chunks) -> list[int]:
    return [chunk.number for chunk in chunks]


def test_chunks_are_as_large_as_they_may_be_and_an_item_is_never_divided():
    sizes = [300, 300, 300, 2000, 100]
    store = store_of(
        *(item(key, size_bytes=size, born_ns=9 - key) for key, size in enumerate(sizes))
    )
    shipment = Shipment((0, 0, 1), store, 600)
    shipment.add(np.arange(5))
    chunks = shipment.fill(99)
    assert [[one.key for one in chunk.items] for chunk in chunks] == [[0, 1], [2], [3], [4]]
    assert {chunk.total for chunk in chunks} == {4}


def test_a_chunk_leaves_for_each_that_has_arrived():
    shipment = shipment_of(10)
    assert numbers(shipment.fill(4)) == [0, 1, 2, 3]
    assert shipment.fill(4) == []
    assert shipment.acknowledge(0)
    assert numbers(shipment.fill(4)) == [4]


def test_an_acknowledgement_counts_once_and_only_for_what_was_sent():
    shipment = shipment_of(3)
    shipment.fill(2)
    assert [shipment.acknowledge(number) for number in (1, 1, 2, -1, 1 << 70)] == [True] + [
        False
    ] * 4


def test_what_three_later_chunks_have_overtaken_is_repeated_once():
    shipment = shipment_of(6)
    shipment.fill(6)
    repeated = []
    for number in (1, 2, 3, 4, 5):
        shipment.acknowledge(number)
        repeated.append(numbers(shipment.fill(6)))
    assert repeated == [[], [], [0], [], []]
    assert numbers(shipment.again()) == [0]


def test_it_is_done_when_everything_was_acknowledged():
    shipment = shipment_of(2)
    for number in (0, 1):
        shipment.fill(1)
        assert not shipment.is_done
        shipment.acknowledge(number)
    assert shipment.is_done


def test_arrivals_are_complete_when_each_chunk_came_in_any_order_and_any_number_of_times():
    arrivals = Arrivals()
    assert [arrivals.take(number, 3) for number in (2, 0, 2, 5, -1)] == [True, True] + [False] * 3
    assert not arrivals.is_complete
    assert arrivals.take(1, 99)
    assert arrivals.is_complete


def test_a_shipment_that_nobody_could_make_does_not_begin():
    arrivals = Arrivals()
    assert not arrivals.take(0, CHUNKS_MAX + 1)
    assert not arrivals.take(0, 0)
    assert not arrivals.is_begun


def test_a_tenth_of_the_chunks_lost_costs_little_more_than_a_tenth():
    rng = np.random.default_rng(5)
    lossy = lambda *_: "lost" if rng.random() < 0.1 else 0  # noqa: E731
    full, _ = apart(2000, 0)
    net = Net(store_of(), full, judge=lossy, chunk_bytes=2048, rate_bps=20e6)
    net.run(20 * S)
    assert net.is_converged
    assert max(at_ns for at_ns, _, _ in net.learnt) < 5 * S
    assert sum(message.size_bytes for _, _, message in net.sent) < 1.5 * 2000 * 528


def test_a_link_that_is_only_slow_is_not_flooded_with_repetitions():
    full, _ = apart(1000, 0)
    net = Net(store_of(), full, rate_bps=1e5, chunk_bytes=8192)
    net.run(60 * S)
    arrival_ns = max(at_ns for at_ns, _, _ in net.learnt)
    assert net.is_converged
    assert arrival_ns < 1.05 * 1000 * 528 * 8 / 1e5 * S + 10 * DELAY_NS + S
    assert sum(message.size_bytes for _, _, message in net.sent) < 4 * 1000 * 528
