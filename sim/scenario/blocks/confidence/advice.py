"""What intervals are asked for and rest on what the scenario itself contradicts."""

from collections.abc import Iterator
from typing import Final

from sim.scenario.blocks.confidence.plan import ConfidencePlan
from sim.scenario.plan import Plan
from sim.scenario.remark import Remark

ALIKE: Final = ("clustered", "pooled", "two_level")
"""Methods that take the agents of different groups for alike."""


def about_intervals(plan: Plan) -> Iterator[Remark]:
    """Remarks on the block `confidence`; none without it."""
    if plan.confidence is None or plan.agents.behaviour.kind != "synthetic":
        return
    yield from _groups(plan, plan.confidence)
    yield from _swing(plan, plan.confidence)
    yield from _useless(plan, plan.confidence)


def _groups(plan: Plan, asked: ConfidencePlan) -> Iterator[Remark]:
    options, kind = plan.agents.behaviour.options, asked.interval.kind
    if asked.of == "population" or kind not in ALIKE:
        return
    if any((options.get("groups") or {}).values()):
        problem = f"{kind} takes agents for alike, and here their groups differ"
        yield ("confidence", "interval"), problem, "hartung_knapp allows for that"
    if (options.get("common") or {}).get("sd"):
        problem = f"{kind} takes agents for independent, and here they share part of their noise"
        yield ("confidence", "interval"), problem, "what it covers is measured all the same"


def _swing(plan: Plan, asked: ConfidencePlan) -> Iterator[Remark]:
    """What has come together over a whole run is not about the mean of one pane."""
    if asked.interval.kind == "sequence" and _swings(plan) and "age" not in asked.widen:
        problem = "a sequence is about a law that stays as it is, and a common season moves it"
        yield ("confidence", "interval"), problem, "`widen: age` allows for that"


def _useless(plan: Plan, asked: ConfidencePlan) -> Iterator[Remark]:
    if "age" in asked.widen and asked.of == "process" and not _swings(plan):
        problem = "what is old is as good as what is new for the mean of a law that does not move"
        yield ("confidence", "widen"), problem, "`of: population` is where age matters"


def _swings(plan: Plan) -> bool:
    return (plan.agents.behaviour.options.get("season") or {}).get("phase") == "common"
