"""Nodes stand still (a stopped process, a long collection), then go on where they were."""

from sim.engine.faults.base import Fault
from sim.engine.faults.crash import newly_out
from sim.engine.world import Outage, World


class Pause(Fault):
    """options: nodes. Nothing is sent meanwhile; what arrives is taken in at the end."""

    def begin(self, world: World) -> int:
        """Freeze the nodes; return how many nodes it makes a difference to."""
        outage = Outage(self.nodes(world), self.until_ns, loses_messages=False)
        touched = newly_out(world, outage)
        world.outages[self.name] = outage
        world.interrupt(outage)
        return touched

    def end(self, world: World) -> None:
        """Let them go on."""
        del world.outages[self.name]
