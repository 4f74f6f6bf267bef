"""Where agents' messages enter the network: as from hosts at their places, without the hosts.

A host for each of ten thousand agents would only wait for its next measurement. What matters of it
is here: a place of its own in the fabric, its own random streams, versions that count up.
"""

from collections.abc import Sequence

from sim.engine.control.plane import ControlPlane
from sim.engine.routing.ledger import Ledger
from sim.protocol.routing.contract import Ranked


class Outlet:
    """The ways from all agents to their routers: `to` has the host that each of them sends to."""

    def __init__(self, plane: ControlPlane, ledger: Ledger, to: Sequence[str]) -> None:
        self._plane, self._ledger, self._to = plane, ledger, to
        self.names = [plane.place(0, agent).name for agent in range(len(to))]
        self.version = [0] * len(to)
        """Of the newest update of each agent."""
        self._has_sent = [False] * len(to)

    @property
    def now_ns(self) -> int:
        """The time."""
        return self._plane.kernel.now_ns

    def send(self, agent: int, message: Ranked, rank: str) -> None:
        """Put a message on its way, now."""
        name, to = f"{self.names[agent]} source", self._to[agent]
        if not self._has_sent[agent]:
            # Random streams are most of what a source costs: they are made when they are needed.
            self._has_sent[agent] = True
            self._plane.fabric.add(name, self._plane.place(0, agent), reliable=True)
        self._ledger.send(message, rank, to)
        self._plane.switch.transmit(name, to, message)
