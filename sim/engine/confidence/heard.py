"""What the nodes of a tier know of a mean: of each child the newest pane that it has told of.

State is versioned, so a child that is cut off is not forgotten: its last pane stands in for the
newer ones, as old as it is, for as long as a baseline covers it. A child that has told of none of
those panes is missing. Each source is counted once, in one pane; panes that still run are left out.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from sim.stats.confidence.contract import Children, Floats, Group
from sim.stats.confidence.rows import groups
from sim.stats.moments import COUNT, SOURCES

Ints = NDArray[np.int64]
Numbers = TypeVar("Numbers", NDArray[np.int64], NDArray[np.float64])
PaneAt = Callable[[int], Ints | None]
"""The sums that are known of a pane, a wide row for each unit; None if nothing is."""
ToldAt = Callable[[], Ints]
"""When the newest message of each unit was sent, ns."""

MOST: Final = 0.9
"""Of a child's sources: a newer pane with fewer of them does not take the place of an older one."""


@dataclass(frozen=True, slots=True, eq=False)
class Tier:
    """The nodes of one tier that are looked at, and where what they know is kept.

    A unit is a child of one of them; at the locals, which know no pane of a single agent, it is the
    local itself. Units of one node are adjacent.
    """

    number: int
    """Of the tier, from the agents up."""
    nodes: Ints
    units: Ints
    """Row of each unit in what `pane_at` gives, (units,)."""
    starts: Ints
    """First unit of each node, (nodes,)."""
    pane_at: PaneAt
    features: int
    told_at: ToldAt | None = None
    """None at the locals, where agents tell by themselves."""

    @property
    def node_of(self) -> Ints:
        """Which of the nodes each unit is of, (units,)."""
        sizes = np.diff(np.append(self.starts, len(self.units)))
        return np.repeat(np.arange(len(self.nodes)), sizes)

    @property
    def is_local(self) -> bool:
        """Whether the children are agents."""
        return self.number == 1

    def rows(self, pane: int) -> Ints | None:
        """What is known of a pane, (units, wide)."""
        known = self.pane_at(pane)
        return None if known is None else known[self.units]

    def sums(self, rows: Numbers) -> Numbers:
        """Rows, or numbers, of units added up for each node; (nodes, ...)."""
        added: Numbers = np.add.reduceat(rows, self.starts, axis=0)
        return added


@dataclass(frozen=True, slots=True, eq=False)
class Heard:
    """What the nodes of a tier know at an instant."""

    tier: Tier
    rows: Ints
    """Of each unit its newest pane, (units, wide); zeros if it is missing."""
    pane: Ints
    """Which one that is, (units,); meaningless if it is missing."""
    told_ns: Ints
    """Up to when each unit could have told of it, (units,)."""

    @property
    def sources(self) -> Floats:
        """Of each unit, (units,)."""
        return self.rows[:, SOURCES].astype(np.float64)

    @property
    def count(self) -> Floats:
        """Values of each unit, (units,)."""
        return self.rows[:, COUNT].astype(np.float64)

    @property
    def group(self) -> Group:
        """As (nodes, features), with what the children claim where they are aggregators."""
        whole = groups(self.tier.sums(self.rows), self.tier.features)
        if self.tier.is_local:
            return whole
        return with_children(whole, side_by_side(self.tier, groups(self.rows, self.tier.features)))

    def mean_age(self, last_pane: int) -> Floats:
        """By how many panes the sources of each node are behind, on average; (nodes,)."""
        heard = self.tier.sums(self.sources)
        behind = self.tier.sums(self.sources * (last_pane - self.pane))
        return np.asarray(np.divide(behind, heard, out=np.zeros_like(heard), where=heard > 0))


def newest(tier: Tier, first_pane: int, last_pane: int, now_ns: int) -> Heard | None:
    """Of each unit the newest of these panes that has most of its sources; None if there is none.

    "Most" is by the pane that has the most: a pane that was cut short early would else take the
    place of one that is whole.
    """
    known = [(pane, tier.rows(pane)) for pane in range(last_pane, first_pane - 1, -1)]
    there = [(pane, rows) for pane, rows in known if rows is not None]
    if not there:
        return None
    panes, rows = np.array([pane for pane, _ in there]), np.stack([rows for _, rows in there])
    sources = rows[..., SOURCES]
    chosen = np.argmax(sources >= MOST * sources.max(axis=0), axis=0)
    told_ns = np.full(len(tier.units), now_ns) if tier.told_at is None else tier.told_at()
    return Heard(tier, rows[chosen, np.arange(len(tier.units))], panes[chosen], told_ns)


def side_by_side(tier: Tier, units: Group) -> Children:
    """Units as children of their nodes: (children, nodes, features), NaN where a node has fewer."""
    claimed, node = units.as_children(), tier.node_of
    place = np.arange(len(node)) - tier.starts[node]
    shape = (int(place.max()) + 1, len(tier.nodes), tier.features)
    means, variances, degrees = (np.full(shape, np.nan) for _ in range(3))
    means[place, node] = claimed.mean
    variances[place, node] = claimed.variance
    degrees[place, node] = claimed.degrees
    return Children(means, variances, degrees)


def with_children(group: Group, children: Children) -> Group:
    """The same group, with what its children claim."""
    return Group.of(
        group.count,
        group.sources,
        group.mean,
        group.sd,
        group.between_sd,
        source_mean=group.source_mean,
        children=children,
    )
