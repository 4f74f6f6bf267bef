"""What ``sim explain`` says about dependence and quantiles: what is gathered, and of what."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from sim.units import write_duration

if TYPE_CHECKING:
    from sim.scenario.blocks.dependence.plan import DependencePlan, GatheringPlan, QuantilesPlan
    from sim.scenario.plan import Plan


def about_dependence(plan: "Plan") -> Iterator[str]:
    """What baselines say beyond means and deviations; nothing if they do not."""
    if plan.dependence is not None:
        yield f"{plan.dependence.method.kind}: {_of_dependence(plan, plan.dependence)}"
        yield _when(plan, plan.dependence)
    if plan.quantiles is not None:
        yield _of_quantiles(plan, plan.quantiles)
        yield _when(plan, plan.quantiles)


def _of_dependence(plan: "Plan", asked: "DependencePlan") -> str:
    features, agents = plan.agents.features, plan.agents.count
    if asked.feature is None:
        numbers = f"{features} x {features}, " if features else ""
        return f"how features move together, over all reports; {numbers}exact, for samples merge"
    pairs = agents * (agents - 1) // 2
    what = _SAID[asked.method.kind].format(pairs=pairs, **asked.method.options)
    return f"how agents move together in feature {asked.feature}; {what}"


_SAID: Final = {
    "all_pairs": "every series travels to the root, which works out {pairs:,} pairs",
    "blocks": "pairs below one local exactly, of {pairs:,}; others by what their locals share",
    "frequent_directions": "{rows} courses that most follow, instead of {pairs:,} pairs",
    "mean_correlation": "the mean of {pairs:,} pairs, from a sum an instant",
    "projection": "{k} numbers of each agent, from which the root estimates {pairs:,} pairs",
}


def _of_quantiles(plan: "Plan", asked: "QuantilesPlan") -> str:
    bound = (
        f"k = {asked.sketch.options['k']}, a bound on ranks"
        if asked.sketch.kind == "kll"
        else f"within {asked.sketch.options['accuracy']:.4g} of a value"
    )
    each = f" of each of {plan.agents.features} features" if plan.agents.features else ""
    read = ", ".join(f"{100 * share:.4g} %" for share in asked.at)
    return f"{asked.sketch.kind} ({bound}): quantiles {read}{each}"


def _when(plan: "Plan", asked: "GatheringPlan") -> str:
    """Which values count, when they are sent, and how many messages that takes."""
    messages = sum(tier.count for tier in plan.tiers[1:-1])
    window, settle, lead = map(write_duration, (asked.window_ns, asked.settle_ns, asked.lead_ns))
    return (
        f"of the {window} that end {settle} before locals send, {lead} before a publication; "
        f"{messages:,} messages a round"
    )
