"""Who is who: nodes by selector, by tier, by site and by region.

A set of nodes is one bool array per row (`TreeShape.rows`): one a tier, from the agents to the
root, and behind them one for each further replica of a tier.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.engine.streams import Streams
from sim.scenario.selectors import REST, TreeShape, ranges
from sim.telemetry.tree import Tree
from sim.units import parse_share

Bools = NDArray[np.bool_]
Nodes = tuple[Bools, ...]


def minus(nodes: Nodes, others: Nodes) -> Nodes:
    """Those that are not among the others."""
    return tuple(some & ~more for some, more in zip(nodes, others, strict=True))


@dataclass(frozen=True, slots=True)
class Roster:
    """All nodes of a run, with the site of each."""

    shape: TreeShape
    tree: Tree
    sites: tuple[NDArray[np.int32], ...]
    """Site of each node, an array a row."""
    site_names: tuple[str, ...]
    streams: Streams

    def none(self) -> Nodes:
        """The empty set."""
        return tuple(np.zeros(count, np.bool_) for count in self.shape.rows)

    def select(self, selectors: Sequence[str], purpose: str) -> Nodes:
        """The union of what the selectors name; random shares are drawn for `purpose`."""
        chosen = self.none()
        for selector in selectors:
            self._add(selector, purpose, chosen)
        return chosen

    def groups(self, selectors: Sequence[Sequence[str]], purpose: str) -> list[NDArray[np.int16]]:
        """For each row the group of each node, -1 for those in none; ``rest`` takes them all."""
        labels = [np.full(count, -1, np.int16) for count in self.shape.rows]
        for number, group in enumerate(selectors):
            named = self.select([name for name in group if name != REST], f"{purpose}/{number}")
            for label, chosen in zip(labels, named, strict=True):
                label[chosen] = number
        for number, group in enumerate(selectors):
            if REST in group:
                for label in labels:
                    label[label < 0] = number
        return labels

    def agents(self, selectors: Sequence[str], purpose: str) -> Bools:
        """The agents that selectors name, (agents,); a node above them stands for all below it.

        A site stands for the agents that are there, not for those of an aggregator there.
        """
        chosen = np.zeros(self.shape.counts[0], np.bool_)
        for selector in selectors:
            if selector.startswith("site:"):
                chosen |= self.select([selector], purpose)[0]
            else:
                chosen |= self.below([selector], 0, purpose)
        return chosen

    def below(self, selectors: Sequence[str], tier: int, purpose: str) -> Bools:
        """The nodes of a tier at or below those that selectors name, (nodes,)."""
        chosen = self._of_tiers(self.select(selectors, purpose))
        found = chosen[-1]
        levels = self.tree.levels[tier:]
        for level, mine in zip(reversed(levels), reversed(chosen[tier:-1]), strict=True):
            found = mine | found[level.parent_of]
        return found

    def at_site(self, name: str) -> Nodes:
        """Every node that stands at a site."""
        site = self.site_names.index(name)
        return tuple(sites == site for sites in self.sites)

    def regions_of(self, nodes: Nodes) -> list[int]:
        """The regions (children of the root) that have one of these nodes."""
        hit = np.zeros(self.shape.regions, np.bool_)
        for tier, chosen in enumerate(self._of_tiers(nodes)[:-1]):
            hit[self.tree.region_of(tier)[chosen]] = True
        return np.flatnonzero(hit).tolist()

    def _of_tiers(self, nodes: Nodes) -> list[Bools]:
        """The nodes of each tier, whichever of their replicas were meant; a bool array a tier."""
        tiers = list(nodes[: self.shape.top + 1])
        for row in range(len(tiers), len(nodes)):
            tier, _ = self.shape.tier_of(row)
            tiers[tier] = tiers[tier] | nodes[row]
        return tiers

    def _add(self, selector: str, purpose: str, chosen: Nodes) -> None:
        if selector.startswith("site:"):
            for mine, more in zip(chosen, self.at_site(selector[5:]), strict=True):
                mine |= more
        elif selector.endswith("%"):
            share = round(parse_share(selector) * self.shape.counts[0])
            order = self.streams.stream("select", purpose, selector).permutation(len(chosen[0]))
            chosen[0][order[:share]] = True
        else:
            for tier, (first, last) in (ranges(selector, self.shape) or {}).items():
                chosen[tier][first:last] = True
