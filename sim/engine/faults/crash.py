"""Nodes stop, and start again with what they wrote down (durable) or with nothing."""

import numpy as np

from sim.engine.faults.base import Fault
from sim.engine.world import Outage, World


class Crash(Fault):
    """options: nodes, durable. While down a node sends nothing and loses what is sent to it."""

    def begin(self, world: World) -> int:
        """Stop the nodes; return how many were up."""
        outage = Outage(self.nodes(world), self.until_ns, loses_messages=True)
        touched = acting(world, outage)
        world.outages[self.name] = outage
        world.interrupt(outage)
        if not self.plan.options["durable"]:
            world.telemetry.forget(outage.nodes)
        return touched

    def end(self, world: World) -> None:
        """Start them again."""
        del world.outages[self.name]


def acting(world: World, outage: Outage) -> int:
    """How many of the nodes were up until now."""
    return sum(
        int(np.count_nonzero(nodes & world.is_up(tier))) for tier, nodes in enumerate(outage.nodes)
    )
