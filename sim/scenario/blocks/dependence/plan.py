"""The resolved keys `baseline.dependence` and `baseline.quantiles`."""

from dataclasses import dataclass

from sim.scenario.variant import Variant


@dataclass(frozen=True, slots=True)
class GatheringPlan:
    """When something is gathered in rounds, like digests, and of which values."""

    lead_ns: int
    """How long before a publication the locals send theirs."""
    settle_ns: int
    """How long before that the window ends, so that what is in it has arrived."""
    window_ns: int
    """Length of the window."""


@dataclass(frozen=True, slots=True)
class DependencePlan(GatheringPlan):
    """What a baseline says of how features, or agents, move together."""

    method: Variant
    """A method of `sim.stats.dependence` with its options."""
    feature: int | None
    """Whose series are correlated, from 1; None where a method takes all features."""


@dataclass(frozen=True, slots=True)
class QuantilesPlan(GatheringPlan):
    """What a baseline says of how the values of all agents are distributed."""

    sketch: Variant
    """ddsketch or kll, with its options."""
    at: tuple[float, ...]
    """The quantiles that are read, each in [0, 1]."""
