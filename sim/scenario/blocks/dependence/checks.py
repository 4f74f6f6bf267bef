"""What cannot be gathered beside baselines: without locals, for several roots, too late, too much.

Numbers here are about memory and work, not about what a method could do.
"""

from collections.abc import Iterator
from typing import Final

from sim.errors import Mistake
from sim.scenario.blocks.dependence.plan import DependencePlan, GatheringPlan
from sim.scenario.checks import Case, needs_locals
from sim.scenario.document import Path
from sim.units import write_duration

PAIRS_OF_MAX: Final = 5000
"""Agents whose pairs can all be listed: 12.5 million correlations, 200 MB as a matrix."""
LISTING: Final = ("all_pairs", "blocks", "projection")
VALUES_MAX: Final = 250_000_000
"""Values in a window: 2 GB, and as much again for the central observer."""


def check_dependence(case: Case) -> Iterator[Mistake]:
    """Every mistake in `baseline.dependence` and `baseline.quantiles`."""
    plan = case.plan
    if plan.dependence is not None:
        path: Path = ("baseline", "dependence")
        width = 1 if plan.dependence.feature else plan.agents.features
        yield from _gathering(case, path, plan.dependence, width)
        yield from _feature(case, path, plan.dependence)
        yield from _pairs(case, path, plan.dependence)
    if plan.quantiles is not None:
        path = ("baseline", "quantiles")
        yield from _gathering(case, path, plan.quantiles, plan.agents.features)


def _gathering(case: Case, path: Path, plan: GatheringPlan, width: int) -> Iterator[Mistake]:
    yield from _tree(case, path)
    yield from _lead(case, path, plan)
    yield from _window(case, path, plan, width)


def _tree(case: Case, path: Path) -> Iterator[Mistake]:
    """Locals gather, and their number and that of the root is fixed."""
    yield from needs_locals(case, path, "which gather it")
    if case.plan.replicas is not None:
        problem = "what is gathered goes to one root, and it has replicas here"
        yield case.document.mistake(path, problem, "leave one of the two out")


def _lead(case: Case, path: Path, plan: GatheringPlan) -> Iterator[Mistake]:
    publish_ns = case.plan.baseline.publish_ns
    if plan.lead_ns >= publish_ns:
        problem = f"must be less than `publish`, {write_duration(publish_ns)}"
        yield case.document.mistake((*path, "lead"), problem)
    if plan.lead_ns == 0:
        problem = "must be more than 0s: what is sent needs time to arrive"
        yield case.document.mistake((*path, "lead"), problem)


def _window(case: Case, path: Path, plan: GatheringPlan, width: int) -> Iterator[Mistake]:
    period_ns, end_ns = case.plan.agents.period_ns, case.plan.duration_ns
    if plan.window_ns < 3 * period_ns:
        least = write_duration(3 * period_ns)
        problem = f"holds fewer than two reports of each agent: at least {least}"
        yield case.document.mistake((*path, "window"), problem)
    if plan.window_ns + plan.settle_ns + plan.lead_ns > end_ns:
        end = write_duration(end_ns)
        problem = f"with `settle` and `lead` it takes longer than the run, {end}"
        yield case.document.mistake((*path, "window"), problem)
    values = plan.window_ns // period_ns * case.plan.agents.count * width
    if values > VALUES_MAX:
        problem = f"holds {values:,} values, at most {VALUES_MAX:,}"
        yield case.document.mistake((*path, "window"), problem, "say a shorter one")


def _feature(case: Case, path: Path, plan: DependencePlan) -> Iterator[Mistake]:
    features = case.plan.agents.features
    if plan.feature is not None and features and plan.feature > features:
        problem = f"there are {features} features, counted from 1"
        yield case.document.mistake((*path, "feature"), problem)


def _pairs(case: Case, path: Path, plan: DependencePlan) -> Iterator[Mistake]:
    agents = case.plan.agents.count
    if plan.feature is not None and agents < 2:
        problem = f"{plan.method.kind} says how agents move together, and there is only one"
        yield case.document.mistake((*path, "kind"), problem, "covariance is about features")
    if plan.method.kind in LISTING and agents > PAIRS_OF_MAX:
        problem = f"{plan.method.kind} lists the pairs of at most {PAIRS_OF_MAX:,} agents"
        hint = f"there are {agents:,}: say mean_correlation, or frequent_directions"
        yield case.document.mistake((*path, "kind"), problem, hint)
