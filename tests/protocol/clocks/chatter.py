"""Nodes with wrong clocks that talk at random, and the true history of what they said.

Every event of every node is stamped in four ways: by the node's physical clock, by its hybrid
clock, by a version vector, and by the node's own version alone.
"""

from dataclasses import dataclass, field

import numpy as np

from sim.engine.clock import LocalClock
from sim.engine.host import Host
from sim.engine.journal import Journal
from sim.engine.kernel import Kernel
from sim.engine.switch import Switch
from sim.protocol.clocks.causality import Event, History
from sim.protocol.clocks.hlc import HybridClock, Stamp
from sim.protocol.clocks.version_vector import Relation, VersionVector
from sim.protocol.effects import Send, SetTimer
from sim.protocol.messages import Message

MILLISECOND = 1_000_000


@dataclass(frozen=True, slots=True)
class Chat(Message):
    name: tuple[str, int]
    stamp: Stamp
    vector: VersionVector


@dataclass(frozen=True, slots=True)
class Stamped:
    local_ns: int
    stamp: Stamp
    vector: VersionVector


@dataclass
class Talk:
    """What all nodes of a run share: the truth, and how each event was stamped."""

    history: History = field(default_factory=History)
    stamps: dict[Event, Stamped] = field(default_factory=dict)

    @property
    def pairs(self):
        events = list(self.stamps)
        return [(a, b) for place, a in enumerate(events) for b in events[:place]]

    def by_clock(self, one, other):
        return _ordered(self.stamps[one].local_ns, self.stamps[other].local_ns)

    def by_stamp(self, one, other):
        return _ordered(self.stamps[one].stamp, self.stamps[other].stamp)

    def by_vector(self, one, other):
        return self.stamps[one].vector.relation(self.stamps[other].vector)

    def by_source(self, one, other):
        """A version orders the states of its own source and no others."""
        same = one.node == other.node
        return _ordered(one.number, other.number) if same else Relation.CONCURRENT


def _ordered(one, other):
    if one == other:
        return Relation.EQUAL
    return Relation.BEFORE if one < other else Relation.AFTER


class Chatter:
    """Sends to somebody after random pauses; `chances` is its own stream of (pause, receiver)."""

    def __init__(self, name, talk, chances, skew_ns_max):
        self.name, self.talk, self.chances = name, talk, iter(chances)
        self.clock = HybridClock(name, skew_ns_max)
        self.vector = VersionVector()
        self.ahead_ns_max = 0
        self.sent = 0

    def start(self, now_ns):
        return self._wait()

    def on_message(self, message, now_ns):
        stamp = self.clock.receive(message.stamp, now_ns)
        assert stamp is not None
        self.vector = self.vector.merged(message.vector)
        self._happened(self.talk.history.receive(self.name, message.name), stamp, now_ns)
        return []

    def on_timer(self, to, now_ns):
        self.sent += 1
        name = (self.name, self.sent)
        self._happened(self.talk.history.send(self.name, name), self.clock.now(now_ns), now_ns)
        stamped = self.last
        return [Send(to, Chat(name, stamped.stamp, stamped.vector)), *self._wait()]

    def _happened(self, event, stamp, now_ns):
        self.vector = self.vector.bumped(self.name)
        self.ahead_ns_max = max(self.ahead_ns_max, stamp.time_ns - now_ns)
        self.last = self.talk.stamps[event] = Stamped(now_ns, stamp, self.vector)

    def _wait(self):
        pause_ns, to = next(self.chances, (0, None))
        return [] if to is None else [SetTimer(to, pause_ns)]


def talked(clocks, *, skew_ns_max, chats=15, seed=1):
    """Let a node for each clock talk; gives the Talk and the nodes."""
    kernel, journal, talk = Kernel(), Journal(), Talk()
    draw = np.random.default_rng(seed)
    names = [f"node-{number}" for number in range(len(clocks))]

    def delay(*_):
        return int(draw.integers(MILLISECOND // 2, 2 * MILLISECOND))

    switch, nodes = Switch(kernel, delay, journal), []
    for name, clock in zip(names, clocks, strict=True):
        others = [other for other in names if other != name]
        chances = [
            (int(draw.integers(1, 3 * MILLISECOND)), others[int(draw.integers(len(others)))])
            for _ in range(chats)
        ]
        nodes.append(Chatter(name, talk, chances, skew_ns_max))
        node = nodes[-1]
        host = Host(
            name, lambda life, node=node: node, kernel, switch.transmit, journal, clock=clock
        )
        switch.join(host)
        kernel.at(0, host.start)
    kernel.run(10_000 * MILLISECOND)
    return talk, nodes


def wrong_clocks(count, seed, offset_ns=5 * MILLISECOND, drift_ppb=200_000):
    draw = np.random.default_rng(seed)
    return [
        LocalClock(
            int(draw.integers(-offset_ns, offset_ns + 1)),
            int(draw.integers(-drift_ppb, drift_ppb + 1)),
        )
        for _ in range(count)
    ]
