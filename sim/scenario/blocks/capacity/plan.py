"""The resolved block `capacity`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CapacityPlan:
    """What nodes can hold; what they are asked to hold is measured against it."""

    memory_bytes: tuple[int | None, ...]
    """Of a node of each tier, from the agents to the root; None = unlimited."""
