"""What is known of everybody without asking them: seats, and how much each can have counted.

The registry is what claims are held against; nothing that a member says of itself is in it. Seats
are places in the tree, names are who sits there: agents are seated anew at random, and a convicted
aggregator is replaced. A registry is of one seating; proofs are judged by the registry of their
epoch.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from sim.protocol.merkle.encoding import IntArray, Name


@dataclass(frozen=True, slots=True, eq=False)
class Registry:
    """Tiers run from the agents (0) to the root; seats of a tier are numbered from 0."""

    features: int
    starts: tuple[IntArray, ...]
    """For each tier above the agents: the first child seat of each parent, and the end."""
    seated: tuple[IntArray, ...]
    """For each tier: the number of the member in each seat."""
    counts_max: tuple[IntArray, ...]
    """For each tier: how many values can have been measured in the window below each seat."""
    sources_max: tuple[IntArray, ...]
    """For each tier: how many sources the window below each seat has (agents, once per pane)."""
    versions_per_epoch: int
    """How many reports an agent can send from one round to the next."""

    @classmethod
    def of(
        cls,
        features: int,
        starts: Sequence[IntArray],
        counts_max: int | IntArray,
        *,
        sources_max: int = 1,
        versions_per_epoch: int = 1,
        agents: IntArray | None = None,
    ) -> "Registry":
        """A registry in which each agent can have counted at most `counts_max` in the window.

        `counts_max` is one number, or one for each seat (n,); `starts` as in
        `sim.telemetry.tree.Groups`; `agents` (n,) are the agents' numbers by seat.
        """
        sizes = [int(starts[0][-1]), *(len(level) - 1 for level in starts)]
        seated = [np.arange(size) for size in sizes]
        if agents is not None:
            seated[0] = agents
        counts = np.broadcast_to(np.asarray(counts_max, np.int64), sizes[0])
        sources = np.full(sizes[0], sources_max)
        return cls(
            features,
            tuple(starts),
            tuple(seated),
            _totals(counts, starts),
            _totals(sources, starts),
            versions_per_epoch,
        )

    @property
    def root(self) -> Name:
        """Who sits at the top."""
        return self.name(len(self.starts), 0)

    def name(self, tier: int, seat: int) -> Name:
        """Who sits there."""
        return Name(tier, int(self.seated[tier][seat]))

    def seat_of(self, name: Name) -> int | None:
        """Where a member sits; None if it does not."""
        if not 0 <= name.tier < len(self.seated):
            return None
        numbers = self.seated[name.tier]
        if 0 <= name.number < len(numbers) and numbers[name.number] == name.number:
            return name.number
        found = np.flatnonzero(numbers == name.number)
        return int(found[0]) if len(found) else None

    def seats_of(self, tier: int, numbers: Sequence[int]) -> IntArray:
        """The seats of some members of a tier. Raises KeyError if one has none."""
        seats = [self.seat_of(Name(tier, number)) for number in numbers]
        if None in seats:
            raise KeyError(numbers[seats.index(None)])
        return np.array(seats, np.int64)

    def child_seats(self, tier: int, seat: int) -> range:
        """The seats of the tier below that report to this one."""
        starts = self.starts[tier - 1]
        return range(int(starts[seat]), int(starts[seat + 1]))

    def children_of(self, name: Name) -> list[Name]:
        """The members that report to this one, by seat; none for agents and strangers."""
        seat = self.seat_of(name)
        if seat is None or name.tier == 0:
            return []
        return [self.name(name.tier - 1, child) for child in self.child_seats(name.tier, seat)]

    def parent_seat(self, tier: int, seat: int) -> int:
        """The seat of the tier above to which this one reports."""
        return int(np.searchsorted(self.starts[tier], seat, side="right")) - 1

    def agents_below(self, name: Name) -> range:
        """The seats of the agents that report through a member. Raises KeyError for a stranger."""
        first = self.seat_of(name)
        if first is None:
            raise KeyError(name)
        last = first + 1
        for level in reversed(self.starts[: name.tier]):
            first, last = int(level[first]), int(level[last])
        return range(first, last)

    def version_possible(self, epoch: int, version: int) -> bool:
        """Whether an agent can have sent this many reports by round `epoch` (the first is 0)."""
        return 0 <= version < self.versions_per_epoch * (epoch + 1)

    def replaced(self, name: Name) -> "Registry":
        """The registry with a fresh member in that one's seat. Raises KeyError for a stranger."""
        seat = self.seat_of(name)
        if seat is None:
            raise KeyError(name)
        seated = list(self.seated)
        seated[name.tier] = seated[name.tier].copy()
        seated[name.tier][seat] = max(int(seated[name.tier].max()) + 1, len(seated[name.tier]))
        return replace(self, seated=tuple(seated))


def _totals(agents: IntArray, starts: Sequence[IntArray]) -> tuple[IntArray, ...]:
    """A column of the agents, summed up at every tier."""
    tiers = [np.asarray(agents, np.int64)]
    for level in starts:
        tiers.append(np.add.reduceat(tiers[-1], level[:-1]))
    return tuple(tiers)
