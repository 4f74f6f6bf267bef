"""What lying agents do to routing: those that flood claim the highest class, over and over; those
that are silent send nothing, heartbeats neither. Other lies are about values and change no route.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.adversary.importance_flood import ImportanceFlood
from sim.adversary.silence import Silence
from sim.engine.lies.actor import Actor
from sim.engine.lies.lies import Lies

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]


class Flood(NamedTuple):
    """An agent that sends so many updates in the place of one."""

    agent: int
    copies: int


class Mischief:
    """The liars among the agents of one run, as far as routing is concerned."""

    def __init__(self, lies: Lies, agents: int) -> None:
        self._agents = agents
        mine = [actor for actor in lies.actors if actor.plan.tier == 0]
        self._silent = [one for one in mine if isinstance(one.strategy, Silence)]
        self._flooding = [one for one in mine if isinstance(one.strategy, ImportanceFlood)]

    def silent(self, born_ns: Ints) -> Bools:
        """Who keeps back what it would send at these instants, (agents,)."""
        silent = np.zeros(self._agents, np.bool_)
        for actor in self._silent:
            silent[_acting(actor, born_ns)] = True
        return silent

    def floods(self, born_ns: Ints) -> Iterator[Flood]:
        """Who floods with what it measures at these instants, (agents,)."""
        for actor in self._flooding:
            agents = _acting(actor, born_ns)
            for agent in agents.tolist():
                yield Flood(agent, actor.strategy.copies())


def _acting(actor: Actor, born_ns: Ints) -> Ints:
    """Numbers of the agents of an adversary that act at these instants; it is noted."""
    who = np.arange(len(actor.nodes))
    instants = born_ns[actor.nodes]
    acts = actor.acting(who, instants.astype(np.float64))
    actor.note(who[acts], instants[acts].astype(np.float64))
    return np.asarray(actor.nodes[acts])
