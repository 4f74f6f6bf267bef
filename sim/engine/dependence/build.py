"""From what a plan asks baselines to say to what is gathered in a world."""

from collections.abc import Sequence
from functools import partial

import numpy as np

from sim.engine.dependence.contract import Summary
from sim.engine.dependence.gathering import Gathering, Ways
from sim.engine.dependence.kll import KllSummary
from sim.engine.dependence.methods import CHECKED_MAX, MethodSummary
from sim.engine.dependence.sketched import BucketSummary
from sim.engine.dependence.windows import Windows
from sim.engine.digests.build import rounds_mail
from sim.engine.digests.rounds import Rounds
from sim.engine.lies.lies import Lies
from sim.engine.parts import Parts
from sim.engine.roster import Nodes
from sim.engine.world import World
from sim.scenario.blocks.dependence.plan import DependencePlan, GatheringPlan, QuantilesPlan


def add_dependence(parts: Parts, world: World, lies: Lies) -> tuple[Gathering, ...]:
    """Let a world gather what its baselines say beyond means and deviations, if anything."""
    plan, made = parts.plan, []
    if plan.dependence is not None:
        summary = _method(parts, plan.dependence)
        features = (
            slice(None) if plan.dependence.feature is None else _only(plan.dependence.feature)
        )
        made.append(
            _gathering("dependence", plan.dependence, features, summary, parts, world, lies)
        )
    if plan.quantiles is not None:
        sketched = _sketch(parts, plan.quantiles)
        made.append(
            _gathering("quantiles", plan.quantiles, slice(None), sketched, parts, world, lies)
        )
    return tuple(made)


def covariances(gathered: Sequence[Gathering]) -> MethodSummary | None:
    """Who knows the covariances of features, if they are gathered."""
    for one in gathered:
        if isinstance(one.summary, MethodSummary) and one.summary.kind == "covariance":
            return one.summary
    return None


def _only(feature: int) -> slice:
    """The feature of this number, counted from 1."""
    return slice(feature - 1, feature)


def _method(parts: Parts, plan: DependencePlan) -> MethodSummary:
    agents = parts.plan.agents.count
    chosen = parts.streams.stream("dependence", "checked").permutation(agents)[:CHECKED_MAX]
    return MethodSummary(
        plan.method.kind,
        plan.method.options,
        lambda version: parts.streams.at("dependence", "shared", tick=version),
        np.sort(chosen),
    )


def _sketch(parts: Parts, plan: QuantilesPlan) -> Summary:
    if plan.sketch.kind == "kll":
        return KllSummary(
            plan.sketch.options["k"],
            plan.at,
            lambda version: parts.streams.at("quantiles", "coins", tick=version),
        )
    return BucketSummary(plan.sketch.options["accuracy"], plan.at, parts.layout.features)


def _gathering(
    name: str,
    plan: GatheringPlan,
    features: slice,
    summary: Summary,
    parts: Parts,
    world: World,
    lies: Lies,
) -> Gathering:
    arrived, true = (_windows(parts, plan, features) for _ in range(2))
    world.telemetry.aggregators[0].watches.append(arrived.heard)
    world.telemetry.leaves.watches.append(true.measured)
    local_of = parts.levels[0].parent_of

    def forget(nodes: Nodes) -> None:
        arrived.forget(nodes[1][local_of])
        gathering.forget(nodes)

    sent_bytes = [0] * (parts.top - 1)
    mails = [
        rounds_mail(parts, world, lies, name, tier, partial(sent_bytes.__getitem__, tier - 1), name)
        for tier in range(1, parts.top)
    ]
    rounds = Rounds(summary, parts.levels, mails, world.is_up, rounds_kept=summary.rounds_kept)
    ways = Ways(rounds, mails, sent_bytes)
    gathering = Gathering(name, plan, parts, world, arrived, true, summary, ways)
    world.seat_forgetters.append(forget)
    return gathering


def _windows(parts: Parts, plan: GatheringPlan, features: slice) -> Windows:
    """Long enough for the window of a publication and all that is measured before it is read."""
    period_ns = parts.plan.agents.period_ns
    rows = -(-(plan.window_ns + plan.settle_ns) // period_ns) + 2
    return Windows(rows, parts.plan.agents.count, features, parts.layout.features, period_ns)
