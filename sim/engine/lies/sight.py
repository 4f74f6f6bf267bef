"""What adversaries see: the window means that correct agents, or their own group, really have.

A view shows the last finished pane and the running one, as they are at the agents: nobody has to
wait for the network to lie. The true values of liars are remembered apart from what they claim.
Agents are known by their own numbers here, wherever they sit.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sim.adversary import View
from sim.engine.lies.actor import Actor
from sim.engine.lies.memory import Memory
from sim.stats.fixed_point import QUANTUM
from sim.telemetry.leaves import Leaves

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Sight:
    """The eyes of all adversaries among the agents."""

    def __init__(self, leaves: Leaves, actors: Sequence[Actor]) -> None:
        self._leaves = leaves
        self._actors = tuple(actors)
        self._liars = [actor.nodes for actor in actors]
        features = leaves.layout.features
        self.memories = [Memory(len(actor.nodes), features) for actor in actors]
        agents = leaves.groups.children
        self._correct = np.ones(agents, np.bool_)
        for actor in actors:
            self._correct[actor.nodes] = False
        self._last = np.zeros(agents), np.zeros((agents, features))
        self._seat_of = self._next_seat_of = np.arange(agents)
        """Where each agent sat when the sums of the running pane began, and will in the next."""

    def reseat(self, seat_of: Ints) -> None:
        """From the next pane on the agents sit here; (agents,)."""
        self._next_seat_of = seat_of

    def roll(self) -> None:
        """A pane is over: remember it before the agents start new sums."""
        count, total = self._leaves.count[self._seat_of], self._leaves.total[self._seat_of]
        self._last = count.astype(np.float64), total
        self._seat_of = self._next_seat_of
        for memory in self.memories:
            memory.roll()

    def view(self, actor: Actor, now_ns: int) -> View:
        """What an adversary sees now."""
        own = self.memories[self._actors.index(actor)].means()
        nodes, others = self._others(actor)
        seen = ~np.isnan(others).any(axis=1)
        return View(now_ns, own, others[seen], nodes[seen])

    def _others(self, actor: Actor) -> tuple[Ints, Floats]:
        if actor.plan.knows == "all":
            nodes = np.flatnonzero(self._correct)
            seats = self._seat_of[nodes]
            count = self._last[0][nodes] + self._leaves.count[seats]
            total = self._last[1][nodes] + self._leaves.total[seats]
            return nodes, total * QUANTUM / np.where(count > 0, count, np.nan)[:, None]
        group = [
            (mine, memory.means())
            for one, mine, memory in zip(self._actors, self._liars, self.memories, strict=True)
            if actor.plan.knows == "group" and one.plan.group == actor.plan.group
        ]
        if not group:
            return np.empty(0, np.int64), np.empty((0, self._leaves.layout.features))
        nodes = np.concatenate([nodes for nodes, _ in group])
        order = np.argsort(nodes)
        return nodes[order], np.concatenate([means for _, means in group])[order]
