"""Updates of single agents in one replication: how long they waited, how old and how right the
root's view was.

Means of waits are over updates, means of ages and errors over samples. The first bound of the
baseline class is the start of a run, when not everybody has been heard yet; it is left out of what
is sampled. An agent that liars own floods with what it calls critical: that is no critical update.
"""

import math
from collections.abc import Callable, Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.measure.censored import censored
from sim.measure.intervals import quantile
from sim.measure.sent import sent
from sim.measure.tables import NEVER, Table, Tables, pick
from sim.scenario.plan import Plan
from sim.units import NS_PER_S

Figure = Callable[[Tables, Plan], float]

CRITICAL: Final = "critical"
HEARTBEAT: Final = "heartbeat"
ORDINARY: Final = ("routine", HEARTBEAT)
PART: Final = "routing"


def _messages(tables: Tables, plan: Plan) -> float:
    rows = tables.updates
    return _per_second(int(rows["sent"][rows["rank"] != HEARTBEAT].sum()), plan)


def _hops(tables: Tables, plan: Plan) -> float:
    return _per_second(int(sent(tables, PART, "messages")), plan)


def _per_second(count: int, plan: Plan) -> float:
    return count * NS_PER_S / plan.duration_ns


def _mean_age(who: str) -> Figure:
    """Over all such agents and instants, not over instants with few and many alike."""

    def figure(tables: Tables, plan: Plan) -> float:
        rows = _sampled(tables, plan)
        critical = rows["critical"].astype(np.float64)
        agents = critical if who == CRITICAL else rows["present"] - critical
        return _weighted(rows[f"age_{who}_ns"], agents) / NS_PER_S

    return figure


def _wait(*ranks: str) -> Figure:
    def figure(tables: Tables, _: Plan) -> float:
        rows = tables.updates
        mine = np.isin(rows["rank"], ranks)
        return _weighted(rows["wait_ns"][mine], rows["arrived"][mine]) / NS_PER_S

    return figure


def _over_time(column: str) -> Figure:
    def figure(tables: Tables, plan: Plan) -> float:
        values = _sampled(tables, plan)[column]
        return _weighted(values, np.ones(len(values)))

    return figure


def _held(tables: Tables, plan: Plan) -> float:
    rows = _sampled(tables, plan)
    present = int(rows["present"].sum())
    # Who has died lately may still count as there.
    return min(int(rows["held"].sum()) / present, 1.0) if present else math.nan


def _delay_of_critical(tables: Tables, plan: Plan) -> float:
    rows = tables.criticals
    begun = rows["begin_ns"] < plan.duration_ns
    return _median(rows["begin_ns"][begun], rows["arrived_ns"][begun])


def _death(tables: Tables, _: Plan) -> float:
    return _median(tables.deaths["died_ns"], tables.deaths["believed_ns"])


def _dropped(tables: Tables, _: Plan) -> float:
    dropped, arrived = (int(tables.updates[column].sum()) for column in ("dropped", "arrived"))
    return dropped / (dropped + arrived) if dropped + arrived else math.nan


def _utilisation(tables: Tables, plan: Plan) -> float:
    """Line time that was begun; the last message of a run may end after it."""
    rows = tables.router_lines
    busy = [
        int(rows["line_ns"][rows["tier"] == tier].sum()) / plan.tiers[tier].count
        for tier in range(1, len(plan.tiers) - 1)
    ]
    return min(max(busy, default=0.0) / plan.duration_ns, 1.0)


def _sampled(tables: Tables, plan: Plan) -> Table:
    rows = tables.beliefs
    return pick(rows, rows["time_ns"] >= plan.staleness.baseline_ns)


def _weighted(values: NDArray[np.float64], weights: NDArray[np.float64]) -> float:
    """The weighted mean of what is known; NaN where nothing is, or nothing weighs."""
    known = ~np.isnan(values) & (weights > 0)
    return float(np.average(values[known], weights=weights[known])) if known.any() else math.nan


def _median(begun_ns: NDArray[np.int64], ended_ns: NDArray[np.int64]) -> float:
    """In seconds; what never ended counts as infinitely long."""
    if not len(begun_ns):
        return math.nan
    return quantile(censored(ended_ns - begun_ns, ended_ns != NEVER), 0.5)


ROUTING_FIGURES: Final[Mapping[str, Figure]] = {
    "routing.messages": _messages,
    "routing.hops": _hops,
    "routing.age.critical": _mean_age(CRITICAL),
    "routing.age.routine": _mean_age("routine"),
    "routing.delay.critical": _delay_of_critical,
    "routing.wait.critical": _wait(CRITICAL),
    "routing.wait.routine": _wait(*ORDINARY),
    "routing.error.heard": _over_time("error_heard"),
    "routing.error.held": _over_time("error_held"),
    "routing.held": _held,
    "routing.death.median": _death,
    "routing.dropped": _dropped,
    "routing.utilisation": _utilisation,
}
"""Metrics of routing; each is one figure a replication."""
