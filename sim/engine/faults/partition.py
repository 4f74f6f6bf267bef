"""Nothing passes between groups of nodes; inside each group everything goes on."""

from sim.engine.faults.base import RuleFault
from sim.engine.rules import Between, Rule
from sim.engine.world import World
from sim.network.verdict import PARTITIONED, Verdict


class Partition(RuleFault):
    """options: groups (tuples of selectors), one_way (only what the first group sends is lost)."""

    def rules(self, world: World) -> list[Rule]:
        """One rule: between different groups, drop."""
        groups = world.roster.groups(self.plan.options["groups"], self.name)
        matcher = Between(groups, self.plan.options["one_way"])
        return [Rule(matcher, Verdict(self.name, drop=PARTITIONED))]
