"""The contract of a digest: lift, pick, merge, read.

A state holds the digests of many nodes of one tier in columns. A parent keeps of each child the
newest that arrived, so states of several versions are picked from and put together before they are
merged; nothing is ever added to a total.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from sim.telemetry.digests.items import Items
from sim.telemetry.tree import Groups

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
State = TypeVar("State")


@dataclass(frozen=True, slots=True)
class Estimate:
    """What the root reads from a digest; (features,) each, in scales, NaN where it cannot tell."""

    items: int
    """Agents, or nested: children, that the estimate is made from."""
    expected: int
    """How many there would be if nobody were silent."""
    mean: Floats
    within_sd: Floats
    """Of an agent's values round its own mean."""
    between_sd: Floats
    """Of the agents' means."""


class Mergeable(Protocol, Generic[State]):
    """Whatever is merged tier by tier, the newest of each child."""

    def pick(self, state: State, nodes: Bools) -> State:
        """Those of some nodes only; the others hold nothing."""
        ...

    def join(self, states: Sequence[State]) -> State:
        """Several states of disjoint nodes of one tier as one."""
        ...

    def merge(self, state: State, groups: Groups) -> State:
        """Those of the parents of these nodes."""
        ...


class Digest(Mergeable[State], Protocol, Generic[State]):
    """One kind of digest."""

    signed: bool
    """Whether agents sign what is in it: aggregators may leave out, and can change nothing."""

    def lift(self, items: Items, groups: Groups) -> State:
        """The digests of the locals, of the items of all agents."""
        ...

    def change(self, state: State, nodes: Ints, means: Floats) -> State:
        """Let these nodes say other means, (nodes, features); only where nobody signs."""
        ...

    def means(self, state: State, nodes: Ints) -> Floats:
        """What these nodes would say in truth, (nodes, features); NaN where nothing."""
        ...

    def read(self, state: State) -> Estimate:
        """The estimate of the one root."""
        ...

    def size_bytes(self, agents: int) -> int:
        """Largest message of a node with so many agents below it."""
        ...
