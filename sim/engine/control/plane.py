"""The hosts of one run, each at a place of the tree, and how faults of the world reach them.

Every capability (agreement, alerts, membership...) has nodes of its own, so one machine may carry
several hosts; a fault of the machine hits them all. What is not modelled: that they share its
processor.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sim.engine.component import Rows
from sim.engine.control.fabric import Fabric, Place
from sim.engine.control.motion import Monotone, Watched
from sim.engine.host import Application, Host, NodeFactory, ServiceFactory
from sim.engine.journal import MESSAGE_RECORDS, Journal
from sim.engine.kernel import Kernel, Order, Script
from sim.engine.parts import Advance, Parts
from sim.engine.roster import Nodes
from sim.engine.service import ServiceTime
from sim.engine.switch import Switch
from sim.engine.world import World

PPB_IN_PPM = 1000


@dataclass(slots=True)
class _Seated:
    """A host, where it is, and whether it will have forgotten everything when it is up again."""

    host: Host
    place: Place
    forgets: bool = False
    clock: tuple[int, int] = (0, 0)


class ControlPlane:
    """Build the plane first, then let capabilities `join` their nodes."""

    def __init__(self, parts: Parts, world: World, kernel: Kernel, rate_bps: int | None) -> None:
        self.kernel, self.world = kernel, world
        self.advance: Advance = lambda _: None
        """Brings the columns up to an instant; known when the run begins."""
        self.journal = Journal(without=MESSAGE_RECORDS)
        self.fabric = Fabric(parts, world, rate_bps)
        judge = Watched(self.fabric, world)
        self.switch = Switch(kernel, judge.judge, self.journal, judge_all=judge.judge_all)
        self._seated: dict[str, _Seated] = {}
        self.checks: list[Callable[[], None]] = [self.switch.check, Monotone(world).check]
        """Invariants; each raises InvariantViolated."""
        self.last_checks: list[Callable[[], None]] = []
        """Those that are asked for at the end alone."""
        self.changed_ns = 0
        """When a fault began or ended last."""
        world.observers.append(self._follow)
        world.forgetters.append(self._forget)

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
            self.switch.transmit,
            self.journal,
            peers=peers,
            member=member,
            broadcast=self.switch.broadcast,
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

    def rows(self) -> Rows:
        """Messages by kind and outcome."""
        return {"control_traffic": [row for one in self.switch.traffic() for row in _rows(one)]}

    def idle(self) -> list[str]:
        """Never without effect."""
        return []

    def _starting(self, kernel: Kernel) -> Script:
        yield kernel.instant(0, order=Order.SCRIPT)
        for seated in self._seated.values():
            if seated.host.is_up:
                seated.host.start()

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
        wrong = [
            (offset_ns, round(drift_ppm * PPB_IN_PPM))
            for nodes, offset_ns, drift_ppm, _ in self.world.clocks.values()
            if nodes[place.tier][place.node]
        ]
        clock = (sum(offset for offset, _ in wrong), sum(drift for _, drift in wrong))
        if clock != seated.clock:
            seated.host.set_clock(*clock)
            seated.clock = clock

    def _forget(self, nodes: Nodes) -> None:
        for seated in self._seated.values():
            if nodes[seated.place.tier][seated.place.node]:
                seated.forgets = True


def _rows(traffic: Any) -> Iterator[dict[str, Any]]:
    """A row for each outcome of the messages of a kind."""
    size = traffic.bytes // max(traffic.messages, 1)
    outcomes = {"delivered": traffic.delivered, "in_flight": traffic.in_flight, **traffic.dropped}
    for outcome, messages in sorted(outcomes.items()):
        if messages or outcome == "delivered":
            yield {
                "kind": traffic.kind,
                "outcome": outcome,
                "messages": messages,
                "bytes": traffic.bytes if outcome == "delivered" else size * messages,
            }
