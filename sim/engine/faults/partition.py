"""Nothing passes between groups of nodes; inside each group everything goes on."""

from collections.abc import Sequence

from sim.engine.faults.base import RuleFault
from sim.engine.rules import Between, Rule
from sim.engine.world import World
from sim.network.verdict import PARTITIONED, Verdict


class Partition(RuleFault):
    """options: groups (tuples of selectors), one_way (only what the first group sends is lost);
    where there are any: reach (groups on a ring reach so far), again_ns and then (other groups).
    """

    @property
    def turn_ns(self) -> int | None:
        """When other groups take the place of the first."""
        return self.plan.options.get("again_ns")

    def rules(self, world: World) -> list[Rule]:
        """One rule: between different groups, drop."""
        return self._between(world, self.plan.options["groups"])

    def turn(self, world: World) -> None:
        """Cut anew."""
        world.rules[self.name] = self._between(world, self.plan.options["then"])

    def _between(self, world: World, groups: Sequence[Sequence[str]]) -> list[Rule]:
        options, reach = self.plan.options, self.plan.options.get("reach", 0)
        labels = world.roster.groups(groups, self.name)
        matcher = Between(labels, options["one_way"], len(groups) if reach else 0, reach)
        return [Rule(matcher, Verdict(self.name, drop=PARTITIONED))]
