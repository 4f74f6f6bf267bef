"""The resolved block `capacity`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HistoryPlan:
    """Reports of agents that are kept as they came, beside what is summed up."""

    tier: int
    """Whose nodes keep those of the agents below them."""
    span_ns: int
    """For how long."""
    record_bytes: int


@dataclass(frozen=True, slots=True)
class CapacityPlan:
    """What nodes can hold; what they are asked to hold is measured against it."""

    memory_bytes: tuple[int | None, ...]
    """Of a node of each tier, from the agents to the root; None = unlimited."""
    history: HistoryPlan | None
