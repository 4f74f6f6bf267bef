"""From the adversaries of a plan to actors that stand between its nodes and the network."""

import numpy as np
from numpy.typing import NDArray

from sim.adversary import STRATEGIES, Liars, Strategy
from sim.engine.lies.actor import Actor
from sim.engine.lies.casting import cast
from sim.engine.lies.flood import Flood
from sim.engine.lies.gates import Omission, SendersGate
from sim.engine.lies.lies import Lies, first_phase_ns
from sim.engine.lies.shim import Implausible, TierShim
from sim.engine.lies.sight import Sight
from sim.engine.parts import Parts, max_reports
from sim.engine.world import World
from sim.protocol.registry import refusals
from sim.scenario.mute import merged
from sim.scenario.plan import AdversaryPlan

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def add_lies(parts: Parts, world: World) -> Lies:
    """Put the adversaries of a plan into a world."""
    plans = parts.plan.adversaries
    # Who is muted keeps its nodes: nobody else may lie through them instead.
    every = merged(plans, parts.plan.muted.adversaries)
    nodes = cast(every, parts.roster, parts.plan.baseline.rule.f)
    actors = [
        Actor(plan, _strategy(plan, mine, parts), mine)
        for plan, mine in zip(every, nodes, strict=True)
        if plan in plans
    ]
    for tier in sorted({plan.tier for plan in plans}):
        _install(tier, actors, parts, world)
    return Lies(parts.plan, world, actors, _open_eyes(actors, world))


def _strategy(plan: AdversaryPlan, nodes: Ints, parts: Parts) -> Strategy:
    tier = parts.plan.tiers[plan.tier]
    liars = Liars(
        nodes=nodes,
        tier=plan.tier,
        group=parts.levels[plan.tier].parent_of[nodes].astype(np.int64),
        knows=plan.knows,
        population=tier.count,
        f=parts.plan.baseline.rule.f,
        layout=parts.layout,
        scale_sd=unit(parts),
        period_ns=tier.period_ns,
        bound_ns=parts.plan.staleness.baseline_ns,
        stream=parts.streams.stream("adversary", plan.path),
        children=_most_children(nodes, plan.tier, parts),
    )
    options = {**plan.options, "begin_ns": plan.at_ns, "end_ns": plan.until_ns}
    return STRATEGIES[plan.kind](liars, options)


def _most_children(nodes: Ints, tier: int, parts: Parts) -> int:
    """Children of the largest group below one of some nodes; 0 for agents."""
    if not tier or not len(nodes):
        return 0
    return int(np.diff(parts.levels[tier - 1].starts)[nodes].max())


def unit(parts: Parts) -> Floats:
    """What 1 sd is to liars, in scales: the spread between agents, or over time if there is none.

    (features,)
    """
    agents, behaviour = parts.plan.agents, parts.behaviour
    spread = np.where(behaviour.spread() > 0, behaviour.spread(), behaviour.deviation())
    return np.asarray(spread / (agents.scale if agents.behaviour.kind == "trace" else 1.0))


def _install(tier: int, actors: list[Actor], parts: Parts, world: World) -> None:
    """Put the adversaries of one tier before its reports, and those on the ways that they spoil."""
    mine = [actor for actor in actors if actor.plan.tier == tier]
    refuse = parts.plan.registry.refuse
    check = _check(tier, parts) if refuse else None
    shim = TierShim(parts.plan.tiers[tier].count, mine, check)
    telemetry = world.telemetry
    sender = telemetry.leaves if tier == 0 else telemetry.aggregators[tier - 1]
    sender.shim = shim
    inlets = [inlet for inlet in world.inlets if inlet.sender is sender]
    for inlet in inlets:
        inlet.way.gates += (SendersGate(shim, refuse=refuse),)
    for actor in mine:
        if tier and actor.overrides("omits"):
            parent_of = parts.levels[tier - 1].parent_of.astype(np.int64)
            telemetry.ways[tier - 1].gates += (Omission(actor, parent_of),)
        for inlet in inlets if actor.strategy.copies() > 1 else ():
            ingress = inlet.parent.intake.ingress
            if ingress is not None:
                ingress.load = Flood(actor, ingress.load)
        if actor.strategy.first_in_period:
            # They choose when to report: before everybody else.
            sender.phase_ns[actor.nodes] = first_phase_ns(parts.plan)


def _check(tier: int, parts: Parts) -> Implausible:
    """What receivers refuse: more values or sources than there can be, and impossible squares.

    Agents are counted on to report no more often than they should, from the begin of a pane on.
    """
    below = np.bincount(
        parts.roster.tree.ancestor_of(0, tier), minlength=parts.plan.tiers[tier].count
    )

    def implausible(nodes: Ints, pane: int, now_ns: Floats, sums: Ints) -> Bools:
        agents = below[nodes].astype(np.int64)
        counts = np.array([max_reports(parts.plan, pane, pane, int(now)) for now in now_ns])
        return np.asarray(refusals(sums, parts.layout, agents * counts, agents) != 0)

    return implausible


def _open_eyes(actors: list[Actor], world: World) -> Sight:
    leaves = world.telemetry.leaves
    sight = Sight(leaves, [actor for actor in actors if actor.plan.tier == 0])
    shim = leaves.shim
    if isinstance(shim, TierShim) and any(actor.strategy.looks for actor in shim.actors):
        shim.memories, shim.roll = sight.memories, sight.roll
    return sight
