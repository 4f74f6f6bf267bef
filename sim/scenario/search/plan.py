"""A search as plain values: what `load` makes of a file, and all that `sim.search` gets to see."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sim.scenario.plan import Plan
from sim.scenario.selectors import TreeShape

INVARIANTS: Final = "invariants"
"""In place of a metric: any contradiction is what is looked for."""


@dataclass(frozen=True, slots=True)
class LiarsPlan:
    """What attacks may be drawn."""

    where: str
    """The plural name of a tier, as it stands in a scenario."""
    tier: int
    liars: int
    """The most liars of all attacks together."""
    attacks: int
    kinds: tuple[str, ...]
    sizes: tuple[str, ...]
    """As a scenario has them (``10sd``), ascending."""
    timing: bool


@dataclass(frozen=True, slots=True)
class FaultsPlan:
    """What faults may be drawn."""

    most: int
    cut_ns: int | None
    kinds: tuple[str, ...]
    nodes: tuple[str, ...]
    sites: tuple[str, ...]
    links: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Search:
    """A search that is ready to begin."""

    name: str
    about: str
    path: str
    seed: int
    budget: int
    step_ns: int
    """The grid of all times."""
    after_ns: int
    """Nothing that is tried begins before; on the grid."""
    worst: str
    damage: Mapping[str, Any]
    """Thresholds as they stand in the file; none: to be found out."""
    base: Mapping[str, Any]
    """The scenario as plain values, with what was changed in it, without sweep, gate, thresholds
    and what the search draws."""
    base_path: str
    plan: Plan
    """The scenario with `damage` as its thresholds and nothing drawn."""
    tree: TreeShape
    liars: LiarsPlan | None
    faults: FaultsPlan | None
