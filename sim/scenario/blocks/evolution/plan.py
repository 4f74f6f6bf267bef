"""The resolved block `evolution`."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class FanIn:
    """How many children a node of a tier is to have."""

    minimum: int
    maximum: int
    slack: int
    """How far from the bounds a node must stay after it took part in an operation."""


@dataclass(frozen=True, slots=True)
class EvolutionPlan:
    """How the tree follows the agents that come and go; every agent of the plan is a place."""

    fan_in: tuple[FanIn, ...]
    """For each tier of aggregators below the root, from the locals up."""
    present: float
    """Share of the agents that are there at the start."""
    joins_ns: int | None
    leaves_ns: int | None
    """Mean time between two agents that join, or leave, of a Poisson process; None = nobody."""
    from_ns: int
    until_ns: int | None
    """When agents come and go by themselves; None = to the end."""
    epoch_ns: int
    """How often the tree may change: at most one operation a node."""
    borrow: bool
    """Whether a node that is too small borrows children before it merges."""
    place: Literal["random", "least_loaded"]
    """Where an agent goes that joins."""
    shuffle: bool
    """Whether all agents are placed anew, by chance, in every epoch."""
    adapt: bool
    """Whether anomalies change the tree: agents that stand alone are isolated, groups re-homed."""
