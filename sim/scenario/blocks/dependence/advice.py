"""Methods of dependence whose options leave nothing to be gained, or nothing to be seen."""

from collections.abc import Iterator
from typing import Final

from sim.scenario.blocks.dependence.plan import DependencePlan
from sim.scenario.plan import Plan
from sim.scenario.remark import Remark
from sim.units import format_count

COARSE: Final = 0.1
"""A standard deviation of a correlation with which 0.2 cannot be told from 0."""


def about_dependence(plan: Plan) -> Iterator[Remark]:
    """Remarks on how much of all pairs a method keeps."""
    asked = plan.dependence
    if asked is None:
        return
    if asked.method.kind == "projection":
        yield from _projection(plan, asked)
    if asked.method.kind == "frequent_directions":
        yield from _directions(plan, asked)


def _projection(plan: Plan, asked: DependencePlan) -> Iterator[Remark]:
    # Here, as other scenarios are read without numpy.
    from sim.stats.dependence.projection import directions_needed, standard_deviation

    k, instants = asked.method.options["k"], asked.window_ns // plan.agents.period_ns
    each = f"{format_count(k, 'number')} of each agent"
    off, needed = standard_deviation(0.0, k), directions_needed(COARSE, 0.0)
    if off > COARSE:
        problem = f"{each} leave a correlation with a standard deviation of"
        hint = f"{needed} bring it to within {COARSE} in 95 of 100 cases"
        yield ("baseline", "dependence", "k"), f"{problem} {off:.2g}", hint
    if k >= instants:
        problem = f"{each} are no fewer than the {instants} values of its"
        hint = "all_pairs says the same exactly, from smaller messages"
        yield ("baseline", "dependence", "k"), f"{problem} window", hint


def _directions(plan: Plan, asked: DependencePlan) -> Iterator[Remark]:
    rows, instants = asked.method.options["rows"], asked.window_ns // plan.agents.period_ns
    most = min(plan.agents.count, instants)
    if rows >= most:
        problem = f"there are at most {most} directions ({plan.agents.count} agents, {instants}"
        hint = "all_pairs says the same"
        yield (
            ("baseline", "dependence", "rows"),
            f"{problem} values each), so {rows} rows leave nothing out",
            hint,
        )
