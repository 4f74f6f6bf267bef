"""What is done at an epoch: nodes that are too large split, too small ones borrow or merge.

- A node above max splits into halves, if a place is spare and its parent has room.
- A node below min borrows from its fullest sibling until both are even, if both then have at least
  min + slack; else it merges into its smallest sibling that has room, which may make that one
  split at the next epoch. Without siblings any node of the tier will do; the last one stays small.
- A node takes part in one operation of its tier an epoch. Tiers are balanced from the agents up,
  fullest nodes first and then the smallest, ties by place: everybody plans the same.
"""

from collections.abc import Sequence

import numpy as np

from sim.protocol.topology.draft import Draft, Frozen
from sim.protocol.topology.operations import OUT, Borrow, Merge, Refused, Split
from sim.protocol.topology.placing import Changed, emptiest
from sim.protocol.topology.state import Topology


def plan_epoch(
    state: Topology,
    *,
    borrow: bool = True,
    frozen: Frozen | None = None,
) -> Changed:
    """The operations of one epoch, and the topology after them.

    `frozen` names nodes that take no part, such as those that cannot be reached: a bool array for
    each tier of aggregators below the root.
    """
    draft = Draft(state)
    for tier in range(1, len(state.parents)):
        still = [] if frozen is None else np.flatnonzero(frozen[tier - 1]).tolist()
        _Epoch(draft, tier, borrow, still).balance()
    return draft.finished()


class _Epoch:
    """One tier at one epoch."""

    def __init__(self, draft: Draft, tier: int, borrow: bool, frozen: Sequence[int]) -> None:
        self._draft, self._tier, self._borrows = draft, tier, borrow
        self._limit = draft.state.limits[tier - 1]
        self._busy: set[int] = set(frozen)

    def balance(self) -> None:
        sizes = {node: self._size(node) for node in self._draft.in_use(self._tier)}
        by_size = sorted(sizes, key=lambda node: (sizes[node], node))
        for node in sorted(sizes, key=lambda node: (-sizes[node], node)):
            if sizes[node] > self._limit.max and node not in self._busy:
                self._split(node)
        for node in by_size:
            if sizes[node] < self._limit.min and node not in self._busy:
                self._mend(node)

    def _size(self, node: int) -> int:
        return self._draft.size(self._tier, node)

    def _split(self, node: int) -> None:
        draft, tier = self._draft, self._tier
        new, parent = draft.spare(tier, self._busy), int(draft.parents[tier][node])
        if new is None or not draft.has_room(tier + 1, parent):
            draft.note(Refused(tier, node, OUT, (), Split.__name__))
            return
        children = draft.children(tier, node)
        draft.give(tier, (new,), parent)
        draft.do(Split(tier, node, new, children[(len(children) + 1) // 2 :]))
        self._busy.update((node, new))

    def _mend(self, node: int) -> None:
        others = self._draft.siblings(self._tier, node) or self._cousins(node)
        idle = [other for other in others if other not in self._busy]
        if idle and not (self._borrows and self._borrow(node, idle)):
            self._merge(node, idle)

    def _cousins(self, node: int) -> list[int]:
        return [other for other in self._draft.in_use(self._tier) if other != node]

    def _borrow(self, node: int, idle: list[int]) -> bool:
        """Whether somebody could lend."""
        lender = max(idle, key=lambda other: (self._size(other), -other))
        smaller_half = (self._size(lender) + self._size(node)) // 2
        if smaller_half < self._limit.min + self._limit.slack:
            return False
        lent = smaller_half - self._size(node)
        children = self._draft.children(self._tier, lender)[-lent:]
        self._draft.do(Borrow(self._tier, lender, node, children))
        self._busy.update((node, lender))
        return True

    def _merge(self, node: int, idle: list[int]) -> None:
        draft, tier = self._draft, self._tier
        into, children = emptiest(draft, tier, idle), draft.children(tier, node)
        if not draft.has_room(tier, into, len(children)):
            draft.note(Refused(tier, node, OUT, (), Merge.__name__))
            return
        draft.do(Merge(tier, node, into, children))
        draft.give(tier, (node,), OUT)
        self._busy.update((node, into))
