"""The keys `baseline.dependence` and `baseline.quantiles` written back."""

from typing import Any

from sim.scenario.blocks.dependence.plan import DependencePlan, GatheringPlan, QuantilesPlan
from sim.scenario.written_values import written_variant
from sim.units import write_duration, write_share


def written_dependence(
    dependence: DependencePlan | None, quantiles: QuantilesPlan | None
) -> dict[str, Any]:
    """The keys of the block `baseline`, if there are any, every default visible."""
    written = {}
    if dependence is not None:
        feature = {} if dependence.feature is None else {"feature": dependence.feature}
        written["dependence"] = {
            **written_variant(dependence.method),
            **feature,
            **_when(dependence),
        }
    if quantiles is not None:
        at = [write_share(share) for share in quantiles.at]
        written["quantiles"] = {**written_variant(quantiles.sketch), "at": at, **_when(quantiles)}
    return written


def _when(plan: GatheringPlan) -> dict[str, str]:
    spans = {"lead": plan.lead_ns, "settle": plan.settle_ns, "window": plan.window_ns}
    return {name: write_duration(span_ns) for name, span_ns in spans.items()}
