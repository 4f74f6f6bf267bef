"""The resolved block `confidence`."""

from dataclasses import dataclass
from typing import Literal

from sim.scenario.variant import Variant


@dataclass(frozen=True, slots=True)
class ConfidencePlan:
    """Which intervals nodes state of their means, and what these are to cover."""

    interval: Variant
    """A method of `sim.stats.confidence` with its options."""
    level: float
    """Nominal coverage, in (0, 1)."""
    of: Literal["process", "population"]
    """process: the mean of the law that made the agents; population: that of the agents there are,
    now, missing ones included."""
    widen: tuple[Literal["age", "coverage"], ...]
    """What intervals are widened for: drift since births, and sources that are missing."""
    range: tuple[float, float]
    """Within which a missing source's mean is certain to be, in scales; for `widen` coverage."""
