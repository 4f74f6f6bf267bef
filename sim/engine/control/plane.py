"""The hosts of one run, each at a place of the tree, and how faults of the world reach them.

Every capability (agreement, alerts, membership...) has nodes of its own, so one machine may carry
several hosts; a fault of the machine hits them all. What is not modelled: that they share its
processor.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from sim.engine.component import Rows
from sim.engine.control.fabric import Fabric, Place
from sim.engine.control.message_rows import MessageRows
from sim.engine.control.motion import Monotone, Watched
from sim.engine.host import Application, Host, NodeFactory, ServiceFactory
from sim.engine.journal import MESSAGE_RECORDS, Discarded, Journal, Table
from sim.engine.kept import Kept
from sim.engine.kernel import Kernel, Order, Script
from sim.engine.parts import Advance, Parts
from sim.engine.roster import Nodes
from sim.engine.service import ServiceTime
from sim.engine.switch import Switch
from sim.engine.tally import Traffic
from sim.engine.world import World
from sim.network.verdict import DELIVERED
from sim.protocol.agreement.registry import PROTOCOLS
from sim.protocol.messages import Message

PPB_IN_PPM: Final = 1000
SECRET_BYTES: Final = 32
DISCARDED: Final = "discarded"
"""Outcome of messages that were lost inside a host; those that were sent count as delivered too."""

AGREEMENT: Final = "agreement"
REGISTRY: Final = "registry"
ALERTS: Final = "alerts"
MEMBERS: Final = "members"
SYNC: Final = "sync"
ROUTING: Final = "routing"
PARTS: Final = {
    **dict.fromkeys(PROTOCOLS, AGREEMENT),
    "registry": REGISTRY,
    "retractor": REGISTRY,
    "alerts": ALERTS,
    "raiser": ALERTS,
    "ward": MEMBERS,
    "warden": MEMBERS,
    "sync": SYNC,
    "source": ROUTING,
    "router": ROUTING,
    "sink": ROUTING,
}
"""The part to which a host belongs, by the last word of its name."""


def part_of(host: str) -> str:
    """The part to which a host belongs: `root-0/0 pbft` agrees, `root-0/0 registry` logs."""
    role = host.rpartition(" ")[2]
    return PARTS.get(role, role)


@dataclass(slots=True)
class _Seated:
    """A host, where it is, and whether it will have forgotten everything when it is up again."""

    host: Host
    place: Place
    forgets: bool = False
    clocks: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Offset in ns and drift in ppb by which each fault has its clock wrong."""


class _Books(Journal):
    """A journal without rows for messages; what hosts discard is counted."""

    def __init__(self) -> None:
        super().__init__(without=MESSAGE_RECORDS)
        self.discarded: Counter[tuple[str, str]] = Counter()
        """By the part of the host and the kind."""

    def append(self, at_ns: int, record: tuple[object, ...]) -> None:
        """Write a record down, or count it."""
        if isinstance(record, Discarded):
            self.discarded[part_of(record.node), record.kind] += 1
        else:
            super().append(at_ns, record)


class ControlPlane:
    """Build the plane first, then let capabilities `join` their nodes."""

    def __init__(self, parts: Parts, world: World, kernel: Kernel, rate_bps: int | None) -> None:
        self.kernel, self.world = kernel, world
        self._streams = parts.streams
        self.advance: Advance = lambda _: None
        """Brings the columns up to an instant; known when the run begins."""
        self.journal = _Books()
        self.fabric = Fabric(parts, world, rate_bps)
        judge = Watched(self.fabric, world)
        self.switch = Switch(
            kernel, judge.judge, self.journal, judge_all=judge.judge_all, part_of=part_of
        )
        self._seated: dict[str, _Seated] = {}
        self.checks: list[Callable[[], None]] = [self.switch.check, Monotone(world).check]
        """Invariants; each raises InvariantViolated."""
        self.last_checks: list[Callable[[], None]] = []
        """Those that are asked for at the end alone."""
        self._messages: MessageRows | None = None
        self.changed_ns = 0
        """When a fault began or ended last."""
        world.observers.append(self._follow)
        world.forgetters.append(self._forget)

    def secret(self, *of: str) -> bytes:
        """What keys of this purpose are derived from: the same whenever it is asked for."""
        return self._streams.stream("control", *of).bytes(SECRET_BYTES)

    def place(self, row: int, node: int) -> Place:
        """The machine of a node of the tree."""
        roster = self.world.roster
        return Place(roster.shape.node_name(row, node), row, node, int(roster.sites[row][node]))

    def join(
        self,
        node_id: str,
        place: Place,
        factory: NodeFactory,
        *,
        peers: tuple[str, ...] = (),
        member: int | None = None,
        service: ServiceFactory | None = None,
        signing: ServiceTime | None = None,
        application: Application | None = None,
        reliable: bool = True,
    ) -> Host:
        """A host for a node; it starts with the run. Raises AssertionError for a name twice."""
        host = Host(
            node_id,
            factory,
            self.kernel,
            self.switch.transmit if reliable else self._transmit,
            self.journal,
            peers=peers,
            member=member,
            broadcast=self.switch.broadcast if reliable else self._broadcast,
            service=service,
            signing=signing,
            application=application,
        )
        self.switch.join(host)
        self.fabric.add(node_id, place, reliable=reliable)
        self._seated[node_id] = _Seated(host, place)
        return host

    def host(self, node_id: str) -> Host:
        """The host of a node."""
        return self._seated[node_id].host

    def check(self) -> None:
        """Raises InvariantViolated if something on the plane contradicts itself."""
        for check in self.checks:
            check()

    def check_end(self) -> None:
        """The same of what must hold once messages have got through again."""
        for check in self.last_checks:
            check()

    def scripts(self, kernel: Kernel, advance: Advance) -> Iterator[Script]:
        """One: all hosts start."""
        self.advance = advance
        yield self._starting(kernel)

    def keep_messages(self, kept: Kept) -> None:
        """Write down single messages; to be asked for before anything is sent."""
        self._messages = MessageRows(kept, self.switch, self.fabric.place, part_of)

    def messages(self) -> Table:
        """The messages that were kept; see `MessageRows.table`."""
        assert self._messages is not None, "no message was kept"
        return self._messages.table()

    def rows(self) -> Rows:
        """Messages by part, kind and outcome; beside these, what hosts discarded of the delivered.

        The part is the sender's; of what was discarded, that of the host that lost it. What never
        left its host (forged) and what a host had told itself is among the discarded.
        """
        sent = [row for one in self.switch.traffic() for row in _rows(one)]
        lost = [_row(*key, DISCARDED, *one) for key, one in sorted(self._discarded().items())]
        return {"control_traffic": sent + lost}

    def idle(self) -> list[str]:
        """Never without effect."""
        return []

    def _starting(self, kernel: Kernel) -> Script:
        yield kernel.instant(0, order=Order.SCRIPT)
        for seated in self._seated.values():
            if seated.host.is_up:
                seated.host.start()

    def _discarded(self) -> dict[tuple[str, str], tuple[int, int]]:
        """Messages and bytes of each part and kind."""
        sizes = {one.kind: _size_bytes(one) for one in self.switch.traffic()}
        found = self.journal.discarded.items()
        return {key: (messages, messages * sizes.get(key[1], 0)) for key, messages in found}

    # Datagrams: the network may make two of one, and each finds its own way

    def _transmit(self, sender: str, receiver: str, message: Message) -> None:
        self.switch.transmit(sender, receiver, message)
        if self.fabric.is_doubled(sender, receiver):
            self.switch.transmit(sender, receiver, message)

    def _broadcast(self, sender: str, receivers: tuple[str, ...], message: Message) -> None:
        for receiver in receivers:
            self._transmit(sender, receiver, message)

    # Faults of the world

    def _follow(self) -> None:
        """Routes, rules, outages or clocks have changed."""
        self.changed_ns = self.kernel.now_ns
        self.fabric.refresh()
        for seated in self._seated.values():
            self._follow_outages(seated)
            self._follow_clock(seated)

    def _follow_outages(self, seated: _Seated) -> None:
        host, place = seated.host, seated.place
        hits = [o for o in self.world.outages.values() if o.nodes[place.tier][place.node]]
        down = any(outage.loses_messages for outage in hits)
        if down:
            host.crash()
            return
        if not host.is_up:
            host.restart(durable=not seated.forgets)
            seated.forgets = False
        if hits and not host.is_paused:
            host.pause()
        elif host.is_paused and not hits:
            host.resume()

    def _follow_clock(self, seated: _Seated) -> None:
        place = seated.place
        wrong = {
            name: (offset_ns, round(drift_ppm * PPB_IN_PPM))
            for name, (nodes, offset_ns, drift_ppm, _) in self.world.clocks.items()
            if nodes[place.tier][place.node]
        }
        if wrong == seated.clocks:
            return
        offsets_ns, drifts_ppb = zip((0, 0), *wrong.values(), strict=True)
        seated.host.set_clock(sum(offsets_ns), sum(drifts_ppb))
        self.world.control_hits.update(name for name in wrong if name not in seated.clocks)
        seated.clocks = wrong

    def _forget(self, nodes: Nodes) -> None:
        for seated in self._seated.values():
            if nodes[seated.place.tier][seated.place.node]:
                seated.forgets = True


def _rows(traffic: Traffic) -> Iterator[dict[str, Any]]:
    """A row for each outcome of the messages of a kind; together they are all that was sent."""
    size = _size_bytes(traffic)
    others = {"in_flight": traffic.in_flight, **traffic.dropped}
    delivered_bytes = traffic.bytes - size * sum(others.values())
    key = traffic.part, traffic.kind
    rows = [_row(*key, outcome, count, size * count) for outcome, count in others.items()]
    rows.append(_row(*key, DELIVERED, traffic.delivered, delivered_bytes))
    for row in sorted(rows, key=lambda row: str(row["outcome"])):
        if row["messages"] or row["outcome"] == DELIVERED:
            yield row


def _size_bytes(traffic: Traffic) -> int:
    return traffic.bytes // max(traffic.messages, 1)


def _row(part: str, kind: str, outcome: str, messages: int, size_bytes: int) -> dict[str, Any]:
    return {
        "part": part,
        "kind": kind,
        "outcome": outcome,
        "messages": messages,
        "bytes": size_bytes,
    }
