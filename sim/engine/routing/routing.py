"""Semantic routing in one run: the field of agents, a router on every aggregator, the root's sink.

Every message is accounted for, from its source to its end (`ledger`); whatever is lost, on the way,
in a host or by a router, is told there.
"""

from collections.abc import Iterator, Sequence
from functools import partial

from sim.engine.component import Rows
from sim.engine.control.plane import ControlPlane
from sim.engine.flight import Flight
from sim.engine.host import Host
from sim.engine.kernel import Kernel, Script
from sim.engine.parts import Advance, Parts
from sim.engine.routing.beliefs import Beliefs
from sim.engine.routing.field import Field
from sim.engine.routing.ledger import Ledger
from sim.engine.routing.meter import Meter
from sim.engine.routing.mischief import Mischief
from sim.engine.routing.outlet import Outlet
from sim.engine.routing.routers import Routers
from sim.engine.routing.station import Terminus
from sim.protocol.routing.contract import Ranked
from sim.protocol.routing.importance import Importance
from sim.protocol.routing.sink import Book, Sink
from sim.scenario.blocks.routing.plan import RoutingPlan

CRITICAL = Importance.CRITICAL.name.lower()


class Routing:
    """The component; faults of the world reach its hosts by themselves."""

    def __init__(
        self, parts: Parts, plan: RoutingPlan, plane: ControlPlane, mischief: Mischief
    ) -> None:
        self._parts, self._plane = parts, plane
        self._meter = Meter(lambda: plane.kernel.now_ns)
        self._ledger = Ledger(self._meter)
        self._routers = Routers(parts, plan, plane, mischief, self._ledger, self._meter)
        outlet = Outlet(plane, self._ledger, self._routers.first_of_agents())
        self._names = outlet.names
        self._row = {name: row for row, name in enumerate(outlet.names)}
        self._field = Field(parts, plan, plane.world, mischief, outlet)
        self._sink = self._join_sink()
        self._beliefs = Beliefs(plan, self._field, self._root, self._routers)
        self._watch_losses()

    # As a component

    def scripts(self, kernel: Kernel, advance: Advance) -> Iterator[Script]:  # noqa: ARG002
        """The agents measure and beat; the root is asked at every sample."""
        run = self._parts.plan
        yield from self._field.scripts(kernel)
        yield from self._beliefs.sampling(kernel, run.measure.every_ns, run.duration_ns)

    def rows(self) -> Rows:
        """What was sent and what became of it, what was believed, what came late."""
        return {
            "updates": list(self._meter.update_rows()),
            "router_lines": list(self._meter.line_rows()),
            "beliefs": self._beliefs.rows(),
            "criticals": self._field.criticals.rows(),
            "deaths": self._field.deaths.rows(),
        }

    def idle(self) -> Sequence[str]:
        """Updates are never without effect."""
        return []

    # The root's end

    def _join_sink(self) -> Host:
        name, place = self._routers.sink, self._plane.place(self._parts.top, 0)
        return self._plane.join(name, place, partial(self._make_sink, name))

    def _make_sink(self, name: str, life: int) -> Terminus:  # noqa: ARG002
        sink = Sink(name, self._names, self._parts.layout.features)
        return Terminus(sink, self._ledger, self._arrived)

    def _root(self) -> tuple[Book, int]:
        """What is held at the root, and the time on its clock."""
        node = self._sink.node
        assert isinstance(node, Terminus)
        return node.sink.book, self._sink.local_ns

    def _arrived(self, message: Ranked, rank: str) -> None:
        if rank == CRITICAL:
            agent = self._row[message.source]
            self._field.criticals.arrived(agent, message.born_ns, self._meter.clock())

    # What is lost, and what must hold

    def _watch_losses(self) -> None:
        self._plane.switch.dropped.append(lambda _to, message, _why: self._ledger.lose(message))
        for host in self._hosts:
            host.discarded.append(lambda _at, message: self._ledger.lose(message))
            host.postponed.append(lambda at, message: self._ledger.postpone(message, at))
        self._plane.checks.append(self._check)

    def _check(self) -> None:
        """Raises InvariantViolated if an update has vanished, or is in two places."""
        moving = [flight.message for flight in self._plane.kernel.pending(Flight)]
        waiting = [message for host in self._hosts for message in host.held]
        self._ledger.check(self._routers.held(), [*moving, *waiting])

    @property
    def _hosts(self) -> tuple[Host, ...]:
        return (*self._routers.hosts, self._sink)
