"""Reports that are still on their way although a later one has told all they could tell.

They change nothing any more and are kept only to be counted when they arrive, or when their
receiver goes down before.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sim.telemetry.emission import BoolArray, FloatArray

IntArray = NDArray[np.int64]


@dataclass(slots=True)
class Overtaken:
    """A row each: the child that sent it, and its arrival."""

    child: IntArray = field(default_factory=lambda: np.empty(0, np.int64))
    arrival_ns: FloatArray = field(default_factory=lambda: np.empty(0))

    def __len__(self) -> int:
        return len(self.child)

    def add(self, child: IntArray, arrival_ns: FloatArray) -> None:
        """Remember some more."""
        if len(child):
            self.child = np.concatenate((self.child, child))
            self.arrival_ns = np.concatenate((self.arrival_ns, arrival_ns))

    def arrive(self, until_ns: int) -> int:
        """Forget those that arrive before `until_ns`; how many."""
        return self._forget(self.arrival_ns < until_ns)

    def refuse(self, children: BoolArray, until_ns: float) -> int:
        """Forget those of these children that would arrive before `until_ns`; how many."""
        return self._forget(children[self.child] & (self.arrival_ns < until_ns))

    def postpone(self, children: BoolArray, until_ns: float) -> None:
        """Let none of these children's arrive before `until_ns`."""
        hit = children[self.child]
        self.arrival_ns[hit] = np.maximum(self.arrival_ns[hit], until_ns)

    def _forget(self, which: BoolArray) -> int:
        self.child, self.arrival_ns = self.child[~which], self.arrival_ns[~which]
        return int(np.count_nonzero(which))
