"""Nodes leave the network in good order, and join again at the end."""

from sim.engine.faults.base import OutageFault
from sim.engine.world import World


class Churn(OutageFault):
    """options: nodes. Who has left is no longer registered, so coverage is counted without it."""

    silences = False

    def begin(self, world: World) -> int:
        """Let the nodes leave; return how many nodes it makes a difference to."""
        touched = super().begin(world)
        world.absent[self.name] = world.outages[self.name].nodes
        return touched

    def end(self, world: World) -> None:
        """Let them join again."""
        super().end(world)
        del world.absent[self.name]
