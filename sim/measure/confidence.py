"""How often intervals cover the truth, tier by tier, and which assumption breaks where they do not.

Nominal is the level of the scenario. Features are independent, but the looks of one node are not,
so what a run is short of it is held against the standard error of one look of its streams (a node
and a feature each).
"""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim.measure.tables import Tables
from sim.scenario.plan import Plan
from sim.stats.confidence.diagnosis import ASSUMPTIONS

Figure = Callable[[Tables, Plan], float]

TOLERANCE: Final = 0.01
"""Of coverage: what is called preserved."""
ERRORS: Final = 2.0
"""Standard errors that are put down to chance."""
OFTEN: Final = 0.1
"""Share of the looks of a tier in which an assumption must be broken to be named."""
TIERS: Final = ("local", "regional", "root")
UNEXPLAINED: Final = (
    "nothing that can be checked: values may depend on their past or on each other, or be lies"
)


@dataclass(frozen=True, slots=True)
class Standing:
    """How the intervals of one tier stand."""

    tier: str
    level: float
    coverage: float
    naive: float
    ever_missed: float
    """Share of its nodes and features whose interval missed at some look."""
    error: float
    """Standard error of the coverage."""
    broken: tuple[str, ...]
    """Assumptions that do not hold, the one that breaks most often first."""

    @property
    def is_short(self) -> bool:
        """Below nominal by more than is tolerated and more than chance."""
        return self.coverage < self.level - TOLERANCE - ERRORS * self.error

    @property
    def is_wide(self) -> bool:
        """The same above it: intervals could be narrower."""
        return self.coverage > self.level + TOLERANCE + ERRORS * self.error


def standings(tables: Tables, plan: Plan) -> Iterator[Standing]:
    """One for each tier that stated anything."""
    if plan.confidence is None:
        return
    for tier in TIERS:
        rows = rows_of(tables, plan, tier)
        if len(rows["tier"]):
            streams, level = int(rows["streams"].max()), plan.confidence.level
            yield Standing(
                tier,
                level,
                _share(rows, "covered"),
                _share(rows, "naive"),
                _ever_missed(rows),
                math.sqrt(level * (1 - level) / streams),
                _often_broken(rows["broken"]),
            )


def why_off(one: Standing) -> str:
    """What broke at a tier whose intervals cover too seldom; or that they could be narrower."""
    if not one.is_short:
        return f"{one.tier}: covers more often than is claimed"
    broken = "; ".join(f"{name}: {ASSUMPTIONS[name].broken}" for name in one.broken)
    return f"{one.tier}: covers too seldom; broken is {broken or UNEXPLAINED}"


def why(metric: str, tables: Tables, plan: Plan) -> str:
    """The same for a metric about the coverage of a tier; empty where nothing is off."""
    tier = metric.rpartition(".")[2]
    if not metric.startswith("confidence.coverage."):
        return ""
    off = [one for one in standings(tables, plan) if one.tier == tier and one.is_short]
    return "; ".join(why_off(one) for one in off)


def rows_of(tables: Tables, plan: Plan, tier: str) -> dict[str, NDArray[Any]]:
    """The rows of a tier; regionals are the children of the root, unless these are the locals."""
    top = len(plan.tiers) - 1
    number = {"local": 1, "regional": top - 1 if top > 2 else -1, "root": top}[tier]
    chosen = tables.intervals["tier"] == number
    return {name: column[chosen] for name, column in tables.intervals.items()}


def _often_broken(told: NDArray[Any]) -> tuple[str, ...]:
    """Assumptions by how many looks found them broken; rare ones are left out."""
    names = [name for row in told.tolist() for name in row.split()]
    counts = {name: names.count(name) for name in sorted(set(names))}
    often = [name for name, count in counts.items() if count >= OFTEN * len(told)]
    return tuple(sorted(often, key=lambda name: (-counts[name], name)))


def _share(rows: Mapping[str, NDArray[Any]], column: str) -> float:
    stated = int(rows["intervals"].sum())
    return int(rows[column].sum()) / stated if stated else math.nan


def _ever_missed(rows: Mapping[str, NDArray[Any]]) -> float:
    return (
        int(rows["ever_missed"][-1]) / int(rows["streams"][-1]) if len(rows["tier"]) else math.nan
    )


def _half_width(rows: Mapping[str, NDArray[Any]]) -> float:
    known = rows["half_width"][~np.isnan(rows["half_width"])]
    return float(known.mean()) if len(known) else math.nan


def _coverage_at(tier: str) -> Figure:
    return lambda tables, plan: _share(rows_of(tables, plan, tier), "covered")


CONFIDENCE_FIGURES: Final[Mapping[str, Figure]] = {
    **{f"confidence.coverage.{tier}": _coverage_at(tier) for tier in TIERS},
    "confidence.naive.root": lambda tables, plan: _share(rows_of(tables, plan, "root"), "naive"),
    "confidence.half_width.root": lambda tables, plan: _half_width(rows_of(tables, plan, "root")),
    "confidence.ever_missed.root": lambda tables, plan: _ever_missed(rows_of(tables, plan, "root")),
}
