"""Clocks of agents go wrong: their births are stamped with an offset that may grow."""

import numpy as np

from sim.engine.faults.base import Fault
from sim.engine.world import World


class Clock(Fault):
    """options: nodes, offset_ns, drift_ppm. Only what agents claim changes, never the truth."""

    def begin(self, world: World) -> int:
        """Set the clocks wrong; return how many clocks of agents."""
        nodes, options = self.nodes(world), self.plan.options
        entry = (nodes, options["offset_ns"], options["drift_ppm"], self.plan.at_ns)
        world.clocks[self.name] = entry
        return int(np.count_nonzero(nodes[0]))

    def end(self, world: World) -> None:
        """Set them right."""
        del world.clocks[self.name]
