"""From the key `baseline.dependence` to its part of a plan."""

from sim.scenario.blocks.dependence.plan import DependencePlan
from sim.scenario.blocks.dependence.schema import Method
from sim.scenario.variants import variant


def resolve_dependence(block: Method | None) -> DependencePlan | None:
    """None where a baseline is means and deviations alone."""
    return None if block is None else DependencePlan(variant(block, skip=("lead",)), block.lead)
