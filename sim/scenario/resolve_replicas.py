"""Replicated tiers, spelled out: how many replicas, from which tier on, and where they stand.

Nothing is checked here. What contradicts itself resolves to something that can be looked at; the
checks refuse it.
"""

from collections.abc import Sequence
from typing import Final

from sim.scenario.plan import ReplicasPlan
from sim.scenario.schema.scenario import Tree

FIRST_TIER: Final = 2
"""An agent reports to one local, so the lowest tier that can be replicated is the one above."""
REPLICAS_MAX: Final = 100
"""Every child reports to every replica, so time and memory grow with them."""


def resolve_replicas(tree: Tree, names: Sequence[str]) -> ReplicasPlan | None:
    """The replicas of a tree whose tiers have these names, from the agents to the root."""
    written = {name: count for name, count in (tree.replicas or {}).items() if name in names}
    counts = [count for count in written.values() if count > 1]
    if not counts or len(names) <= FIRST_TIER:
        return None
    # A tier too low is refused; replicas above it are there, or their names would seem wrong, too.
    first_tier = max(FIRST_TIER, min(names.index(name) for name in written))
    sites = None if tree.replica_sites is None else tuple(tree.replica_sites)
    return ReplicasPlan(written.get(names[-1], counts[0]), first_tier, sites)
