"""From the plan of a changing tree to its first shape, the seats of its agents, and its component.

The rows of the columns are places. At the start the first agents are dealt evenly to as many locals
as have halfway between the fewest and the most agents each, and so on up; all other rows are spare.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.engine.evolution.residence import Residence
from sim.engine.parts import Parts
from sim.engine.reseating import take_seats
from sim.engine.world import World
from sim.protocol.topology.limits import Limits
from sim.protocol.topology.state import Topology, founded
from sim.scenario.blocks.evolution.facts import first_counts
from sim.scenario.blocks.evolution.plan import EvolutionPlan, FanIn


@dataclass(frozen=True, slots=True)
class Grounds:
    """Where a changing tree begins."""

    plan: EvolutionPlan
    parts: Parts
    """Of the places: what is measured in them."""
    founded: Topology
    residence: Residence


def prepare_ground(parts: Parts, world: World, plan: EvolutionPlan) -> Grounds:
    """The first shape of a tree, with its agents in their seats. Call before anybody is to lie."""
    residence = Residence(parts.levels)
    seated = take_seats(parts, world, plan.epoch_ns, residence)
    places = [tier.count for tier in parts.plan.tiers[:-1]]
    state = founded(first_counts(places, plan), places, _limits(parts, plan.fan_in))
    return Grounds(plan, seated, state, residence)


def _limits(parts: Parts, fan_in: Sequence[FanIn]) -> list[Limits]:
    """The room of a node is the number of rows below its row."""
    rooms = [int(np.diff(level.starts).min()) for level in parts.levels]
    return [
        Limits(one.minimum, one.maximum, one.slack, room)
        for one, room in zip(fan_in, rooms, strict=False)
    ]
