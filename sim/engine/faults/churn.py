"""Nodes leave the network in good order, and join again at the end."""

from sim.engine.faults.base import Fault
from sim.engine.faults.crash import newly_out
from sim.engine.world import Outage, World


class Churn(Fault):
    """options: nodes. Who has left is no longer registered, so coverage is counted without it."""

    silences = False

    def begin(self, world: World) -> int:
        """Let the nodes leave; return how many did."""
        outage = Outage(self.nodes(world), self.until_ns, loses_messages=True)
        touched = newly_out(world, outage)
        world.outages[self.name] = outage
        world.absent[self.name] = outage.nodes
        world.interrupt(outage)
        return touched

    def end(self, world: World) -> None:
        """Let them join again."""
        del world.outages[self.name], world.absent[self.name]
