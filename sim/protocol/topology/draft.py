"""The next topology in the making: every change is a child that gets another parent, and is noted.

A finished draft is of the next epoch, or the same topology if nothing has changed. It moves the
fences (`since`) of exactly the agents and aggregators that have gained or lost somebody.
"""

from collections.abc import Container, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from sim.protocol.topology.operations import OUT, Operation, Operations
from sim.protocol.topology.state import Ints, Topology

Frozen = Sequence[NDArray[np.bool_]]
"""Nodes that take no part, such as those that cannot be reached: a bool array (places,) for each
tier of aggregators below the root."""


class Draft:
    """Arrays that may be written, and the operations so far; who is frozen is given nobody."""

    def __init__(self, state: Topology, frozen: Frozen | None = None) -> None:
        self.state = state
        self._frozen = frozen
        self.parents = [parents.copy() for parents in state.parents]
        self.sizes = [sizes.copy() for sizes in state.sizes]
        self.operations: list[Operation] = []

    def do(self, operation: Operation) -> None:
        """Carry it out and note it."""
        self.give(operation.tier - 1, operation.children, operation.target)
        self.operations.append(operation)

    def note(self, operation: Operation) -> None:
        """Of what changes no parent, or has changed it already."""
        self.operations.append(operation)

    def give(self, tier: int, children: Iterable[int], parent: int) -> None:
        """Places of this tier get a parent, or lose it."""
        parents = self.parents[tier]
        sizes = self.sizes[tier + 1] if tier + 1 < len(self.sizes) else None
        for child in children:
            if sizes is not None and parents[child] >= 0:
                sizes[parents[child]] -= 1
            if sizes is not None and parent >= 0:
                sizes[parent] += 1
            parents[child] = parent

    def children(self, tier: int, node: int) -> tuple[int, ...]:
        """Places of the tier below that report to it, ascending."""
        return tuple(np.flatnonzero(self.parents[tier - 1] == node).tolist())

    def in_use(self, tier: int) -> list[int]:
        """Places with a parent, ascending."""
        return list(np.flatnonzero(self.parents[tier] >= 0).tolist())

    def siblings(self, tier: int, node: int) -> list[int]:
        """Others with the same parent, ascending."""
        same = self.parents[tier] == self.parents[tier][node]
        return [other for other in np.flatnonzero(same).tolist() if other != node]

    def spare(self, tier: int, but: Container[int] = ()) -> int | None:
        """The first place that was spare at the beginning and still is; None if there is none."""
        free = (self.parents[tier] == OUT) & (self.state.parents[tier] == OUT)
        return next((place for place in np.flatnonzero(free).tolist() if place not in but), None)

    def size(self, tier: int, node: int) -> int:
        """How many children it has."""
        return int(self.sizes[tier][node])

    def has_room(self, tier: int, node: int, children: int = 1) -> bool:
        """Whether so many more children could report to it."""
        limit = self.state.limit(tier)
        return limit is None or self.size(tier, node) + children <= limit.room

    def with_room(self, tier: int) -> list[int]:
        """Places in use to which one more child could report, ascending."""
        limit = self.state.limits[tier - 1]
        is_open = (self.parents[tier] >= 0) & (self.sizes[tier] < limit.room)
        if self._frozen is not None:
            is_open &= ~self._frozen[tier - 1]
        return list(np.flatnonzero(is_open).tolist())

    def is_frozen(self, tier: int, node: int) -> bool:
        """Whether it takes no part."""
        return self._frozen is not None and bool(self._frozen[tier - 1][node])

    def finished(self) -> tuple[Topology, Operations]:
        """The topology after all operations, and these in their order."""
        old, operations = self.state, tuple(self.operations)
        if all(map(np.array_equal, self.parents, old.parents)):
            return old, operations
        epoch = old.epoch + 1
        new = Topology(epoch, old.limits, tuple(self.parents), old.since)
        return Topology(epoch, old.limits, new.parents, _fences(old, new)), operations


def _fences(old: Topology, new: Topology) -> tuple[Ints, ...]:
    """`since` of the new one: whoever has gained or lost an agent, and whoever came or went."""
    moved = old.parents[0] != new.parents[0]
    since = [np.where(moved, new.epoch, old.since[0])]
    for tier in range(1, len(new.parents)):
        before, after = old.above(tier), new.above(tier)
        touched = old.is_in_use(tier) != new.is_in_use(tier)
        for ends in (before, after):
            touched[ends[(before != after) & (ends >= 0)]] = True
        since.append(np.where(touched, new.epoch, old.since[tier]))
    return tuple(since)
