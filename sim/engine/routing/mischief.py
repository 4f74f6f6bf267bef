"""What liars do to routing. Agents that flood claim the highest class, over and over; agents that
are silent send nothing, heartbeats neither; a silent aggregator passes nothing on.

Other lies are about values and reports, and change no route.
"""

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
from numpy.typing import NDArray

from sim.adversary.importance_flood import ImportanceFlood
from sim.adversary.silence import Silence
from sim.engine.lies.actor import Actor
from sim.engine.lies.lies import Lies

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]
Swallows = Callable[[], bool]


class Mischief:
    """The liars of one run, as far as routing is concerned."""

    def __init__(self, lies: Lies, agents: int) -> None:
        self._agents = agents
        self._silent = [one for one in lies.actors if isinstance(one.strategy, Silence)]
        self._flooding = [
            one
            for one in lies.actors
            if isinstance(one.strategy, ImportanceFlood) and one.plan.tier == 0
        ]

    def silent(self, born_ns: Ints) -> Bools:
        """Which agents keep back what they would send at these instants, (agents,)."""
        silent = np.zeros(self._agents, np.bool_)
        for actor in self._silent:
            if actor.plan.tier == 0:
                silent[_acting(actor, born_ns)] = True
        return silent

    def floods(self, born_ns: Ints) -> Iterator[tuple[int, int]]:
        """Agents that flood with what they measure at these instants, and how many updates each."""
        for actor in self._flooding:
            for agent in _acting(actor, born_ns).tolist():
                yield agent, actor.strategy.copies()

    def swallower(self, tier: int, node: int, clock: Callable[[], int]) -> Swallows | None:
        """Whether an aggregator keeps back what comes to it now; None: it never does."""
        mine = [one for one in self._silent if one.plan.tier == tier and node in one.nodes]
        return partial(_swallows, mine[0], node, clock) if mine else None


def _swallows(actor: Actor, node: int, clock: Callable[[], int]) -> bool:
    who, now_ns = actor.who_at(np.array([node])), clock()
    acts = bool(actor.acting(who, now_ns)[0])
    if acts:
        actor.note(who, now_ns)
    return acts


def _acting(actor: Actor, born_ns: Ints) -> Ints:
    """Numbers of the agents of an adversary that act at these instants; it is noted."""
    who = np.arange(len(actor.nodes))
    instants = born_ns[actor.nodes].astype(np.float64)
    acts = actor.acting(who, instants)
    actor.note(who[acts], instants[acts])
    return np.asarray(actor.nodes[acts])
