"""How busy and how full nodes were: queueing by tier, bytes of state by role.

Utilisation never exceeds 1; offered load does where a node cannot keep up, and then waits grow as
long as the run does.
"""

import math
from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim.measure.tables import Table, Tables, pick
from sim.scenario.plan import Plan
from sim.units import NS_PER_S

Figure = Callable[[Tables, Plan], float]


def of_tier(tables: Tables, tier: int) -> Table:
    """The rows of `load` about a tier."""
    return pick(tables.load, tables.load["tier"] == tier)


def _over_time(load: Table, column: str) -> float:
    """Mean over time."""
    span_ns = int(load["span_ns"].sum())
    return float((load[column] * load["span_ns"]).sum()) / span_ns if span_ns else math.nan


def _of_root(column: str) -> Figure:
    return lambda tables, plan: _over_time(of_tier(tables, len(plan.tiers) - 1), column)


def _extreme(what: str, column: str, unit: float = 1.0) -> Figure:
    """Of the one node of any tier that most is asked of, or that makes wait longest."""

    def figure(tables: Tables, _: Plan) -> float:
        return _max(tables.extremes[column][tables.extremes["what"] == what]) / unit

    return figure


def _wait_s(load: Table) -> float:
    messages = int(load["messages"].sum())
    return float(load["waited_ns"].sum()) / messages / NS_PER_S if messages else 0.0


def _wait_at_root(tables: Tables, plan: Plan) -> float:
    return _wait_s(of_tier(tables, len(plan.tiers) - 1))


def _largest(column: str) -> Figure:
    return lambda tables, _: _max(tables.load[column])


def _total(tables: Tables, _: Plan) -> float:
    """Of all tiers at one instant, the largest."""
    instant = np.unique(tables.load["time_ns"], return_inverse=True)[1]
    return _max(np.bincount(instant, tables.load["state_total"]))


def _memory(tables: Tables, plan: Plan) -> float:
    """NaN where no memory is limited."""
    assert plan.capacity is not None
    limits = enumerate(plan.capacity.memory_bytes)
    shares = [_max(of_tier(tables, tier)["state_max"]) / limit for tier, limit in limits if limit]
    return max(shares, default=math.nan)


def _max(values: NDArray[Any]) -> float:
    return float(values.max()) if len(values) else math.nan


CAPACITY_FIGURES: Final[Mapping[str, Figure]] = {
    "capacity.offered.root": _of_root("offered_max"),
    "capacity.offered.max": _extreme("offered", "offered"),
    "capacity.utilisation.root": _of_root("utilisation_max"),
    "capacity.utilisation.max": _extreme("offered", "utilisation"),
    "capacity.wait.root": _wait_at_root,
    "capacity.wait.max": _extreme("wait", "wait_ns", NS_PER_S),
    "capacity.backlog.max": _largest("backlog_max"),
    "capacity.state.max": _largest("state_max"),
    "capacity.state.total": _total,
    "capacity.memory.max": _memory,
}
