"""How fast a committee agrees: PBFT's normal case against the same messages on stock SimPy.

    python -m benchmarks.agreement_speed                       # 16 and 64 members
    python -m benchmarks.agreement_speed --members 256 --slots 1 --rounds 1
    python -m benchmarks.agreement_speed --memory 256

Ours is the real node with all its checks, on hosts, a switch that counts, and the journal. The
other side is a skeleton: for each message a Timeout with a callback that counts it and, when a
quorum is there, sends the next phase; it checks nothing and writes nothing down. Both send
2n(n - 1) messages a slot (ours the checkpoints, too) with latencies of one law, drawn in blocks;
what a member says to itself is no message. CPU time per message, in turns, in one process; once
with the garbage collector as each side has it (ours frozen, as in every run), once off for both.
"""

import argparse
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial
from typing import cast

import numpy as np
import simpy

from sim.engine.host import Host
from sim.engine.journal import MESSAGE_RECORDS, Journal
from sim.engine.kernel import Kernel, frozen_garbage
from sim.engine.switch import Switch
from sim.protocol.agreement.contract import Decided, Membership, NodeMaker, Propose, Value
from sim.protocol.agreement.registry import PROTOCOLS
from sim.protocol.committee import Committee, most_liars
from sim.protocol.node import Node
from sim.protocol.signatures import Notary, digest

MEDIAN_NS = 1_000_000
INTERVAL_NS = 10 * MEDIAN_NS
BLOCK = 1 << 14
SIGMA = {"constant": 0.0, "jittered": 0.3}


class Latencies:
    """Log-normal around a millisecond, or always a millisecond; in blocks of whole nanoseconds."""

    def __init__(self, sigma: float, seed: int = 1) -> None:
        self._rng = np.random.Generator(np.random.SFC64(seed))
        self._sigma = sigma
        self._block: list[int] = []
        self._at = 0

    def several(self, count: int) -> list[int]:
        if self._at + count > len(self._block):
            normals = self._rng.standard_normal(BLOCK)
            self._block = np.rint(MEDIAN_NS * np.exp(self._sigma * normals)).astype(int).tolist()
            self._at = 0
        self._at += count
        return self._block[self._at - count : self._at]


# Stock SimPy


class Replica:
    """Counts messages slot by slot and sends the next phase when a quorum is there."""

    def __init__(self, skeleton: "Skeleton", quorum: int, slots: int) -> None:
        self.skeleton, self.quorum = skeleton, quorum
        self.others: list[Replica] = []
        self.prepares = [0] * slots
        self.commits = [0] * slots
        self.decided = 0

    def propose(self, slot: int) -> None:
        self.prepares[slot] += 1
        self.skeleton.broadcast([other.on_pre_prepare for other in self.others], slot)

    def on_pre_prepare(self, event: simpy.Event) -> None:
        slot = event.value
        self.prepares[slot] += 2  # the leader's, and its own
        self.skeleton.broadcast([other.on_prepare for other in self.others], slot)

    def on_prepare(self, event: simpy.Event) -> None:
        slot = event.value
        self.prepares[slot] += 1
        if self.prepares[slot] == self.quorum:
            self.commits[slot] += 1
            self.skeleton.broadcast([other.on_commit for other in self.others], slot)

    def on_commit(self, event: simpy.Event) -> None:
        slot = event.value
        self.commits[slot] += 1
        if self.commits[slot] == self.quorum:
            self.decided += 1


class Skeleton:
    """A committee of counters on one Environment."""

    def __init__(self, n: int, slots: int, latencies: Latencies) -> None:
        self.env = simpy.Environment()
        self.latencies, self.slots = latencies, slots
        self.messages = 0
        quorum = Committee(tuple(map(str, range(n))), most_liars(n)).quorum
        self.replicas = [Replica(self, quorum, slots) for _ in range(n)]
        for replica in self.replicas:
            replica.others = [other for other in self.replicas if other is not replica]

    def broadcast(self, handlers: list[Callable[[simpy.Event], None]], slot: int) -> None:
        timeout = self.env.timeout
        self.messages += len(handlers)
        for delay, handler in zip(self.latencies.several(len(handlers)), handlers, strict=True):
            timeout(delay, slot).callbacks.append(handler)

    def script(self) -> Iterator[simpy.Event]:
        for slot in range(self.slots):
            self.replicas[0].propose(slot)
            yield self.env.timeout(INTERVAL_NS)

    def run(self) -> None:
        self.env.process(self.script())
        self.env.run()
        assert all(replica.decided == self.slots for replica in self.replicas)


# Ours


class Ours:
    """A committee of real nodes on hosts."""

    def __init__(
        self, n: int, slots: int, latencies: Latencies, make: NodeMaker, *, journalled: bool = True
    ) -> None:
        self.slots, self.latencies = slots, latencies
        self.decided = 0
        self.kernel = Kernel()
        self.journal = Journal(without=() if journalled else MESSAGE_RECORDS)
        self.switch = Switch(self.kernel, self.judge, self.journal, judge_all=self.judge_all)
        committee = Committee(tuple(f"root-0/{member}" for member in range(n)), most_liars(n))
        notary = Notary(b"a secret", n)
        self.hosts = [
            self.host(make, Membership(committee, member, notary.seal(member), notary))
            for member in range(n)
        ]

    def host(self, make: NodeMaker, membership: Membership) -> Host:
        host = Host(
            membership.name,
            lambda _life: make(membership),
            self.kernel,
            self.switch.transmit,
            self.journal,
            peers=membership.committee.others(membership.member),
            broadcast=self.switch.broadcast,
            member=membership.member,
            application=self.put_out,
        )
        self.switch.join(host)
        return host

    def judge(self, *_question: object) -> int:
        return self.latencies.several(1)[0]

    def judge_all(self, _sender: str, receivers: tuple[str, ...], *_about: object) -> list[int]:
        return self.latencies.several(len(receivers))

    def put_out(self, event: object) -> None:
        self.decided += isinstance(event, Decided)

    @property
    def messages(self) -> int:
        return sum(row.messages for row in self.switch.traffic())

    def run(self) -> None:
        for host in self.hosts:
            host.start()
        for slot in range(1, self.slots + 1):
            self.kernel.run(slot * INTERVAL_NS)
            candidate = Propose(slot, Value(digest(slot)))
            for host in self.hosts:
                host.tell(candidate)
        self.kernel.run((self.slots + 1) * INTERVAL_NS)
        assert self.decided == self.slots * len(self.hosts)


# Measuring


NOBODY = cast(Node, None)


def pbft(membership: Membership) -> Node:
    return PROTOCOLS["pbft"].make(membership)


def cost_ns(committee: Skeleton | Ours, *, frozen: bool) -> float:
    """CPU time per message of a whole run."""
    with frozen_garbage() if frozen else nullcontext():
        begin = time.process_time()
        committee.run()
        took = time.process_time() - begin
    return 1e9 * took / committee.messages


@dataclass(frozen=True)
class Comparison:
    """CPU nanoseconds per message, and how many times as fast ours is; medians over rounds."""

    ours_ns: float
    stock_ns: float
    ratio: float
    ratio_frozen: float
    """With the collector off for stock SimPy, too."""

    def __str__(self) -> str:
        return (
            f"ours {self.ours_ns:5.0f} ns, stock SimPy {self.stock_ns:5.0f} ns a message: "
            f"ratio {self.ratio:.2f} ({self.ratio_frozen:.2f} without its garbage collector)"
        )


def compare(
    n: int,
    slots: int,
    law: str,
    rounds: int = 5,
    *,
    journalled: bool = True,
    make: NodeMaker = pbft,
) -> Comparison:
    found = []
    for seed in range(rounds):
        latencies = partial(Latencies, SIGMA[law], seed)
        stock_ns = cost_ns(Skeleton(n, slots, latencies()), frozen=False)
        ours = Ours(n, slots, latencies(), make, journalled=journalled)
        ours_ns = cost_ns(ours, frozen=True)
        ours.switch.check()
        frozen_ns = cost_ns(Skeleton(n, slots, latencies()), frozen=True)
        found.append((ours_ns, stock_ns, stock_ns / ours_ns, frozen_ns / ours_ns))
    return Comparison(*map(float, np.median(found, axis=0)))


def memory(n: int) -> str:
    """Of hosts without and with nodes before anything happens, and at the peak of a slot."""
    latencies = Latencies(SIGMA["jittered"])
    Ours(4, 1, latencies, pbft).run()  # modules and a block of draws are not theirs
    tracemalloc.start()
    empty = Ours(n, 1, latencies, lambda _membership: NOBODY)
    host = tracemalloc.get_traced_memory()[0] / n
    del empty
    before = tracemalloc.get_traced_memory()[0]
    ours = Ours(n, 1, latencies, pbft)
    idle = (tracemalloc.get_traced_memory()[0] - before) / n
    ours.run()
    peak = tracemalloc.get_traced_memory()[1] / 2**20
    tracemalloc.stop()
    return (
        f"{n} members: {host:,.0f} bytes for an idle host, {idle:,.0f} with its node; at most "
        f"{peak:.1f} MiB in a slot of {ours.messages:,} messages, journal included"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--members", type=int, action="append")
    parser.add_argument("--slots", type=int, help="by default some 30,000 messages' worth")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--memory", type=int, metavar="MEMBERS")
    asked = parser.parse_args()
    if asked.memory:
        print(memory(asked.memory))
        return
    for n in asked.members or (16, 64):
        slots = asked.slots or max(1, 30_000 // (2 * n * (n - 1)))
        for law in SIGMA:
            for journalled in (True, False):
                found = compare(n, slots, law, asked.rounds, journalled=journalled)
                print(f"n = {n:3}, {law:8}, journal {'on ' if journalled else 'off'}: {found}")


if __name__ == "__main__":
    main()
