"""What a changing tree leaves behind: its operations, its shape at each epoch, and its census.

The census compares, for every pane that is closed, what the root counts with what was measured:
agents and values. The root may lack what was lost; it must never count an agent twice.
"""

from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np

from sim.engine.component import Rows
from sim.engine.world import World
from sim.protocol.topology.messages import cost
from sim.protocol.topology.operations import OUT, Operation, Operations, Refused, Reseat
from sim.protocol.topology.state import Topology
from sim.scenario.blocks.evolution.plan import FanIn
from sim.stats.moments import COUNT, SOURCES


class Books:
    """The tables `operations`, `shapes` and `census` of one run."""

    def __init__(self, world: World, fan_in: Sequence[FanIn]) -> None:
        self._telemetry = world.telemetry
        self._fan_in = tuple(fan_in)
        self._operations: list[dict[str, Any]] = []
        self._shapes: list[dict[str, Any]] = []
        self._census: list[dict[str, Any]] = []
        self._refused: dict[Hashable, None] = {}
        """What was refused before; a wish that has no room is refused at every epoch."""

    def done(self, now_ns: int, before: Topology, after: Topology, did: Operations) -> None:
        """One row an operation, with what it takes to tell everybody concerned."""
        for one in did:
            price = cost(before, after, one)
            row = {"at_ns": now_ns, "kind": _kind(one), "tier": one.tier, "source": one.source}
            row |= {"target": one.target, "moved": _moved(one), "again": self._is_again(one)}
            self._operations.append(row | {"messages": price.messages, "bytes": price.bytes})

    def _is_again(self, one: Operation) -> bool:
        """Whether the same was wanted of the same node, or by the same agents, and refused."""
        if not isinstance(one, Refused):
            return False
        wish = one.wanted, one.tier, one.source, one.children if one.source == OUT else ()
        known = wish in self._refused
        self._refused[wish] = None
        return known

    def shape(self, now_ns: int, state: Topology) -> None:
        """One row a tier of aggregators below the root."""
        for tier, fan_in in enumerate(self._fan_in, start=1):
            sizes = state.sizes[tier][state.is_in_use(tier)]
            # The last node of a tier has nobody to borrow from, and may be as small as it is.
            too_small = (sizes < fan_in.minimum) & (len(sizes) > 1)
            wrong = too_small | (sizes > fan_in.maximum)
            self._shapes.append(
                {
                    "at_ns": now_ns,
                    "tier": tier,
                    "nodes": len(sizes),
                    "least": int(sizes.min(initial=state.agents)),
                    "most": int(sizes.max(initial=0)),
                    "out_of_range": int(np.count_nonzero(wrong)),
                }
            )

    def census(self, now_ns: int, pane: int, present: int) -> None:
        """One row a pane that nothing can be added to any more."""
        nothing = np.zeros(2, np.int64)
        leaves = self._telemetry.leaves
        # What liars said is no truth, but it was reported.
        true = leaves.truth.get(pane, nothing)[:2] + leaves.lies.get(pane, nothing)[:2]
        root = self._telemetry.root.panes.get(pane, nothing)
        self._census.append(
            {
                "at_ns": now_ns,
                "pane": pane,
                "present": present,
                "agents": int(true[SOURCES]),
                "agents_counted": int(root[SOURCES]),
                "values": int(true[COUNT]),
                "values_counted": int(root[COUNT]),
            }
        )

    def rows(self) -> Rows:
        """All tables."""
        return {"operations": self._operations, "shapes": self._shapes, "census": self._census}


def _kind(one: Operation) -> str:
    return (
        f"refused {one.wanted.lower()}" if isinstance(one, Refused) else type(one).__name__.lower()
    )


def _moved(one: Operation) -> int:
    return one.moved if isinstance(one, Reseat) else len(one.children)
