"""What the nodes of a tier keep: state of the protocol, and the history of single reports.

History is what the agents below were due to send by now, kept by the nodes where they began; losses
and agents that move leave it as it is.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sim.engine.parts import Parts
from sim.scenario.blocks.capacity.plan import HistoryPlan
from sim.telemetry.footprint import Footprint
from sim.telemetry.parents import Parents

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class AgentHolding:
    """What agents keep."""

    def __init__(self, parts: Parts, footprint: Footprint, locals_: Parents) -> None:
        self._each = footprint.agent()
        self._locals = locals_
        self._history = History.of(parts, tier=0)

    def present(self) -> Floats:
        """1.0 for an agent that is there; (agents,)."""
        return _present(self._locals).astype(np.float64)

    def bytes_at(self, now_ns: int) -> Floats:
        """State of each agent; (agents,)."""
        history = 0 if self._history is None else self._history.bytes_at(now_ns)
        return np.asarray(self.present() * (self._each + history))


class Holding:
    """What the nodes of a tier above keep, those of its replicas one after the other."""

    def __init__(
        self, parts: Parts, footprint: Footprint, tier: int, replicas: Sequence[Parents]
    ) -> None:
        self._footprint, self._tier, self._is_root = footprint, tier, tier == parts.top
        self._replicas = tuple(replicas)
        self._history = History.of(parts, tier)

    def children(self) -> Ints:
        """How many children each node has now; a node without any is not there; (nodes,)."""
        return np.concatenate([_children(parent) for parent in self._replicas])

    def bytes_at(self, now_ns: int) -> Floats:
        """State of each node, its queue left out; (nodes,)."""
        state = self._footprint.parents(self.children(), self._tier, is_root=self._is_root)
        if self._history is not None:
            state = state + np.tile(self._history.bytes_at(now_ns), len(self._replicas))
        return np.asarray(state, np.float64)


class History:
    """Single reports that nodes with so many agents `below` each keep, (nodes,)."""

    def __init__(self, plan: HistoryPlan, below: Ints, period_ns: int) -> None:
        self._plan, self._below, self._period_ns = plan, below, period_ns

    @classmethod
    def of(cls, parts: Parts, tier: int) -> "History | None":
        """That of the nodes of a tier, if it is they who keep one."""
        capacity = parts.plan.capacity
        if capacity is None or capacity.history is None or capacity.history.tier != tier:
            return None
        ancestor = parts.roster.tree.ancestor_of(0, tier)
        below = np.bincount(ancestor, minlength=parts.plan.tiers[tier].count)
        return cls(capacity.history, below, parts.plan.agents.period_ns)

    def bytes_at(self, now_ns: int) -> Ints:
        """What was due so far, or within the time that it is kept for; (nodes,)."""
        reports = min(now_ns, self._plan.span_ns) // self._period_ns
        return np.asarray(self._below * reports * self._plan.record_bytes)


def _present(parent: Parents) -> NDArray[np.bool_]:
    """Which children of a tier have not left; (children,)."""
    if parent.absent is None:
        return np.ones(parent.groups.children, np.bool_)
    return ~parent.absent


def _children(parent: Parents) -> Ints:
    starts = parent.groups.starts[:-1]
    return np.add.reduceat(_present(parent).astype(np.int64), starts)
