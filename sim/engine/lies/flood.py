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
        nodes = self._actor.nodes
        place = np.minimum(np.searchsorted(nodes, child), len(nodes) - 1)
        hit = np.flatnonzero(nodes[place] == child)
        hit = hit[self._actor.acting(place[hit], arrival_ns[hit])]
        times[hit] *= self._actor.strategy.copies()
        self._actor.note(place[hit], arrival_ns[hit])
        return times
