"""From the keys `baseline.dependence` and `baseline.quantiles` to their parts of a plan."""

from typing import Final, Protocol

from sim.scenario.blocks.dependence.plan import DependencePlan, GatheringPlan, QuantilesPlan
from sim.scenario.blocks.dependence.schema import Dependence, Gathered, Quantiles
from sim.scenario.variants import variant
from sim.units import NS_PER_S

LEAD_NS: Final = 2 * NS_PER_S // 5
"""How long before a publication something is sent, where nobody says so."""
_WHEN: Final = ("lead", "settle", "window")


class Published(Protocol):
    """The block `baseline`, as it is written."""

    publish: int
    pane: int
    panes: int
    dependence: Dependence | None
    quantiles: Quantiles | None


def resolve_dependence(baseline: Published) -> DependencePlan | None:
    """None where a baseline says nothing of dependence."""
    block = baseline.dependence
    if block is None:
        return None
    when = _when(block, baseline)
    return DependencePlan(
        when.lead_ns,
        when.settle_ns,
        when.window_ns,
        variant(block, skip=(*_WHEN, "feature")),
        getattr(block, "feature", None),
    )


def resolve_quantiles(baseline: Published) -> QuantilesPlan | None:
    """None where a baseline says nothing of quantiles."""
    block = baseline.quantiles
    if block is None:
        return None
    when = _when(block, baseline)
    at = tuple(sorted(set(block.at)))
    sketch = variant(block, skip=(*_WHEN, "at"))
    return QuantilesPlan(when.lead_ns, when.settle_ns, when.window_ns, sketch, at)


def _when(block: Gathered, baseline: Published) -> GatheringPlan:
    lead_ns = min(LEAD_NS, baseline.publish // 2) if block.lead is None else block.lead
    window_ns = baseline.pane * baseline.panes if block.window is None else block.window
    return GatheringPlan(lead_ns, block.settle, window_ns)
