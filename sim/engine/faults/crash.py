"""Nodes stop, and start again with what they wrote down (durable) or with nothing."""

import numpy as np

from sim.engine.faults.base import Fault
from sim.engine.world import Outage, World


class Crash(Fault):
    """options: nodes, durable. While down a node sends nothing and loses what is sent to it."""

    def begin(self, world: World) -> int:
        """Stop the nodes; return how many nodes it makes a difference to."""
        outage = Outage(self.nodes(world), self.until_ns, loses_messages=True)
        touched = newly_out(world, outage)
        world.outages[self.name] = outage
        forgets = not self.plan.options["durable"]
        world.interrupt(outage, forgets=forgets)
        if forgets:
            world.telemetry.forget(outage.nodes)
        return touched

    def end(self, world: World) -> None:
        """Start them again."""
        del world.outages[self.name]


def newly_out(world: World, outage: Outage) -> int:
    """How many nodes the outage makes a difference to: no other one does as much for as long."""
    stronger = [
        other
        for other in world.outages.values()
        if other.until_ns >= outage.until_ns and other.loses_messages >= outage.loses_messages
    ]
    touched = 0
    for tier, nodes in enumerate(outage.nodes):
        covered = np.logical_or.reduce([other.nodes[tier] for other in stronger], axis=0)
        touched += int(np.count_nonzero(nodes & ~covered))
    return touched
