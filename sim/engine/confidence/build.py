"""From the block `confidence` of a plan to eyes in a world: what is kept, and who is looked at."""

from typing import Final

import numpy as np

from sim.engine.confidence.claims import Claims
from sim.engine.confidence.confidence import Confidence
from sim.engine.confidence.heard import Ints, PaneAt, Tier
from sim.engine.confidence.movement import Movement
from sim.engine.confidence.truth import OfPopulation, OfProcess, Truth
from sim.engine.parts import Parts
from sim.engine.world import World
from sim.scenario.blocks.confidence.plan import ConfidencePlan
from sim.telemetry.holdings import SENT
from sim.telemetry.known import Known
from sim.telemetry.parents import Aggregators, Parents
from sim.telemetry.root import Root

NODES_MAX: Final = 200
"""Of a tier with more, so many are looked at, evenly spread."""


def add_confidence(parts: Parts, world: World, asked: ConfidencePlan) -> Confidence:
    """Let the nodes of a world state intervals. Call before anything happens in it."""
    tiers = [_tier(parts, world, number) for number in range(1, parts.top + 1)]
    leaves = world.telemetry.leaves
    truth: Truth = OfProcess(parts) if asked.of == "process" else OfPopulation(leaves, parts)
    claims = Claims(asked, Movement(parts.plan))
    return Confidence(parts.plan, world, tiers, claims, truth)


def _tier(parts: Parts, world: World, number: int) -> Tier:
    telemetry = world.telemetry
    count = parts.plan.tiers[number].count
    nodes = np.unique(np.linspace(0, count - 1, min(count, NODES_MAX)).astype(np.int64))
    if number == 1:
        pane_at = _own_panes(telemetry.aggregators[0], parts.plan.baseline.panes)
        return Tier(1, nodes, nodes, np.arange(len(nodes)), pane_at, parts.layout.features)
    parents: tuple[Parents, ...] = (*telemetry.aggregators, telemetry.root)
    starts = parts.levels[number - 1].starts
    children = [np.arange(starts[node], starts[node + 1]) for node in nodes.tolist()]
    first = np.cumsum([0, *(len(some) for some in children[:-1])])
    pane_at = _panes_of_children(parts, parents[number - 1])
    units = np.concatenate(children).astype(np.int64)
    intake = parents[number - 1].intake
    features = parts.layout.features
    return Tier(number, nodes, units, first, pane_at, features, lambda: intake.held[units, SENT])


def _own_panes(locals_: Aggregators, panes: int) -> PaneAt:
    """Sums of all that each local knows."""
    if locals_.panes is None:
        locals_.panes = {}
        locals_.panes_kept = max(panes, 1)

    def pane_at(pane: int) -> Ints | None:
        return (locals_.panes or {}).get(pane)

    return pane_at


def _panes_of_children(parts: Parts, parent: Parents) -> PaneAt:
    """Sums of each child of a tier, as its parent knows them."""
    if isinstance(parent, Root):
        parent.keep_rows()
    elif parent.known is None:
        panes = max(parts.plan.baseline.panes, 1)
        parent.known = Known(parent.groups.children, parts.layout.wide, panes)
    known = parent.known
    assert known is not None
    return lambda pane: known.panes.get(pane)
