"""Disturbances of single messages: held until a release, repeated, overtaken, damaged."""

from sim.engine.faults.base import RuleFault
from sim.engine.rules import Rule, SentBy
from sim.engine.world import World
from sim.network.verdict import Verdict


class Hold(RuleFault):
    """A clog: what `nodes` send waits until the end, then arrives after its own delay."""

    def rules(self, world: World) -> list[Rule]:
        """Hold what they send."""
        verdict = Verdict(self.name, hold_until_ns=self.until_ns)
        return [Rule(SentBy(self.nodes(world)), verdict)]


class Duplicate(RuleFault):
    """A `share` of what `nodes` send arrives twice."""

    def rules(self, world: World) -> list[Rule]:
        """Repeat a share of what they send."""
        verdict = Verdict(self.name, duplicate_share=self.plan.options["share"])
        return [Rule(SentBy(self.nodes(world)), verdict)]


class Reorder(RuleFault):
    """A `share` of what `nodes` send falls behind by `extra_ns`."""

    def rules(self, world: World) -> list[Rule]:
        """Delay a share of what they send."""
        options = self.plan.options
        verdict = Verdict(
            self.name, reorder_share=options["share"], reorder_extra_ns=options["extra_ns"]
        )
        return [Rule(SentBy(self.nodes(world)), verdict)]


class Corrupt(RuleFault):
    """A `share` of what `nodes` send arrives damaged, fails its checksum and is dropped."""

    def rules(self, world: World) -> list[Rule]:
        """Damage a share of what they send."""
        verdict = Verdict(self.name, corrupt_share=self.plan.options["share"])
        return [Rule(SentBy(self.nodes(world)), verdict)]
