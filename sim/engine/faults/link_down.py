"""A link between two sites is cut: everything is routed around it, or has no route at all."""

from collections.abc import Sequence

import numpy as np

from sim.engine.faults.base import Fault
from sim.engine.roster import Nodes
from sim.engine.world import SiteLink, World


def link_ends(world: World, names: Sequence[str]) -> SiteLink:
    """The two sites of a link by number, the smaller first."""
    first, second = sorted(world.roster.site_names.index(name) for name in names)
    return first, second


class LinkDown(Fault):
    """options: link (names of two sites)."""

    def begin(self, world: World) -> int:
        """Break the link; return how many ways of the tree go over it, now or while all is whole.

        While another link is down its traffic may run elsewhere, and would return to it.
        """
        ends = link_ends(world, self.plan.options["link"])
        crosses = world.crosses(ends) | world.routes.crosses(*ends)
        world.broken[self.name] = ends
        used = [crosses[line.source.site, line.target.site] for line in world.lines]
        return int(sum(np.count_nonzero(ways) for ways in used))

    def end(self, world: World) -> None:
        """Mend the link."""
        del world.broken[self.name]

    def keeps_silent(self, world: World) -> Nodes:
        """Those who have no route because of it: alone, or on top of the others."""
        mine, others = world.broken[self.name], {**world.broken}
        del others[self.name]
        lost = np.isinf(world.routes.delay_ns(frozenset({mine})))
        without = world.routes.delay_ns(frozenset(others.values()))
        lost |= np.isinf(world.delay_ns) & np.isfinite(without)
        found = world.roster.none()
        for inlet in world.inlets:
            source, target = inlet.line.source, inlet.line.target
            found[source.tier][:] |= lost[source.site, target.site]
        return found
