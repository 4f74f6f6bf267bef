"""The fabric's judgement of single messages: by the same paths, laws and faults as the columns.

Control messages travel over reliable connections: what chance loses is sent again after
`RETRANSMIT_NS`, until it arrives; a fault that cuts the way drops them, and protocols have to cope.
Datagrams (probes, heartbeats) are lost for good, and may arrive twice. What chance decides about a
sender's messages has streams of its own, so another node more or less moves nobody's draws. A fault
hits a message only if that fares otherwise for it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from sim.engine.parts import Parts
from sim.engine.rules import Ends, governing
from sim.engine.service import one_by_one
from sim.engine.streams import Streams
from sim.engine.world import World
from sim.network.latency import make_law
from sim.network.latency.law import LatencyLaw
from sim.network.loss import make_loss
from sim.network.verdict import CORRUPT, LOST, NO_ROUTE, Verdict
from sim.protocol.messages import Message
from sim.units import NS_PER_S

RETRANSMIT_NS: Final = NS_PER_S // 5
"""The smallest retransmission timeout of a common TCP (Linux)."""
TRIES_MAX: Final = 16
"""A connection that loses so many times in a row is broken."""


@dataclass(frozen=True, slots=True)
class Place:
    """A machine of the tree: a node of a tier, and where it stands."""

    name: str
    tier: int
    node: int
    site: int


class _Way(NamedTuple):
    """What holds between two places until the network changes."""

    floor_ns: int
    verdict: Verdict | None
    drop: str | None
    lost: float
    """Share that is lost, by chance and by the fault."""
    gone: float
    """Share that is lost or arrives damaged."""
    is_slow: bool
    """Whether the fault delays every message before `_bent` is asked: on a link, or on the line."""


class Fabric:
    """Delays and losses between the places of one run. `rate_bps` is that of each place's line."""

    def __init__(self, parts: Parts, world: World, rate_bps: int | None) -> None:
        self.world = world
        self._base_ns = np.nan_to_num(world.delay_ns, posinf=0.0)
        self._bit_ns = 0.0 if rate_bps is None else NS_PER_S / rate_bps
        topology = parts.plan.topology
        self._law = make_law(topology.jitter.kind, topology.jitter.options, parts.plan.directory)
        self._loss = make_loss(topology.loss.kind, topology.loss.options).loss_share
        self._tails = parts.routes.graph.tails
        self._streams = parts.streams
        self._senders: dict[str, _Sender] = {}
        self._ways: dict[tuple[str, str], _Way] = {}
        self._free_ns: dict[str, int] = {}

    def add(self, node_id: str, place: Place, *, reliable: bool) -> None:
        """From now on this node sends and receives at that place."""
        chance = _Chance(self._streams, node_id, self._law)
        self._senders[node_id] = _Sender(place, reliable, chance)

    def place(self, node_id: str) -> Place:
        """Where a node is."""
        return self._senders[node_id].place

    def base_ns(self, one: str, other: str) -> int:
        """How long the way from one node to another is while nothing is broken."""
        return int(self._base_ns[self.place(one).site, self.place(other).site])

    def refresh(self) -> None:
        """Routes or rules have changed."""
        self._ways.clear()

    def judge(self, sender: str, receiver: str, message: Message, now_ns: int) -> int | str:
        """Delay in ns, or why the message is lost."""
        source = self._senders[sender]
        way = self._ways.get((sender, receiver)) or self._way(sender, receiver)
        wait_ns = self._wait_ns(source.place.name, message, way, now_ns)
        delay_ns = way.floor_ns + next(source.chance.jitter_ns)
        if self._tails is not None:
            delay_ns += self._late_ns(source, self._senders[receiver])
        if way.drop is not None:
            self._hit(way)
            return way.drop
        again_ns, is_hit = self._again_ns(way, source)
        if way.verdict is not None:
            bent_ns = _bent(way.verdict, delay_ns, now_ns, source.chance)
            if is_hit or way.is_slow or bent_ns != delay_ns:
                self._hit(way)
            delay_ns = bent_ns
        return again_ns if isinstance(again_ns, str) else wait_ns + delay_ns + again_ns

    def judge_all(
        self, sender: str, receivers: tuple[str, ...], message: Message, now_ns: int
    ) -> list[int | str]:
        """The same for a broadcast, in the order of the receivers."""
        return [self.judge(sender, receiver, message, now_ns) for receiver in receivers]

    def is_doubled(self, sender: str, receiver: str) -> bool:
        """Whether a fault makes a second message of one that is about to be sent.

        Never on a connection, which throws copies away.
        """
        source = self._senders[sender]
        way = self._ways.get((sender, receiver)) or self._way(sender, receiver)
        if source.reliable or way.verdict is None or not way.verdict.duplicate_share:
            return False
        is_doubled = next(source.chance.copy) < way.verdict.duplicate_share
        if is_doubled:
            self._hit(way)
        return is_doubled

    def is_cut(self, sender: str, receiver: str) -> bool:
        """Whether nothing gets from one node to the other now."""
        way = self._ways.get((sender, receiver)) or self._way(sender, receiver)
        return way.drop is not None or (way.verdict is not None and way.verdict.is_cut)

    def round_trip_ns(self, one: str, other: str) -> int:
        """The shortest round trip between two nodes now."""
        return sum(
            (self._ways.get(pair) or self._way(*pair)).floor_ns
            for pair in ((one, other), (other, one))
        )

    def _way(self, sender: str, receiver: str) -> _Way:
        source, target = self._senders[sender].place, self._senders[receiver].place
        floor_ns = float(self.world.delay_ns[source.site, target.site])
        rules = self.world.rules_in_order()
        (number,) = governing(rules, _ends(source), _ends(target))
        verdict = None if number < 0 else rules[number].verdict
        if not np.isfinite(floor_ns):
            # Nothing is left for a rule to decide about.
            way = _Way(0, None, NO_ROUTE, 0.0, 0.0, is_slow=False)
        elif verdict is None:
            way = _Way(round(floor_ns), None, None, self._loss, self._loss, is_slow=False)
        else:
            way = self._ruled(round(floor_ns), verdict)
        self._ways[sender, receiver] = way
        return way

    def _ruled(self, floor_ns: int, verdict: Verdict) -> _Way:
        """A way that a fault governs; that of a slowed link is in the floor already."""
        lost = 1 - (1 - self._loss) * (1 - verdict.loss_extra)
        gone = 1 - (1 - lost) * (1 - verdict.corrupt_share)
        _, link_factor = self.world.slowed.get(verdict.rule, (None, 1.0))
        is_slow = link_factor != 1 or (self._bit_ns > 0 and verdict.rate_factor != 1)
        return _Way(floor_ns, verdict, verdict.drop, lost, gone, is_slow)

    def _late_ns(self, source: "_Sender", target: "_Sender") -> int:
        """The tail of the two sites."""
        assert self._tails is not None
        here, there = (np.array([one.place.site]) for one in (source, target))
        return round(
            self._tails.excess_ns(here, there, np.array([next(source.chance.tail)])).item()
        )

    def _hit(self, way: _Way) -> None:
        if way.verdict is not None:
            self.world.control_hits[way.verdict.rule] += 1

    def _wait_ns(self, place: str, message: Message, way: _Way, now_ns: int) -> int:
        """Until the place's line is free, and the message has been put on it."""
        if not self._bit_ns:
            return 0
        free_ns = max(self._free_ns.get(place, 0), now_ns)
        left = 1.0 if way.verdict is None else way.verdict.rate_factor
        free_ns += round(8 * message.size_bytes * self._bit_ns / left)
        self._free_ns[place] = free_ns
        return free_ns - now_ns

    def _again_ns(self, way: _Way, source: "_Sender") -> tuple[int | str, bool]:
        """How much later it arrives because it was lost on the way, or why it is lost for good.

        And whether a fault had a part in it: of each try, chance has the first say.
        """
        if not way.gone:
            return _AT_ONCE
        drawn, is_hit = 0.0, False
        for tries in range(TRIES_MAX if source.reliable else 1):
            drawn = next(source.chance.uniform)
            if drawn >= way.gone:
                return tries * RETRANSMIT_NS, is_hit
            is_hit = is_hit or drawn >= self._loss
        return (LOST if drawn < way.lost else CORRUPT), is_hit


_AT_ONCE: Final = (0, False)


class _Chance:
    """The draws of one sender."""

    def __init__(self, streams: Streams, node_id: str, law: LatencyLaw) -> None:
        self.jitter_ns = one_by_one(_drawing(law, streams.stream("control", node_id, "jitter")))
        self.tail = _uniforms(streams.stream("control", node_id, "tail"))
        self.uniform = _uniforms(streams.stream("control", node_id, "loss"))
        self.fate = _uniforms(streams.stream("control", node_id, "reorder"))
        self.copy = _uniforms(streams.stream("control", node_id, "duplicate"))


@dataclass(frozen=True, slots=True)
class _Sender:
    place: Place
    reliable: bool
    chance: _Chance


def _bent(verdict: Verdict, delay_ns: int, now_ns: int, chance: _Chance) -> int:
    """The delay as a fault changes it."""
    bent_ns = delay_ns * verdict.delay_factor + verdict.delay_extra_ns
    bent_ns += max(verdict.hold_until_ns - now_ns, 0.0)
    if verdict.reorder_share and next(chance.fate) < verdict.reorder_share:
        bent_ns += verdict.reorder_extra_ns
    return round(bent_ns)


def _ends(place: Place) -> Ends:
    return Ends(place.tier, np.array([place.node]), np.array([place.site], np.int32))


def _drawing(law: LatencyLaw, stream: np.random.Generator):  # type: ignore[no-untyped-def]
    def draw_ns(count: int) -> np.ndarray:
        drawn = np.empty(count)
        law.draw(stream, drawn)
        return drawn

    return draw_ns


def _uniforms(stream: np.random.Generator) -> Iterator[float]:
    while True:
        yield from stream.random(256).tolist()
