"""What intervals are asked for and rest on what the scenario itself contradicts."""

import math
from collections.abc import Iterator
from typing import Final

from sim.scenario.blocks.confidence.plan import ConfidencePlan
from sim.scenario.blocks.confidence.schema import LARGEST
from sim.scenario.plan import Plan
from sim.scenario.remark import Remark
from sim.units import format_count

FEW_CHILDREN: Final = 10
"""As in `sim.stats.confidence.diagnosis`, which a test holds against it."""
TOLERANCE: Final = 0.01
ERRORS: Final = 2.0
"""As in `sim.measure.confidence`, which a test holds against them."""
CLIPPED: Final = 0.003
"""Share of levels beyond what is counted: what is more than three standard deviations off."""
ALIKE: Final = ("clustered", "pooled", "two_level")
"""Methods that take the agents of different groups for alike."""


def about_intervals(plan: Plan) -> Iterator[Remark]:
    """Remarks on levels of groups that are off the scale, and on the block `confidence`."""
    yield from _levels(plan)
    if plan.confidence is None:
        return
    yield from _range(plan.confidence)
    yield from _children(plan, plan.confidence)
    yield from _power(plan, plan.confidence)
    if plan.agents.behaviour.kind != "synthetic":
        return
    yield from _around(plan.confidence)
    yield from _groups(plan, plan.confidence)
    yield from _swing(plan, plan.confidence)
    yield from _useless(plan, plan.confidence)


def _levels(plan: Plan) -> Iterator[Remark]:
    """No value is counted beyond LARGEST, so what is drawn there is clipped."""
    if plan.agents.behaviour.kind != "synthetic":
        return
    for name, apart in (plan.agents.behaviour.options.get("groups") or {}).items():
        share = math.erfc(LARGEST / (math.sqrt(2) * apart)) if apart else 0.0
        if share > CLIPPED:
            problem = (
                f"{share * 100:.3g} % of levels are beyond {LARGEST:g} scales, where every value "
                "is clipped"
            )
            yield (
                ("agents", "behaviour", "groups", name),
                problem,
                f"say less than {LARGEST / 3:.2g}",
            )


def _range(asked: ConfidencePlan) -> Iterator[Remark]:
    """It is read where intervals are widened for what is missing."""
    if "coverage" not in asked.widen and asked.range != (-LARGEST, LARGEST):
        problem = "no interval is widened by it: it tells only what missing agents would cost"
        yield ("confidence", "range"), problem, "`widen: coverage` widens for missing agents"


def _around(asked: ConfidencePlan) -> Iterator[Remark]:
    """Of a range that widens intervals: the mean of all agents is 0 before anybody is drawn."""
    low, high = asked.range
    if "coverage" in asked.widen and not low <= 0 <= high:
        problem = f"agents are around 0, and {low:g} to {high:g} leaves that out"
        yield ("confidence", "range"), problem, "say what the mean of a missing agent can be"


def _children(plan: Plan, asked: ConfidencePlan) -> Iterator[Remark]:
    """tau^2 of few children is not known, and the method takes it for known."""
    if asked.interval.kind != "dersimonian_laird":
        return
    counts = [tier.count for tier in plan.tiers]
    few = [
        f"{above / there:.3g} below each {tier.name}"
        for above, there, tier in zip(counts[1:], counts[2:], plan.tiers[2:], strict=False)
        if above < FEW_CHILDREN * there
    ]
    if few:
        problem = f"needs {FEW_CHILDREN} children or more, and there are {' and '.join(few)}"
        yield ("confidence", "interval"), f"dersimonian_laird {problem}", "take hartung_knapp"


def _power(plan: Plan, asked: ConfidencePlan) -> Iterator[Remark]:
    """Of the root, which has the fewest intervals; a sequence has no share that it should miss."""
    if asked.interval.kind == "sequence":
        return
    looks = _independent_looks(plan, asked)
    count = plan.agents.features * plan.replications * looks
    variance = asked.level * (1 - asked.level)
    needed = math.ceil(round(ERRORS**2 * variance / TOLERANCE**2 / looks, 6))
    if plan.agents.features * plan.replications < needed:
        shown = 100 * ERRORS * math.sqrt(variance / count)
        problem = (
            f"{format_count(plan.agents.features, 'feature')} and "
            f"{format_count(plan.replications, 'replication')} tell what the root's intervals "
            f"cover to within {shown:.2g} %"
        )
        hint = f"{needed:,} features x replications tell it to within {100 * TOLERANCE:g} %"
        yield ("confidence",), problem, hint


def _independent_looks(plan: Plan, asked: ConfidencePlan) -> int:
    """Panes that are looked at; but agents stay, so all looks at their law share its error."""
    if asked.of == "process":
        return 1
    return max(1, plan.duration_ns // max(plan.baseline.pane_ns, plan.baseline.publish_ns))


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
