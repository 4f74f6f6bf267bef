"""What is wrong with a changing tree that its block alone does not show."""

from collections.abc import Callable, Iterator
from typing import Final

from sim.errors import Mistake
from sim.protocol.topology.limits import most_slack, would_thrash
from sim.scenario.blocks.evolution.facts import first_counts
from sim.scenario.blocks.evolution.plan import EvolutionPlan, FanIn
from sim.scenario.checks import Case
from sim.scenario.document import Path
from sim.scenario.plan import Plan
from sim.units import write_duration

BLOCK: Final = ("evolution",)
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
        room = tiers[tier - 1].count // tiers[tier].count
        yield from _fan_in(case, _name(tier), fan_in, room)
    yield from _start(case, plan)


def _name(tier: int) -> str:
    return "locals" if tier == 1 else "regionals"


def _fan_in(case: Case, name: str, fan_in: FanIn, room: int) -> Iterator[Mistake]:
    path: Path = (*BLOCK, name)
    reason = would_thrash(fan_in.minimum, fan_in.maximum, fan_in.slack)
    if reason:
        yield case.document.mistake(path, f"would thrash: {reason}", _wider(fan_in))
    if fan_in.maximum >= room:
        key = "tree.local" if name == "locals" else "tree.regional"
        problem = (
            f"max {fan_in.maximum} needs a place more than that, but nodes have room for {room}"
        )
        yield case.document.mistake(
            (*path, "max"), problem, f"{key} says how many places there are"
        )


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
    children, noun = first_counts(places, plan)[0], "agent"
    for tier, fan_in in enumerate(plan.fan_in, start=1):
        there, above = places[tier], case.plan.tiers[tier].name
        if children > there * fan_in.maximum:
            needed = -(-children // fan_in.maximum)
            problem = (
                f"{children:,} {noun}s need {needed:,} {above}s of at most {fan_in.maximum}, "
                f"and there are {there:,}"
            )
            yield case.document.mistake(path, problem, "begin with fewer, or have more places")
            return
        children, noun = first_counts(places, plan)[tier], above


def _instants(case: Case, plan: EvolutionPlan) -> Iterator[Mistake]:
    for key, unit_ns in (
        ("baseline.pane", case.plan.baseline.pane_ns),
        ("agents.rate", case.plan.agents.period_ns),
    ):
        if plan.epoch_ns % unit_ns:
            problem = f"must be a multiple of {write_duration(unit_ns)} ({key})"
            yield case.document.mistake((*BLOCK, "epoch"), problem)
    end_ns = case.plan.duration_ns
    for key, instant_ns in (("epoch", plan.epoch_ns), ("at", plan.from_ns)):
        if instant_ns >= end_ns:
            problem = f"{write_duration(instant_ns)} is not before the end of the run"
            yield case.document.mistake((*BLOCK, key), f"{problem}, {write_duration(end_ns)}")
    if plan.until_ns is not None and plan.until_ns <= plan.from_ns:
        yield case.document.mistake((*BLOCK, "until"), "must be after `at`")


def _company(case: Case, plan: EvolutionPlan) -> Iterator[Mistake]:
    """What goes by seats that stay does not go with a tree that changes."""
    for path, is_there in NOT_BESIDE:
        if is_there(case.plan):
            problem = "cannot stand beside `evolution`: agents move"
            yield case.document.mistake(path, problem, "leave one of the two out")
    detection = case.plan.detection
    if plan.adapt and detection is None:
        yield case.document.mistake((*BLOCK, "adapt"), "needs `detection`")
    if detection is not None and detection.scope != "population":
        problem = f"scope {detection.scope} goes by who sits where, and agents move"
        yield case.document.mistake(("detection", "scope"), problem, "take scope: population")
