"""What nodes are asked to do and to hold, by formula, before anything runs.

Load is that of reports alone: a message of every child each period of the tier below. Copies that
liars send, digests, scores and messages of agreement come on top. State is that of the tree's own
protocol (`sim.telemetry.footprint`) with empty queues, history that of a node which has kept it for
its whole span. Of an evolving tree it is what there is if every place is taken.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from sim.scenario.plan import Plan
from sim.scenario.selectors import tree_shape
from sim.stats.moments import Layout
from sim.telemetry.footprint import Footprint
from sim.telemetry.tree import Tree
from sim.units import NS_PER_S


@dataclass(frozen=True, slots=True)
class TierDemand:
    """What the nodes of a tier are asked for; sizes in bytes."""

    name: str
    nodes: int
    """Replicas included."""
    messages_per_s: float
    """That come to its busiest node."""
    service_ns: int
    offered: float
    """Service that its busiest node is asked for, in seconds a second."""
    state_max: int
    """Of its fullest node."""
    state_total: int
    history_max: int
    history_total: int
    memory: int | None
    """Of each node; None = unlimited."""

    @property
    def who(self) -> str:
        """Its nodes, in words: ``each local``, ``the root``."""
        return f"{'each' if self.nodes > 1 else 'the'} {self.name}"

    @property
    def held_max(self) -> int:
        """State and history of its fullest node."""
        return self.state_max + self.history_max


def tier_demands(plan: Plan) -> tuple[TierDemand, ...]:
    """The tiers from the agents to the root."""
    tree = Tree(tuple(tier.count for tier in plan.tiers))
    footprint = Footprint(Layout(plan.agents.features), plan.baseline.panes + 1)
    return tuple(_demand(plan, tree, footprint, tier) for tier in range(len(plan.tiers)))


def servable_children(plan: Plan, tier: int) -> int | None:
    """The most children whose reports a node of a tier can take in; None = any number."""
    service_ns = plan.tiers[tier].ingress_ns
    return plan.tiers[tier - 1].period_ns // service_ns if service_ns else None


def servable_agents(plan: Plan) -> int | None:
    """The most agents whose reports the root could take in by itself, without a tree."""
    service_ns = plan.tiers[-1].ingress_ns
    return plan.agents.period_ns // service_ns if service_ns else None


def _demand(plan: Plan, tree: Tree, footprint: Footprint, tier: int) -> TierDemand:
    block, is_root = plan.tiers[tier], tier == len(plan.tiers) - 1
    shape = tree_shape(plan)
    replicas = shape.replicas if shape.is_replicated(tier) else 1
    children = np.diff(tree.levels[tier - 1].starts) if tier else np.zeros(1, np.int64)
    state = footprint.parents(children, tier, is_root=is_root) if tier else footprint.agent()
    per_s = int(children.max()) * NS_PER_S / plan.tiers[tier - 1].period_ns if tier else 0.0
    return TierDemand(
        name=block.name,
        nodes=block.count * replicas,
        messages_per_s=per_s,
        service_ns=block.ingress_ns,
        offered=per_s * block.ingress_ns / NS_PER_S,
        state_max=int(np.max(state)),
        state_total=int(np.sum(state)) * replicas * (1 if tier else block.count),
        memory=plan.capacity.memory_bytes[tier] if plan.capacity else None,
        **_history(plan, tree, tier, replicas),
    )


def _history(plan: Plan, tree: Tree, tier: int, replicas: int) -> Mapping[str, int]:
    history = plan.capacity.history if plan.capacity else None
    if history is None or history.tier != tier:
        return {"history_max": 0, "history_total": 0}
    of_agent = history.span_ns // plan.agents.period_ns * history.record_bytes
    below = np.bincount(tree.ancestor_of(0, tier))
    total = plan.agents.count * of_agent * replicas
    return {"history_max": int(below.max()) * of_agent, "history_total": total}
