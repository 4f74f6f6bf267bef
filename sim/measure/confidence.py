"""How often intervals cover the truth, tier by tier, and which assumption breaks where they do not.

Nominal is the level of the scenario. All replications are judged together: coverage is the mean
over them, as in every table, and an assumption is named by its share of all their looks. Features
are independent, but the looks of one node need not be: the standard error is of all looks, with a
design effect for what those of one stream (a node and a feature of a replication) have in common.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim.measure.tables import Table, Tables, pick
from sim.scenario.plan import Plan
from sim.stats.confidence.diagnosis import ASSUMPTIONS

Figure = Callable[[Tables, Plan], float]

TOLERANCE: Final = 0.01
"""Of coverage: what is called preserved."""
ERRORS: Final = 2.0
"""Standard errors that are put down to chance."""
MISSED_LEAST: Final = 10
"""Streams that missed at some look: from fewer nobody can tell what looks have in common."""
OFTEN: Final = 0.1
"""Share of the looks of a tier in which an assumption must be broken to be named."""
TIERS: Final = ("local", "regional", "root")
UNEXPLAINED: Final = (
    "nothing that can be checked: values may depend on their past or on each other, or be lies"
)
REMEDIES: Final[Mapping[str, str]] = {
    "sources_alike": "`interval: clustered`",
    "children_alike": "`interval: hartung_knapp`",
    "children_enough": "`interval: hartung_knapp`",
    "complete": "`widen: coverage`",
    "current": "`widen: age`",
    "declared": "a wider `range`",
    "one_look": "`interval: sequence`",
}
"""What allows for an assumption that does not hold."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How the intervals of one tier stand, in all replications together."""

    tier: str
    children: str
    """What its nodes are told by: agents, locals, regionals ..."""
    level: float
    coverage: float
    """Mean over replications, as are `naive` and `ever_missed`."""
    naive: float
    ever_missed: float
    """Share of its nodes and features whose interval missed at some look."""
    error: float
    """Standard error of the coverage."""
    replications: int
    looks: int
    """Publications at which the tier stated anything."""
    stated: int
    """Intervals, in all replications; `unbounded` of them have no end, and are left out."""
    unbounded: int
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


def standings(replications: Sequence[Table], plan: Plan) -> Iterator[Standing]:
    """One for each tier that stated anything, from the table of intervals of each replication."""
    if plan.confidence is None:
        return
    for tier in TIERS:
        every = [rows_of(intervals, plan, tier) for intervals in replications]
        every = [rows for rows in every if len(rows["tier"])]
        if every:
            yield _standing(tier, every, plan)


def _standing(tier: str, every: Sequence[Table], plan: Plan) -> Standing:
    """Of a tier, from its rows in each replication that has any."""
    assert plan.confidence is not None
    level = plan.confidence.level
    return Standing(
        tier=tier,
        children=f"{plan.tiers[_number(plan, tier) - 1].name}s",
        level=level,
        coverage=_mean(_share(rows, "covered") for rows in every),
        naive=_mean(_share(rows, "naive") for rows in every),
        ever_missed=_mean(_ever_missed(rows) for rows in every),
        error=_error(every, level),
        replications=len(every),
        looks=max(len(rows["tier"]) for rows in every),
        stated=sum(int(rows["intervals"].sum()) for rows in every),
        unbounded=sum(int(rows["unbounded"].sum()) for rows in every),
        broken=_often_broken([told for rows in every for told in rows["broken"].tolist()]),
    )


def _error(every: Sequence[Table], level: float) -> float:
    """Of the coverage of all replications, were it `level`; NaN where no interval has an end."""
    count = sum(_bounded(rows) for rows in every)
    return math.sqrt(level * (1 - level) * _effect(every, count) / count) if count else math.nan


def _effect(every: Sequence[Table], count: int) -> float:
    """By how much looks with something in common raise the variance: from 1 to their number."""
    streams = sum(int(rows["streams"].max()) for rows in every)
    missed = count - sum(int(rows["covered"].sum()) for rows in every)
    looks = max(count / streams, 1.0)
    if sum(int(rows["ever_missed"][-1]) for rows in every) < MISSED_LEAST or missed == count:
        return looks
    scatter = sum(float(rows["scatter"][-1]) for rows in every) * streams / (streams - 1)
    return min(max(scatter / (missed * (1 - missed / count)), 1.0), looks)


def why_off(one: Standing) -> str:
    """What broke at a tier whose intervals cover too seldom; or that they could be narrower."""
    if not one.is_short:
        return f"{one.tier}: covers more often than is claimed"
    broken = "; ".join(_broken(name, one.children) for name in one.broken)
    return f"{one.tier}: covers too seldom; broken is {broken or UNEXPLAINED}"


def _broken(name: str, children: str) -> str:
    """An assumption, how it is broken, and what allows for that."""
    problem = ASSUMPTIONS[name].broken.replace("children", f"children ({children})")
    remedy = f" ({REMEDIES[name]} allows for that)" if name in REMEDIES else ""
    return f"{name}: {problem}{remedy}"


def why(metric: str, found: Sequence[Standing]) -> str:
    """The same for a metric about the coverage of a tier; empty where nothing is off."""
    if not metric.startswith("confidence.coverage."):
        return ""
    tier = metric.rpartition(".")[2]
    return "; ".join(why_off(one) for one in found if one.tier == tier and one.is_short)


def rows_of(intervals: Table, plan: Plan, tier: str) -> Table:
    """The rows of a tier; regionals are the children of the root, unless these are the locals."""
    return pick(intervals, intervals["tier"] == _number(plan, tier))


def _number(plan: Plan, tier: str) -> int:
    """-1 for regionals where there are none."""
    top = len(plan.tiers) - 1
    return {"local": 1, "regional": top - 1 if top > 2 else -1, "root": top}[tier]


def _often_broken(told: Sequence[str]) -> tuple[str, ...]:
    """Assumptions by how many looks found them broken; rare ones are left out."""
    names = [name for row in told for name in row.split()]
    counts = {name: names.count(name) for name in sorted(set(names))}
    often = [name for name, count in counts.items() if count >= OFTEN * len(told)]
    return tuple(sorted(often, key=lambda name: (-counts[name], name)))


def _mean(figures: Iterator[float]) -> float:
    """Of those that are defined."""
    known = [figure for figure in figures if not math.isnan(figure)]
    return float(np.mean(known)) if known else math.nan


def shares(rows: Table, column: str) -> NDArray[np.float64]:
    """Of the intervals that have an end, look by look; NaN where none has, (looks,)."""
    bounded = rows["intervals"] - rows["unbounded"]
    found = np.full(len(bounded), np.nan)
    np.divide(rows[column], bounded, out=found, where=bounded > 0)
    return found


def _share(rows: Table, column: str) -> float:
    """Of the intervals that have an end; one without covers anything, and claims nothing."""
    bounded = _bounded(rows)
    return int(rows[column].sum()) / bounded if bounded else math.nan


def _bounded(rows: Table) -> int:
    return int(rows["intervals"].sum()) - int(rows["unbounded"].sum())


def _ever_missed(rows: Table) -> float:
    return (
        int(rows["ever_missed"][-1]) / int(rows["streams"][-1]) if len(rows["tier"]) else math.nan
    )


def _half_width(rows: Table) -> float:
    known: NDArray[Any] = rows["half_width"][~np.isnan(rows["half_width"])]
    return float(known.mean()) if len(known) else math.nan


def _level(_: Tables, plan: Plan) -> float:
    assert plan.confidence is not None
    return plan.confidence.level


def _at(tier: str, figure: Callable[[Table], float]) -> Figure:
    """A figure of the rows of a tier."""
    return lambda tables, plan: figure(rows_of(tables.intervals, plan, tier))


def _coverage(rows: Table) -> float:
    return _share(rows, "covered")


def _naive(rows: Table) -> float:
    return _share(rows, "naive")


CONFIDENCE_FIGURES: Final[Mapping[str, Figure]] = {
    "confidence.level": _level,
    **{f"confidence.coverage.{tier}": _at(tier, _coverage) for tier in TIERS},
    "confidence.naive.root": _at("root", _naive),
    **{f"confidence.half_width.{tier}": _at(tier, _half_width) for tier in TIERS},
    "confidence.ever_missed.root": _at("root", _ever_missed),
}
