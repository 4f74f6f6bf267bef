"""PBFT against its row in the literature: messages, delays, and how long a view change takes."""

import numpy as np
import pytest

from sim.protocol.agreement.pbft.node import PBFT
from tests.protocol.agreement.pbft.nets import candidates, network, propose_every, silent
from tests.protocol.net import DELAY_NS, Net


@pytest.mark.parametrize(
    ("n", "f", "messages"), [(4, 1, 24), (7, 2, 84), (16, 5, 480), (31, 10, 1860)]
)
def test_a_slot_takes_2n_n_minus_1_messages_and_three_delays(figure, n, f, messages):
    net = network(n, f)
    net.propose(1, *candidates(n))
    net.run()
    assert sum(net.messages.values()) == messages == 2 * n * (n - 1)
    assert net.latencies(1) == [3.0] * n
    figure("6", f"pbft, n = {n}: messages of a slot", messages, sum(net.messages.values()))


def test_each_phase_sends_as_many_messages_as_the_paper_says():
    n = 7
    net = network(n, 2)
    net.propose(1, *candidates(n))
    net.run()
    assert net.messages == {
        "PrePrepare": n - 1,
        "Prepare": (n - 1) * (n - 1),
        "Commit": n * (n - 1),
    }


def test_sixteen_slots_cost_one_round_of_checkpoints_more():
    n, slots = 4, 16
    net = network(n, 1)
    propose_every(net, DELAY_NS, slots)
    net.run()
    assert sum(net.messages.values()) == slots * 2 * n * (n - 1) + n * (n - 1)


@pytest.mark.parametrize(("n", "f"), [(4, 1), (7, 2), (16, 5)])
def test_f_silent_followers_cost_no_time(n, f):
    net = network(n, f, wrap=silent(*range(n - f, n)))
    net.propose(1, *candidates(n))
    net.run()
    assert net.latencies(1) == [3.0] * (n - f)


def test_open_slots_do_not_wait_for_each_other():
    net = network(4, 1)
    for slot in range(1, 11):
        net.propose(slot, *candidates(4, slot))
    net.run()
    assert {at_ns for found in net.decided for at_ns, _ in found.values()} == {3 * DELAY_NS}


def times_of_quorums(rng, n, quorum):
    """When each member decides one slot, from the definition, with Exp(1) delays."""
    delays = rng.exponential(size=(3, n, n))
    for phase in delays:
        np.fill_diagonal(phase, 0.0)
    heard = delays[0, 0]
    said = heard[:, None] + delays[1]
    said[0] = 0.0  # the leader's proposal counts as its vote as soon as the member has it
    prepared = np.maximum(np.sort(said, axis=0)[quorum - 1], heard)
    return np.sort(prepared[:, None] + delays[2], axis=0)[quorum - 1]


@pytest.mark.slow
def test_with_exponential_delays_latencies_are_those_of_the_quorums(figure):
    """A slot a second, 400 of them, against the definition drawn 20 000 times."""
    n, quorum, slots = 4, 3, 400
    rng = np.random.default_rng(1)
    unit = DELAY_NS
    judge = lambda *_: max(1, round(rng.exponential() * unit))  # noqa: E731
    net = Net(PBFT, n, 1, judge=judge, timeout_ns=1000 * unit)
    propose_every(net, 100 * unit, slots)
    net.run()
    simulated = [
        np.mean([(found[slot][0] - slot * 100 * unit) / unit for found in net.decided])
        for slot in range(1, slots + 1)
    ]
    expected = [times_of_quorums(rng, n, quorum).mean() for _ in range(20_000)]
    error = np.hypot(np.std(simulated) / slots**0.5, np.std(expected) / 20_000**0.5)
    assert abs(np.mean(simulated) - np.mean(expected)) < 4 * error
    figure("6", "pbft, Exp(1), n = 4: mean latency", np.mean(expected), np.mean(simulated), error)
