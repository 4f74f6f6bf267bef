"""Sources, two routers and a sink on real hosts, over a network that loses a fifth of all messages.

What silence promises must hold of every source that the root counts as known, and of no more: the
same check on all sources that it has ever heard of must fail, or it would check nothing.
"""

from functools import cache
from typing import NamedTuple

import numpy as np

from sim.engine.host import Host
from sim.engine.journal import Journal
from sim.engine.kernel import Kernel
from sim.engine.switch import Switch
from sim.protocol.messages import Message
from sim.protocol.node import Node
from sim.protocol.routing.contract import Setting, at_bit_rate
from sim.protocol.routing.estimators import is_known
from sim.protocol.routing.registry import DISCIPLINES, POLICIES
from sim.protocol.routing.reporter import Measured, Pulses, Reporter
from sim.protocol.routing.router import Limits, Router
from sim.protocol.routing.sink import NEVER, Sink
from tests.protocol.routing.test_sending import walks

MS = 1_000_000
SOURCES = [f"agent-{number}" for number in range(8)]
STEPS = 400
PULSE_NS = 300 * MS
LINE = at_bit_rate(200_000)


class Sample(NamedTuple):
    """Of all sources: whether silence covers each, and by how much what it says is broken."""

    known: np.ndarray
    broken_by: np.ndarray


class Tree:
    """Walks are measured every 10 ms and sent on a delta of 3 steps; the last agent dies at 2 s."""

    def __init__(self) -> None:
        self.kernel, self.journal = Kernel(), Journal()
        self.rng = np.random.default_rng(8)
        self.switch = Switch(self.kernel, self._judge, self.journal)
        self.sink = Sink("root", SOURCES, 1)
        self.values = walks(8, STEPS, len(SOURCES))[:, :, 0]
        self.samples: list[Sample] = []
        self._join("root", self.sink)
        self._join("regional", self._router("root", dict.fromkeys(SOURCES, "local")))
        self._join("local", self._router("regional", {name: name for name in SOURCES}))
        agents = [self._join(name, self._reporter(name)) for name in SOURCES]
        for step, values in enumerate(self.values):
            for agent, value in zip(agents, values, strict=True):
                self.kernel.at(step * 10 * MS, agent.tell, Measured((float(value),)))
            self.kernel.at(step * 10 * MS + 5 * MS, self._sample)
        self.kernel.at(2000 * MS, agents[-1].crash)
        self.kernel.run(STEPS * 10 * MS)

    def _judge(self, sender: str, receiver: str, message: Message, now_ns: int) -> int | str:
        return "lost" if self.rng.random() < 0.2 else int(self.rng.integers(1, 50)) * MS

    def _reporter(self, name: str) -> Node:
        phase_ns = 37 * MS * SOURCES.index(name)
        policy = POLICIES["on_delta"](1, 1, delta=3.0)
        return Reporter(name, "local", policy, pulses=Pulses(PULSE_NS, phase_ns))

    def _router(self, to: str, child_of: dict[str, str]) -> Node:
        children = tuple(dict.fromkeys(child_of.values()))
        queue = DISCIPLINES["fair"](Setting(LINE, children))
        return Router(to, to, LINE, queue, child_of=child_of, limits=Limits(20, replace=True))

    def _join(self, name: str, node: Node) -> Host:
        host = Host(name, lambda _life: node, self.kernel, self.switch.transmit, self.journal)
        self.switch.join(host)
        self.kernel.at(0, host.start)
        return host

    def _sample(self) -> None:
        """The promise is about the instant at which a source was last alive, as the root knows."""
        book = self.sink.book
        known = is_known(book, self.kernel.now_ns, PULSE_NS, missed=4)
        step = np.maximum(book.vouched_ns, 0) // (10 * MS)
        truth = self.values[step, np.arange(len(SOURCES))]
        off = np.abs(truth - book.values[:, 0])
        self.samples.append(Sample(known, np.where(book.updated_ns > NEVER, off - 3.0, np.inf)))


@cache
def tree() -> Tree:
    return Tree()


def test_of_whom_the_root_knows_silence_means_what_it_says_whatever_is_lost():
    known = np.array([sample.known for sample in tree().samples])
    broken_by = np.array([sample.broken_by for sample in tree().samples])
    assert broken_by[known].max() <= 0
    heard = np.isfinite(broken_by)
    assert broken_by[heard & ~known].max() > 0
    assert 0.3 < known[:, :-1].mean() < 0.95


def test_who_died_is_known_no_more_once_its_pulses_are_missed():
    after = [sample.known[-1] for sample in tree().samples[-60:]]
    assert not any(after)
    assert all(np.array([sample.known[:-1] for sample in tree().samples[-60:]]).any(axis=1))
