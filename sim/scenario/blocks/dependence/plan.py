"""The resolved keys `baseline.dependence` and `baseline.quantiles`."""

from dataclasses import dataclass

from sim.scenario.variant import Variant


@dataclass(frozen=True, slots=True)
class DependencePlan:
    """What else a baseline says, gathered in rounds like digests."""

    method: Variant
    """A method of `sim.stats.dependence` with its options."""
    lead_ns: int
    """How long before a publication the locals send theirs."""
