"""What ``sim explain`` says about intervals: what is stated, about what, and what it rests on."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from sim.units import format_count, write_duration

if TYPE_CHECKING:
    from sim.scenario.blocks.confidence.plan import ConfidencePlan
    from sim.scenario.plan import Plan


def about_confidence(plan: "Plan", asked: "ConfidencePlan") -> Iterator[str]:
    """What every tier states, of which pane, widened for what, and on which assumptions."""
    from sim.stats.confidence.registry import INTERVALS

    baseline = plan.baseline
    looks = plan.duration_ns // baseline.publish_ns - (baseline.pane_ns - 1) // baseline.publish_ns
    *below, root = [tier.name for tier in plan.tiers[1:]]
    yield (
        f"{asked.level * 100:.4g} % intervals ({asked.interval.kind}) of {_OF[asked.of]}, by each "
        f"{', '.join(below)} and {root} at {format_count(looks, 'publication')}"
    )
    behind = write_duration(baseline.pane_ns * max(baseline.panes, 1))
    yield (
        f"from the newest finished pane of {write_duration(baseline.pane_ns)} that each child has "
        f"told of, for at most {behind}; after that it counts as missing"
    )
    yield f"widened for {' and '.join(_widened(asked)) or 'nothing'}"
    names = ", ".join(INTERVALS[asked.interval.kind].assumes)
    yield f"it assumes: {names} (docs/confidence.md); a run names what does not hold"


def _widened(asked: "ConfidencePlan") -> Iterator[str]:
    if "age" in asked.widen:
        yield "what may have moved since"
    if "coverage" in asked.widen:
        low, high = asked.range
        yield f"missing agents, whose means may be anywhere from {low:g} to {high:g} scales"


_OF: Final = {
    "process": "the mean of the law that made the agents below",
    "population": "the mean of the agents below in that pane",
}
