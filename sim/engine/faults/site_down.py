"""A whole site goes dark: every node that stands there crashes at once, with what it knew kept."""

from sim.engine.faults.base import OutageFault
from sim.engine.roster import Nodes
from sim.engine.world import World


class SiteDown(OutageFault):
    """options: site (its name). Messages still pass through; only its nodes are down."""

    def nodes(self, world: World) -> Nodes:
        """Every node that stands at the site."""
        return world.roster.at_site(self.plan.options["site"])
