"""Mail: versions that travel hop by hop, such as baselines on their way down and scores going up.

A version has a birth; each node keeps the newest and passes every newer one on to those behind it
the instant it arrives. Nothing else reacts to a single such message, so a tier is a row of arrays
here as well. Like the plane it is advanced before anything may change or look. Several replicas may
publish: each has hops of its own down to nodes that hear all of them and keep the newest of all.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from sim.telemetry.emission import NEVER, BoolArray, Emission, FloatArray
from sim.telemetry.tree import Groups
from sim.telemetry.way import Way

IntArray = NDArray[np.int64]
Taken = tuple[IntArray, IntArray, FloatArray]
"""Node, version and instant of arrivals, in the order of arrival; all (arrivals,)."""
Passes = Callable[[int], BoolArray]
"""Says of a version which nodes pass it on; (nodes,)."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """Versions that were taken up, in the order of arrival; all arrays have shape (arrivals,)."""

    node: IntArray
    version: IntArray
    known_ns: FloatArray


@dataclass(slots=True)
class Post:
    """One hop: versions on their way, a row each, and what every node at its end holds."""

    way: Way
    groups: Groups | None
    """How the nodes behind this one are dealt to it (None: it is the last)."""
    born_ns: FloatArray
    """Birth of the version that each node holds; NaN before the first."""
    version_held: IntArray = field(init=False)
    passed: IntArray = field(init=False)
    """How many versions each node took up, each newer than the one before, and passed on."""
    passes: Passes | None = None
    """Which nodes pass on a version that they take up; None = all do."""
    node: IntArray = field(default_factory=lambda: np.empty(0, np.int64))
    version: IntArray = field(default_factory=lambda: np.empty(0, np.int64))
    arrival_ns: FloatArray = field(default_factory=lambda: np.empty(0))
    sent: int = 0
    delivered: int = 0
    refused: int = 0
    spare: BoolArray | None = None
    """Nodes that are not there, so that nothing is sent to them; (nodes,), None = all are."""
    spared: int = 0
    """Messages that were not sent because of that."""

    def __post_init__(self) -> None:
        self.version_held = np.full(len(self.born_ns), -1)
        self.passed = np.zeros(len(self.born_ns), np.int64)

    def send(self, version: int, sent_ns: FloatArray, sent: BoolArray | None) -> None:
        """Put `version` on its way to the nodes that `sent` names; arrays (nodes,)."""
        self.way.channel.open_step()
        if self.spare is not None:
            sent = self._without_spare(np.ones(len(sent_ns), np.bool_) if sent is None else sent)
        self.sent += len(sent_ns) if sent is None else int(np.count_nonzero(sent))
        mask = None if sent is None else sent[None]
        arrival = self.way.carry(Emission(version, sent_ns[None], mask), 0)[0]
        coming = np.flatnonzero(arrival < NEVER)
        self.node = np.concatenate((self.node, coming))
        self.version = np.concatenate((self.version, np.full(len(coming), version)))
        self.arrival_ns = np.concatenate((self.arrival_ns, arrival[coming]))

    def _without_spare(self, sent: BoolArray) -> BoolArray:
        assert self.spare is not None
        self.spared += int(np.count_nonzero(sent & self.spare))
        return sent & ~self.spare

    def in_flight(self) -> int:
        """Messages that will still arrive."""
        return len(self.node)

    def take(self, until_ns: int) -> Taken:
        """What arrives before `until_ns`."""
        due = self.arrival_ns < until_ns
        rows = np.flatnonzero(due)
        taken = _in_order(self.node[rows], self.version[rows], self.arrival_ns[rows])
        self.node, self.version = self.node[~due], self.version[~due]
        self.arrival_ns = self.arrival_ns[~due]
        self.delivered += len(rows)
        return taken

    def refuse(self, nodes: BoolArray, until_ns: float) -> None:
        """Lose what would arrive at these nodes before `until_ns`, because they are down."""
        hit = nodes[self.node] & (self.arrival_ns < until_ns)
        self.refused += int(np.count_nonzero(hit))
        self.node, self.version = self.node[~hit], self.version[~hit]
        self.arrival_ns = self.arrival_ns[~hit]

    def postpone(self, nodes: BoolArray, until_ns: float) -> None:
        """Take in nothing at these nodes before `until_ns`."""
        hit = nodes[self.node]
        self.arrival_ns[hit] = np.maximum(self.arrival_ns[hit], until_ns)


@dataclass(slots=True)
class Spur:
    """The hops from a further replica of the publisher down to nodes that hear all replicas.

    The last post only brings: what its nodes hold stands in the post of replica 0.
    """

    posts: tuple[Post, ...]
    sent: int = 0
    """Messages that were sent on the first hop."""


class Mail:
    """All hops from where a version is born (first) to where it is used (last)."""

    def __init__(self, posts: Sequence[Post]) -> None:
        self.posts = tuple(posts)
        self.spurs: tuple[Spur, ...] = ()
        """The ways of replicas 1, 2, ...; see `join`."""
        self._joined = -1
        self.now_ns = 0
        self.sent = 0
        """Messages that were sent on the first hop."""
        self.arrived = _NOTHING
        """What the last nodes took up in the last call of `advance`."""
        self.held_before = np.empty(0, np.int64)
        """Versions that the last nodes held before it; -1 is none."""
        self._published_ns: dict[int, int] = {}

    def join(self, spurs: Sequence[Spur], number: int) -> None:
        """Let further replicas publish; their spurs end at the nodes of post `number`."""
        assert all(len(spur.posts) == number + 1 for spur in spurs)
        self.spurs, self._joined = tuple(spurs), number

    def publish(
        self,
        version: int,
        now_ns: int,
        sent: BoolArray | None = None,
        *,
        replica: int = 0,
        born_ns: int | None = None,
    ) -> None:
        """Send `version` on the first hop of a replica: to all its nodes, or to those in `sent`.

        Its birth is `born_ns`, or the instant at which the first replica publishes it.
        """
        self._published_ns.setdefault(version, now_ns if born_ns is None else born_ns)
        if not self.posts:
            return
        start = self.spurs[replica - 1] if replica else self
        first = start.posts[0]
        first.send(version, np.full(len(first.born_ns), float(now_ns)), sent)
        start.sent += len(first.born_ns) if sent is None else int(np.count_nonzero(sent))

    def advance(self, until_ns: int) -> None:
        """Process everything that arrives before `until_ns`, hop by hop."""
        if self.posts:
            self.held_before = self.posts[-1].version_held.copy()
        for index, post in enumerate(self.posts):
            below = self.posts[index + 1] if index + 1 < len(self.posts) else None
            taken = post.take(until_ns)
            if index == self._joined:
                more = [self._come_down(spur, until_ns) for spur in self.spurs]
                taken = _in_order(*map(np.concatenate, zip(taken, *more, strict=True)))
            self.arrived = self._deliver(post, below, taken)
        self.now_ns = until_ns

    def held_at(self, node: IntArray, known_ns: FloatArray) -> IntArray:
        """The version that each of these last nodes held at an instant before `now_ns`; -1 is none.

        Instants must not lie before the last call of `advance` but one; arrays of one shape.
        """
        held = self.held_before[node]
        for version in np.unique(self.arrived.version).tolist():
            rows = self.arrived.version == version
            since_ns = np.full(len(self.held_before), NEVER)
            since_ns[self.arrived.node[rows]] = self.arrived.known_ns[rows]
            held = np.where(known_ns >= since_ns[node], version, held)
        return held

    def _come_down(self, spur: Spur, until_ns: int) -> Taken:
        """Advance a spur; what arrives at its end."""
        for post, below in pairwise(spur.posts):
            self._deliver(post, below, post.take(until_ns))
        return spur.posts[-1].take(until_ns)

    def _deliver(self, post: Post, below: Post | None, taken: Taken) -> Arrived:
        nodes, versions, instants = taken
        newer = newer_than_all_before(nodes, versions, post.version_held)
        nodes, versions, instants = nodes[newer], versions[newer], instants[newer]
        for version in np.unique(versions).tolist():
            rows = versions == version
            post.version_held[nodes[rows]] = version
            post.born_ns[nodes[rows]] = self._published_ns[version]
            sent_ns = np.full(len(post.born_ns), NEVER)
            sent_ns[nodes[rows]] = instants[rows]
            if post.passes is not None:
                sent_ns[~post.passes(version)] = NEVER
            post.passed += sent_ns < NEVER
            if below is not None and post.groups is not None:
                _pass_on(post.groups, below, version, sent_ns)
        return Arrived(nodes, versions, instants)


_NOTHING = Arrived(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0))


def _in_order(node: IntArray, version: IntArray, arrival_ns: FloatArray) -> Taken:
    rows = np.lexsort((version, node, arrival_ns))
    return node[rows], version[rows], arrival_ns[rows]


def newer_than_all_before(nodes: IntArray, versions: IntArray, held: IntArray) -> BoolArray:
    """Which arrivals, given in their order, are newer than all that their node got before."""
    order = np.argsort(nodes, kind="stable")
    shift = np.int64(1) << 32
    # One running maximum serves all nodes, because the node's number is the higher half of the key.
    keys = nodes[order] * shift + versions[order]
    best = np.maximum.accumulate(np.concatenate(([np.int64(-1)], keys)))[:-1]
    newer = np.empty(len(nodes), np.bool_)
    newer[order] = (keys > best) & (versions[order] > held[nodes[order]])
    return newer


def _pass_on(groups: Groups, below: Post, version: int, sent_ns: FloatArray) -> None:
    """Send a version on to those behind every node with a finite `sent_ns`."""
    of_children = np.repeat(sent_ns, np.diff(groups.starts))
    sends = of_children < NEVER
    below.send(version, np.where(sends, of_children, 0.0), sends)
