"""Who reports to whom: one array of parents a tier, and the epoch at which each last changed hands.

Tiers are numbered from the agents (0) up; the root is the single node of the tier after the last
one here. Every tier has a fixed number of places. A place with a parent is in use; one without is
spare or failed, an agent without is away or in quarantine. A child has one parent or none, so
nobody is ever counted twice, whatever is done to the arrays.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sim.protocol.topology.limits import Limits
from sim.protocol.topology.operations import OUT

Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Topology:
    """A value; nobody writes into its arrays. See `founded`."""

    epoch: int
    """The version of the whole: one more with every change."""
    limits: tuple[Limits, ...]
    """Of tiers 1, 2, ...: those of agents a local come first. The root takes what there is."""
    parents: tuple[Ints, ...]
    """For each tier below the root the parent of each place, or `OUT`, or `BARRED`; (places,)."""
    since: tuple[Ints, ...]
    """Of an agent the epoch at which it came to its local; of an aggregator the one at which the
    set of agents below it last changed; (places,)."""

    @property
    def agents(self) -> int:
        """How many are in the tree."""
        return int(np.count_nonzero(self.parents[0] >= 0))

    @cached_property
    def sizes(self) -> tuple[Ints, ...]:
        """Children of each place, for each tier below the root; an agent has none."""
        return (np.zeros_like(self.parents[0]), *map(_counted, self.parents, self.parents[1:]))

    def is_in_use(self, tier: int) -> NDArray[np.bool_]:
        """Which places have a parent, (places,)."""
        return self.parents[tier] >= 0

    def limit(self, tier: int) -> Limits | None:
        """Of the children of a node of this tier; the root has none."""
        return self.limits[tier - 1] if tier <= len(self.limits) else None

    def children(self, tier: int, node: int) -> Ints:
        """Places of the tier below that report to it, ascending."""
        return np.flatnonzero(self.parents[tier - 1] == node)

    def above(self, tier: int) -> Ints:
        """The node of this tier that each agent is counted at, negative if none; (agents,)."""
        found = self.parents[0]
        for parents in self.parents[1:tier]:
            found = np.where(found >= 0, parents[found], found)
        return found


def founded(in_use: Sequence[int], places: Sequence[int], limits: Sequence[Limits]) -> Topology:
    """The first `in_use` of the `places` of each tier, from the agents up, dealt evenly.

    Groups differ by at most one child and larger ones come first, as in the telemetry plane.
    Raises ValueError if there is no node in use, not enough places, or no room for the children.
    """
    if not len(in_use) == len(places) == len(limits) + 1:
        raise ValueError(f"{len(in_use)} tiers, {len(places)} of places, {len(limits)} of limits")
    for used, there in zip(in_use, places, strict=True):
        if not 1 <= used <= there:
            raise ValueError(f"{used} places cannot be in use of {there}")
    for below, above, limit in zip(in_use, in_use[1:], limits, strict=False):
        if below > above * limit.room:
            raise ValueError(f"{above} nodes with room for {limit.room} cannot have {below}")
    parents = tuple(map(_dealt, in_use, places, (*in_use[1:], 1)))
    return Topology(0, tuple(limits), parents, tuple(map(np.zeros_like, parents)))


def _dealt(children: int, places: int, parents: int) -> Ints:
    size, larger = divmod(children, parents)
    counts = size + (np.arange(parents) < larger)
    found = np.full(places, OUT, np.int64)
    found[:children] = np.repeat(np.arange(parents), counts)
    return found


def _counted(parents: Ints, above: Ints) -> Ints:
    return np.bincount(parents[parents >= 0], minlength=len(above))
