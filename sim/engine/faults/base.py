"""The contract of a fault, and the shape that those on the way share."""

import math
from abc import ABC, abstractmethod

import numpy as np

from sim.engine.losses import interrupt
from sim.engine.roster import Nodes
from sim.engine.rules import Rule, governing
from sim.engine.world import Outage, World
from sim.network.rules_in_force import RulesInForce
from sim.scenario.plan import FaultPlan


class Fault(ABC):
    """Something that begins at ``plan.at_ns`` and may end at ``plan.until_ns``."""

    silences = True
    """Whether who can no longer report is missed: then the end of the fault counts as a heal."""

    def __init__(self, plan: FaultPlan) -> None:
        self.plan = plan

    @property
    def name(self) -> str:
        """Its place in the scenario file, such as ``faults[0]``."""
        return self.plan.path

    @property
    def until_ns(self) -> float:
        """When it ends; infinite if never."""
        return math.inf if self.plan.until_ns is None else float(self.plan.until_ns)

    def nodes(self, world: World) -> Nodes:
        """The nodes that its ``nodes:`` selects."""
        return world.roster.select(self.plan.options["nodes"], self.name)

    @abstractmethod
    def begin(self, world: World) -> int:
        """Change the world; return how many nodes or ways were touched at once."""

    @property
    def turn_ns(self) -> int | None:
        """When it changes while it holds; None = never."""
        return None

    def turn(self, world: World) -> None:  # noqa: B027 - most faults never change
        """Change the world once more."""

    @abstractmethod
    def end(self, world: World) -> None:
        """Take the change back."""

    def keeps_silent(self, world: World) -> Nodes:
        """Who cannot report while it holds, even once all others have ended."""
        return world.roster.none()


class RuleFault(Fault):
    """A fault on the way: its rules hold from its begin to its end."""

    @abstractmethod
    def rules(self, world: World) -> list[Rule]:
        """The rules, most specific first."""

    def begin(self, world: World) -> int:
        """Put the rules in force; what they touch is counted message by message."""
        world.rules[self.name] = self.rules(world)
        return 0

    def end(self, world: World) -> None:
        """Lift the rules."""
        del world.rules[self.name]

    def keeps_silent(self, world: World) -> Nodes:
        """Those whose way to some parent its rules cut."""
        found, rules = world.roster.none(), world.rules[self.name]
        for inlet in world.inlets:
            source = inlet.line.source
            governed = governing(rules, source, inlet.line.target)
            in_force = RulesInForce.of(governed, [rule.verdict for rule in rules])
            if in_force is not None:
                found[source.tier][:] |= in_force.is_cut()
        return found


class OutageFault(Fault):
    """A fault of nodes: they do nothing from its begin to its end."""

    loses_messages = True
    """Whether what is sent to them is lost, or taken in at the end."""
    forgets = False
    """Whether they lose what they knew."""

    def begin(self, world: World) -> int:
        """Stop the nodes; return how many nodes it makes a difference to."""
        outage = Outage(self.nodes(world), self.until_ns, self.loses_messages)
        touched = newly_out(world, outage)
        world.outages[self.name] = outage
        interrupt(world, outage, forgets=self.forgets)
        if self.forgets:
            world.forget(outage.nodes)
        return touched

    def end(self, world: World) -> None:
        """Let them act again."""
        del world.outages[self.name]

    def keeps_silent(self, world: World) -> Nodes:
        """Those whose seats are on its machines."""
        return world.seating.of_machines(world.outages[self.name].nodes)


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
