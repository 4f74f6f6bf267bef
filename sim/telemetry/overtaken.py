"""Reports that are still on their way although a later one has told all they could tell.

What they bring is known, but they are messages: their receiver has to take them in like any other,
and they are counted when they arrive, or when their receiver goes down before.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sim.telemetry.emission import NEVER, BoolArray, FloatArray

IntArray = NDArray[np.int64]


@dataclass(slots=True)
class Overtaken:
    """A row each: the child that sent it, and its arrival."""

    child: IntArray = field(default_factory=lambda: np.empty(0, np.int64))
    arrival_ns: FloatArray = field(default_factory=lambda: np.empty(0))
    served: BoolArray = field(default_factory=lambda: np.empty(0, np.bool_))
    """Waits in the queue of its receiver: its arrival is the end of its service."""

    def __len__(self) -> int:
        return len(self.child)

    def add(self, child: IntArray, arrival_ns: FloatArray, served: BoolArray) -> None:
        """Remember some more."""
        if len(child):
            self.served = np.concatenate((self.served, served))
            self.child = np.concatenate((self.child, child))
            self.arrival_ns = np.concatenate((self.arrival_ns, arrival_ns))

    def arrive(self, until_ns: int) -> int:
        """Forget those that arrive before `until_ns`; how many."""
        return self._forget(self.arrival_ns < until_ns)

    def refuse(self, children: BoolArray, until_ns: float) -> int:
        """Forget those of these children that would arrive before `until_ns`; how many."""
        before_ns = np.where(self.served, NEVER, until_ns)
        return self._forget(children[self.child] & (self.arrival_ns < before_ns))

    def put_off(self, waits_ns: FloatArray) -> None:
        """Let what waits in a queue wait so much longer; one for each child."""
        self.arrival_ns[self.served] += waits_ns[self.child[self.served]]

    def unserved(self, first_child: int, last_child: int, until_ns: int) -> IntArray:
        """Rows of children [first, last) that come to their receiver's queue before `until_ns`."""
        mine = (self.child >= first_child) & (self.child < last_child)
        return np.flatnonzero(mine & ~self.served & (self.arrival_ns < until_ns))

    def postpone(self, children: BoolArray, until_ns: float) -> None:
        """Let none of these children's arrive before `until_ns`."""
        hit = children[self.child]
        self.arrival_ns[hit] = np.maximum(self.arrival_ns[hit], until_ns)

    def _forget(self, which: BoolArray) -> int:
        self.child, self.arrival_ns = self.child[~which], self.arrival_ns[~which]
        self.served = self.served[~which]
        return int(np.count_nonzero(which))
