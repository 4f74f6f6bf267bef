"""A gray failure: slower or lossier, but not cut."""

from sim.engine.faults.base import Fault
from sim.engine.faults.link_down import link_ends
from sim.engine.rules import InOrOut, Over, Rule
from sim.engine.world import World
from sim.network.verdict import Verdict


class Degrade(Fault):
    """options: nodes or link, latency_factor, extra_latency_ns, extra_loss, rate_factor.

    On nodes the factor multiplies the whole delay; on a link only the link's share of a path.
    """

    def begin(self, world: World) -> int:
        """Slow the ways down; what is sent over them is counted message by message."""
        options = self.plan.options
        factor = options["latency_factor"]
        if options["nodes"] is not None:
            matcher: InOrOut | Over = InOrOut(self.nodes(world))
        else:
            ends = link_ends(world, options["link"])
            world.slowed[self.name] = (ends, factor)
            matcher = Over(lambda: world.crosses(ends))
            factor = 1.0
        verdict = Verdict(
            self.name,
            delay_factor=factor,
            delay_extra_ns=options["extra_latency_ns"],
            loss_extra=options["extra_loss"],
            rate_factor=options["rate_factor"],
        )
        world.rules[self.name] = [Rule(matcher, verdict)]
        return 0

    def end(self, world: World) -> None:
        """Lift it."""
        world.slowed.pop(self.name, None)
        del world.rules[self.name]
