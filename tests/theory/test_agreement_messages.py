"""Messages and latencies of theory section 6 with constant delay, counted in runs: exactly."""

import pytest

from sim.protocol.agreement.registry import PROTOCOLS
from tests.protocol.agreement.liars import Silent, liars
from tests.protocol.net import DELAY_NS, Net, value

ROWS = [
    ("versions", 4, 1, 3),
    ("versions", 31, 10, 30),
    ("consistent_broadcast", 4, 1, 9),
    ("consistent_broadcast", 31, 10, 90),
    ("bracha", 4, 1, 27),
    ("bracha", 31, 10, 1_890),
    ("imbs_raynal", 4, 0, 15),
    ("imbs_raynal", 31, 6, 960),
    ("approximate", 4, 1, 12),
    ("approximate", 31, 10, 930),
    ("witness", 4, 1, 120),
    ("witness", 31, 10, 59_520),
]
DELAYS = {
    "versions": {0, 1},
    "consistent_broadcast": {2, 3},
    "bracha": {3},
    "imbs_raynal": {2},
    "approximate": {1},
    "witness": {4},
}


def one_slot(name, n, f, **options):
    net = Net(PROTOCOLS[name].make, n, f, **options)
    net.propose(1, *(value(str(member), float(member)) for member in range(n)))
    net.run()
    return net


@pytest.mark.parametrize(("name", "n", "f", "messages"), ROWS)
def test_a_slot_takes_the_messages_and_the_delays_of_theory(figure, name, n, f, messages):
    net = one_slot(name, n, f, rounds=1)
    assert net.messages.total() == messages == PROTOCOLS[name].messages(n)
    assert len(net.latencies(1)) == n
    assert set(net.latencies(1)) == DELAYS[name]
    assert max(DELAYS[name]) == PROTOCOLS[name].delays
    figure("6", f"{name}, n = {n}: messages of a slot", messages, net.messages.total())


def test_n_parallel_broadcasts_take_n_times_the_messages_and_no_longer(figure):
    """Interactive consistency, by one committee of writers each."""
    nets = [one_slot("bracha", 4, 1, writer=writer) for writer in range(4)]
    assert sum(net.messages.total() for net in nets) == 108
    assert {latency for net in nets for latency in net.latencies(1)} == {3}
    sent = sum(net.messages.total() for net in nets)
    figure("6", "interactive consistency, n = 4: messages", 108, sent)


@pytest.mark.parametrize(("name", "delays"), [("approximate", 7), ("witness", 28)])
def test_one_percent_takes_seven_rounds(figure, name, delays):
    """Theory 6: 100 to 1 is ceil(log2(100)) = 7 rounds, of 1 delay and of 4."""
    net = one_slot(name, 4, 1, spread=100.0, epsilon=1.0)
    assert set(net.latencies(1)) == {delays}
    assert net.messages.total() == 7 * PROTOCOLS[name].messages(4)
    figure("6", f"{name}: delays from a spread of 100 to 1", delays, max(net.latencies(1)))


def test_a_silent_member_costs_synchronous_rounds_their_whole_length():
    net = Net(
        PROTOCOLS["approximate"].make,
        4,
        1,
        wrap=liars({3}, lambda member, node: Silent()),
        rounds=5,
        round_ns=3 * DELAY_NS,
    )
    net.propose(1, value("v", 1.0))
    net.run()
    assert set(net.latencies(1)) == {15}


def test_asynchronous_rounds_do_not_wait_for_a_silent_member():
    net = Net(PROTOCOLS["witness"].make, 4, 1, wrap=liars({3}, lambda m, node: Silent()), rounds=5)
    net.propose(1, value("v", 1.0))
    net.run()
    assert set(net.latencies(1)) == {20}
