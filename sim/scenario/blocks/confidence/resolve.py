"""From the block `confidence` to its part of a plan."""

from sim.scenario.blocks.confidence.plan import ConfidencePlan
from sim.scenario.blocks.confidence.schema import Confidence
from sim.scenario.variants import variant


def resolve_confidence(block: Confidence | None) -> ConfidencePlan | None:
    """None where nobody asks for intervals."""
    if block is None:
        return None
    widen = tuple(sorted(set(block.widen)))
    low, high = block.range
    return ConfidencePlan(variant(block.interval), block.level, block.of, widen, (low, high))
