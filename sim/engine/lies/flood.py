"""Copies of every report, which their receiver has to take in one by one."""

import numpy as np
from numpy.typing import NDArray

from sim.engine.lies.actor import Actor
from sim.telemetry.ingress import Load

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Flood:
    """A load on a receiver (see `Ingress.load`), on top of another one."""

    def __init__(self, actor: Actor, other: Load | None) -> None:
        self._actor = actor
        self._other = other

    def __call__(self, child: Ints, arrival_ns: Floats) -> Floats:
        """How many services each message takes."""
        times = np.ones(len(child)) if self._other is None else self._other(child, arrival_ns)
        hit = np.flatnonzero(np.isin(child, self._actor.nodes))
        who = self._actor.who_at(child[hit])
        acts = self._actor.acting(who, arrival_ns[hit])
        times[hit[acts]] *= self._actor.strategy.copies()
        self._actor.note(who[acts], arrival_ns[hit[acts]])
        return times
