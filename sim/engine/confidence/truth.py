"""What intervals are to cover, for every node: the mean of a law, or that of the agents there are.

The law is known because the simulator made the agents by it: 0, the level of the local and of the
region that a node stands for, and the swing that all agents share. Anomalies are no part of it. At
the root levels of regions are what sources are drawn from, at a region those of its locals.
"""

import math
from typing import Protocol

import numpy as np

from sim.engine.confidence.heard import Tier
from sim.engine.parts import Parts
from sim.stats.confidence.contract import Floats
from sim.stats.confidence.rows import groups
from sim.telemetry.leaves import Leaves
from sim.workload.synthetic import group_levels


class Truth(Protocol):
    """What is true of a finished pane."""

    def of(self, tier: Tier, pane: int) -> Floats | None:
        """The mean of each node, (nodes, features), in scales; None if there is none."""
        ...


class OfProcess:
    """The mean of the law that made the agents below a node (synthetic behaviour)."""

    def __init__(self, parts: Parts) -> None:
        options = parts.plan.agents.behaviour.options
        self._pane_ns = parts.plan.baseline.pane_ns
        self._features, self._top = parts.layout.features, parts.top
        self._tree = parts.roster.tree
        self._season = options.get("season")
        self._locals = self._levels(parts, "locals", 1)
        self._regions = self._levels(parts, "regions", parts.top - 1)

    def of(self, tier: Tier, pane: int) -> Floats:
        """See `Truth.of`."""
        levels = np.zeros((len(tier.nodes), self._features))
        if tier.number < self._top:
            region = self._tree.ancestor_of(tier.number, self._top - 1)[tier.nodes]
            levels += self._regions[region]
        if tier.is_local:
            levels += self._locals[tier.nodes]
        return levels + self._swing(pane)

    def _levels(self, parts: Parts, name: str, tier: int) -> Floats:
        apart = (parts.plan.agents.behaviour.options.get("groups") or {}).get(name, 0.0)
        streams, count = parts.streams, parts.plan.tiers[tier].count
        return group_levels(
            name,
            apart,
            count,
            self._features,
            lambda purpose, tick: streams.at("behaviour", purpose, tick=tick),
        )

    def _swing(self, pane: int) -> float:
        """Mean of a sine that all agents share, over a pane."""
        season = self._season
        if not season or season.get("phase") != "common":
            return 0.0
        turn = math.tau / season["period_ns"]
        begin, end = (turn * self._pane_ns * at for at in (pane, pane + 1))
        return float(season["amplitude"] * (math.cos(begin) - math.cos(end)) / (end - begin))


class OfPopulation:
    """The mean of the agents below a node that measured anything, each weighing the same."""

    def __init__(self, leaves: Leaves, parts: Parts) -> None:
        if leaves.truth_of_groups is None:
            leaves.truth_of_groups = {}
        self._leaves = leaves
        self._tree = parts.roster.tree

    def of(self, tier: Tier, pane: int) -> Floats | None:
        """See `Truth.of`."""
        rows = (self._leaves.truth_of_groups or {}).get(pane)
        if rows is None:
            return None
        node_of_local = self._tree.ancestor_of(1, tier.number)
        first = np.searchsorted(node_of_local, np.arange(self._tree.counts[tier.number]))
        sums = np.add.reduceat(rows, first, axis=0)
        return groups(sums[tier.nodes], tier.features).source_mean
