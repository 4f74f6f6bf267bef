from random import Random

import pytest

from sim.protocol.agreement.contract import Propose
from sim.protocol.agreement.pbft.checkpoints import GENESIS
from sim.protocol.agreement.pbft.messages import (
    Checkpoint,
    Commit,
    Decisions,
    Fetch,
    NewView,
    Outcome,
    Prepare,
    PrePrepare,
    Stable,
    ViewChange,
    checkpoint_digest,
    view_change_digest,
)
from sim.protocol.agreement.pbft.node import PBFT
from sim.protocol.agreement.pbft.normal import NOTHING
from sim.protocol.effects import Send
from sim.protocol.messages import Message
from tests.protocol.agreement.pbft.memory import bytes_of
from tests.protocol.agreement.pbft.nets import candidates, network, propose_every
from tests.protocol.net import DELAY_NS, Net, value

HUGE = 10**40


def flood(seal, seed, most):
    """What a liar, member 3, can think of: any kind, any number."""
    random = Random(seed)
    numbers = (-HUGE, -1, 0, 1, 2, 3, 5, 17, 33, 1000, HUGE)
    for _ in range(most):
        view = random.choice(numbers)
        slot = random.choice((*numbers, *range(1, 34)))
        about = value(f"lie {random.randrange(1000)}")
        stable = Stable(random.choice(numbers), about.digest, None)
        kind = random.randrange(10)
        if kind == 0:
            yield PrePrepare(3, view, slot, about)
        elif kind == 1:
            yield Prepare(3, view, slot, about.digest)
        elif kind == 2:
            yield Commit(3, view, slot, about.digest)
        elif kind == 3:
            yield Checkpoint(3, slot, b"state", seal.sign(checkpoint_digest(slot, b"state")))
        elif kind == 4:
            yield ViewChange(3, view, stable, (), (), seal.sign(b"nothing"))
        elif kind == 5:
            yield sound_change(seal, view)
        elif kind == 6:
            yield NewView(3, view, (sound_change(seal, view),) * 3, seal.sign(b"nothing"))
        elif kind == 7:
            yield Fetch(3, view, slot, random.choice(numbers))
        elif kind == 8:
            yield Decisions(3, slot, (Outcome(about, view),) * random.randrange(100), stable)
        else:
            yield Message()


def sound_change(seal, view):
    return ViewChange(
        3, view, GENESIS, (), (), seal.sign(view_change_digest(3, view, GENESIS, (), ()))
    )


def test_of_a_liars_flood_a_node_keeps_a_bounded_part():
    """Full are 64 kB: 32 slots, 96 votes of a later view, 64 decisions, 4 checkpoints."""
    net = network()
    net.propose(1, *candidates(4))
    net.run(10 * DELAY_NS)
    node, received = net.hosts[1].node, 0
    for message in flood(net.notary.seal(3), 1, 8000):
        node.on_message(message, 10 * DELAY_NS)
        received += message.size_bytes
    assert received > 1_000_000
    assert bytes_of(node) < 64_000


def test_a_liars_flood_stops_nothing():
    net = network()
    liar, victims = net.notary.seal(3), net.hosts[:3]
    for number, message in enumerate(flood(liar, 7, 600)):
        net.kernel.at(number * DELAY_NS // 10, victims[number % 3].arrive, message)
    propose_every(net, 2 * DELAY_NS, 25)
    net.run()
    assert {len(found) for found in net.decided} == {25}


def test_whoever_asks_again_and_again_is_answered_once():
    net = network()
    net.propose(1, *candidates(4))
    net.run(10 * DELAY_NS)
    node, now_ns = net.hosts[1].node, 10 * DELAY_NS
    first = node.on_message(Fetch(3, 0, 1, 0), now_ns)
    assert [effect.message.__class__ for effect in first] == [Decisions, Prepare, Commit]
    assert all(isinstance(effect, Send) and effect.to == "root-0/3" for effect in first)
    assert node.on_message(Fetch(3, 0, 1, 0), now_ns) == []


def test_what_is_shared_by_all_nodes_stays_empty():
    net = network()
    propose_every(net, DELAY_NS, 40)
    net.run()
    assert NOTHING == []


@pytest.mark.parametrize("options", [{"timeout_ns": 0}, {"checkpoint": 1.5}, {"history": -1}])
def test_an_option_that_is_not_a_positive_whole_number_is_refused(options):
    with pytest.raises(ValueError, match="must be a positive whole number"):
        network(**options)


def test_candidates_for_slots_that_are_done_or_known_are_ignored():
    net = network()
    net.propose(1, *candidates(4))
    net.run(10 * DELAY_NS)
    node = net.hosts[0].node
    assert node.on_message(Propose(1, value("again")), 0) == []
    assert node.on_message(Propose(-5, value("never")), 0) == []


@pytest.mark.parametrize(("n", "kilobytes"), [(4, 22), (16, 28), (64, 48)])
def test_a_node_takes_this_many_kilobytes(n, kilobytes):
    """With 15 slots in its log and 47 decisions, the contents of whose values are not its own."""
    net = network(n, (n - 1) // 3)
    propose_every(net, 4 * DELAY_NS, 47)
    net.run()
    assert bytes_of(net.hosts[1].node) == pytest.approx(kilobytes * 1000, rel=0.1)


@pytest.mark.slow
def test_two_hundred_and_fifty_six_members_finish_a_slot():
    n = 256
    net = Net(PBFT, n, 85)
    net.propose(1, value("one for all"))
    net.run()
    assert net.latencies(1) == [3.0] * n
    assert sum(net.messages.values()) == 2 * n * (n - 1)
