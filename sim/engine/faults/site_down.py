"""A whole site goes dark: every node that stands there crashes at once, with what it knew kept."""

from sim.engine.faults.base import Fault
from sim.engine.faults.crash import newly_out
from sim.engine.world import Outage, World


class SiteDown(Fault):
    """options: site (its name). Messages still pass through; only its nodes are down."""

    def begin(self, world: World) -> int:
        """Switch the site off; return how many went down."""
        nodes = world.roster.at_site(self.plan.options["site"])
        outage = Outage(nodes, self.until_ns, loses_messages=True)
        touched = newly_out(world, outage)
        world.outages[self.name] = outage
        world.interrupt(outage)
        return touched

    def end(self, world: World) -> None:
        """Switch it on again."""
        del world.outages[self.name]
