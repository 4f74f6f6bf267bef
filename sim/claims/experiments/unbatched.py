"""Messages of a round in which every report goes to the root by itself, counted up a tree.

One message for each report and hop, as many hops as the tree of so many agents needs (locals of
50, then ten children a node).
"""

from typing import Final

import numpy as np

from sim.scenario.resolve import tier_counts
from sim.scenario.schema.scenario import Tree

UNITS: Final = {"messages": "1"}
TREE: Final = Tree(local=50, regional=10, levels="auto")


def run(_seed: int, *, agents: int) -> dict[str, float]:
    """Walk up from every agent until all reports are at the one root."""
    holders, messages = np.arange(agents), 0
    for tier in range(1, len(tier_counts(agents, TREE))):
        messages += len(holders)
        holders = holders // (TREE.local if tier == 1 else TREE.regional)
    assert holders.max() == 0, "a report is not at the root"
    return {"messages": messages}
