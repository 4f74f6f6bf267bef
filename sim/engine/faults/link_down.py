"""A link between two sites is cut: everything is routed around it, or has no route at all."""

from collections.abc import Sequence

import numpy as np

from sim.engine.faults.base import Fault
from sim.engine.world import SiteLink, World


def link_ends(world: World, names: Sequence[str]) -> SiteLink:
    """The two sites of a link by number, the smaller first."""
    first, second = sorted(world.roster.site_names.index(name) for name in names)
    return first, second


class LinkDown(Fault):
    """options: link (names of two sites)."""

    def begin(self, world: World) -> int:
        """Break the link; return how many ways of the tree went over it."""
        ends = link_ends(world, self.plan.options["link"])
        crosses = world.crosses(ends)
        world.broken[self.name] = ends
        used = [crosses[line.source.site, line.target.site] for line in world.lines]
        return int(sum(np.count_nonzero(ways) for ways in used))

    def end(self, world: World) -> None:
        """Mend the link."""
        del world.broken[self.name]
