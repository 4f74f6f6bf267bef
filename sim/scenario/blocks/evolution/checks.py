"""What is wrong with a changing tree that its block alone does not show."""

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from sim.errors import Mistake
from sim.protocol.topology.limits import most_slack, would_thrash
from sim.scenario.blocks.evolution.facts import (
    crowd,
    expected_events,
    most_at_start,
)
from sim.scenario.blocks.evolution.plan import EvolutionPlan, FanIn
from sim.scenario.checks import Case
from sim.scenario.document import Path
from sim.scenario.plan import Plan
from sim.units import format_count, write_duration

BLOCK: Final = ("evolution",)
EVENTS_MAX: Final = 200_000
"""Joins and leaves in a run: each is an instant at which everything stops, about a millisecond."""
NOT_BESIDE: Final[tuple[tuple[Path, Callable[[Plan], bool]], ...]] = (
    (("tree", "reseat"), lambda plan: plan.reseat_ns is not None),
    (("tree", "replicas"), lambda plan: plan.replicas is not None),
    (("baseline", "rule"), lambda plan: plan.baseline.rule.kind != "mean"),
    (("baseline", "dependence"), lambda plan: plan.dependence is not None),
    (("baseline", "quantiles"), lambda plan: plan.quantiles is not None),
    (("attest",), lambda plan: plan.attest is not None),
    (("evidence",), lambda plan: plan.evidence is not None),
    (("membership",), lambda plan: plan.control.membership is not None),
    (("alerts",), lambda plan: plan.control.alerts is not None),
    (("reads",), lambda plan: bool(plan.control.reads)),
    (("confidence",), lambda plan: plan.confidence is not None),
    (("routing",), lambda plan: plan.routing is not None),
)
"""What goes by who sits where all the time."""


def check_evolution(case: Case) -> Iterator[Mistake]:
    """Every mistake in `evolution`."""
    plan = case.plan.evolution
    if plan is None:
        return
    yield from _tiers(case, plan)
    yield from _instants(case, plan)
    yield from _events(case, plan)
    yield from _company(case, plan)


def _tiers(case: Case, plan: EvolutionPlan) -> Iterator[Mistake]:
    tiers, block = case.plan.tiers, case.scenario.evolution
    if len(tiers) < 3:
        yield case.document.mistake(BLOCK, "needs local aggregators: tree.levels of 2 or more")
        return
    if len(plan.fan_in) == 1 and block is not None and "regionals" in block.model_fields_set:
        problem = "there is no tier between the locals and the root"
        yield case.document.mistake((*BLOCK, "regionals"), problem, "tree.levels: 3 adds one")
    for tier, fan_in in enumerate(plan.fan_in, start=1):
        yield from _thrash(case, _name(tier), fan_in)
        yield from _room(case, tier, fan_in)
    if BLOCK not in case.document.unsure:
        yield from _start(case, plan)


def _name(tier: int) -> str:
    return "locals" if tier == 1 else "regionals"


def _thrash(case: Case, name: str, fan_in: FanIn) -> Iterator[Mistake]:
    reason = would_thrash(fan_in.minimum, fan_in.maximum, fan_in.slack)
    if reason:
        yield case.document.mistake((*BLOCK, name), f"would thrash: {reason}", _wider(fan_in))


def _room(case: Case, tier: int, fan_in: FanIn) -> Iterator[Mistake]:
    """Places of a tier are filled by those below, so agents.count decides beside the tree."""
    below, here = case.plan.tiers[tier - 1 : tier + 1]
    room, wanted = below.count // here.count, fan_in.maximum + 1
    if room >= wanted:
        return
    key = "tree.local" if tier == 1 else "tree.regional"
    problem = (
        f"max {fan_in.maximum} needs a place more than that: {below.count:,} {below.name}s below "
        f"{format_count(here.count, here.name)} leave room for {room} each"
    )
    agents = here.count * wanted * -(-case.plan.agents.count // below.count)
    hint = f"{key} must be {wanted} or more, and agents.count must fill it, here with {agents:,}"
    yield case.document.mistake((*BLOCK, _name(tier), "max"), problem, hint)


def _wider(fan_in: FanIn) -> str:
    """What to say instead of bounds that thrash."""
    most = most_slack(fan_in.minimum, fan_in.maximum)
    if most >= 0:
        return f"say slack: {most} or less, or leave it out"
    return f"max must be at least twice min, here {2 * fan_in.minimum}; three times is calm"


def _start(case: Case, plan: EvolutionPlan) -> Iterator[Mistake]:
    """Who is there at the start must have a place, all the way up."""
    places = [tier.count for tier in case.plan.tiers[:-1]]
    path: Path = (*BLOCK, "start")
    if not round(plan.present * places[0]):
        share = f"{plan.present * 100:.4g} %"
        yield case.document.mistake(path, f"{share} of {places[0]:,} agents is nobody")
        return
    found = crowd(places, plan)
    if found is not None:
        below, above = (case.plan.tiers[tier].name for tier in (found.tier - 1, found.tier))
        most = plan.fan_in[found.tier - 1].maximum
        problem = (
            f"{found.children:,} {below}s need {-(-found.children // most):,} {above}s of at most "
            f"{most}, and there are {places[found.tier]:,}"
        )
        yield case.document.mistake(path, problem, _fewer(places, plan))


def _fewer(places: Sequence[int], plan: EvolutionPlan) -> str:
    """With how many agents a tree can begin; the share is rounded down."""
    most = most_at_start(places, plan)
    share = math.floor(10_000 * most / places[0]) / 100
    if not round(share / 100 * places[0]):
        return "have more places"
    return f"begin with {most:,} agents or fewer (start: {share:g}%), or have more places"


def _instants(case: Case, plan: EvolutionPlan) -> Iterator[Mistake]:
    for key, unit_ns in (
        ("baseline.pane", case.plan.baseline.pane_ns),
        ("agents.rate", case.plan.agents.period_ns),
    ):
        if plan.epoch_ns % unit_ns and not case.document.lacks(tuple(key.split("."))):
            problem = f"must be a multiple of {write_duration(unit_ns)} ({key})"
            yield case.document.mistake((*BLOCK, "epoch"), problem)
    end_ns = case.plan.duration_ns
    for key, instant_ns in (("epoch", plan.epoch_ns), ("at", plan.from_ns)):
        if instant_ns >= end_ns:
            problem = f"{write_duration(instant_ns)} is not before the end of the run"
            yield case.document.mistake((*BLOCK, key), f"{problem}, {write_duration(end_ns)}")
    if plan.until_ns is not None and plan.until_ns <= plan.from_ns:
        yield case.document.mistake((*BLOCK, "until"), "must be after `at`")


def _events(case: Case, plan: EvolutionPlan) -> Iterator[Mistake]:
    """Each join and leave is told to everybody at once, so there is an end to how many can be."""
    joins, leaves = expected_events(case.plan, plan)
    if joins + leaves <= EVENTS_MAX:
        return
    key = "joins" if joins >= leaves else "leaves"
    problem = (
        f"about {joins:,.0f} agents would join and {leaves:,.0f} leave in the run, "
        f"together more than {EVENTS_MAX:,}"
    )
    yield case.document.mistake((*BLOCK, key), problem, "say less, or for a shorter time (until)")


def _company(case: Case, plan: EvolutionPlan) -> Iterator[Mistake]:
    """What goes by seats that stay does not go with a tree that changes."""
    for path, is_there in NOT_BESIDE:
        if is_there(case.plan):
            problem = "cannot stand beside `evolution`: agents move"
            yield case.document.mistake(path, problem, "leave one of the two out")
    detection = case.plan.detection
    if plan.adapt and detection is None and not case.document.lacks(("detection",)):
        yield case.document.mistake((*BLOCK, "adapt"), "needs `detection`")
    if detection is not None and detection.scope != "population":
        problem = f"scope {detection.scope} goes by who sits where, and agents move"
        yield case.document.mistake(("detection", "scope"), problem, "take scope: population")
