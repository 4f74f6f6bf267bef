"""Reads in one replication: how many were answered, how good, and how honest.

A consumer that prefers consistency is rather told nothing than something that may be overtaken.
What is answered is judged by its true age and its true distance from the centralised oracle. Reads
of alerts have no bound and no interval. Like every error, reads are judged from the baseline bound
on: before it there may be nothing yet to be read. NaN: there was no such read.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim.measure.tables import Table, Tables, pick
from sim.scenario.plan import Plan

Figure = Callable[[Tables, Plan], float]
ALERT: Final = "alert"
NOTHING_HELD: Final = -1


def bound_ns(reads: Table, plan: Plan) -> NDArray[np.int64]:
    """The bound of the class of each read."""
    bounds = plan.staleness
    return np.where(reads["what"] == "anomaly", bounds.anomaly_ns, bounds.baseline_ns)


def _judged(tables: Tables, plan: Plan) -> Table:
    rows = tables.reads
    return pick(rows, rows["at_ns"] >= plan.staleness.baseline_ns)


def _of_values(tables: Tables, plan: Plan) -> Table:
    """Reads of a value that were answered with one."""
    rows = _judged(tables, plan)
    return pick(rows, rows["answered"] & (rows["what"] != ALERT) & (rows["age_ns"] != NOTHING_HELD))


def _answered(prefer: str) -> Figure:
    def figure(tables: Tables, plan: Plan) -> float:
        rows = _judged(tables, plan)
        return _of(np.mean, rows["answered"][rows["prefer"] == prefer])

    return figure


def _violation(tables: Tables, plan: Plan) -> float:
    rows = _of_values(tables, plan)
    return _of(np.mean, rows["age_ns"] > bound_ns(rows, plan))


def _coverage(tables: Tables, plan: Plan) -> float:
    rows = _of_values(tables, plan)
    return _of(np.mean, rows["covered"][np.isfinite(rows["half_width"])])


def _half_width(tables: Tables, plan: Plan) -> float:
    return _known(np.median, _of_values(tables, plan)["half_width"])


def _error(tables: Tables, plan: Plan) -> float:
    return _known(np.max, _of_values(tables, plan)["error"])


def _known(reduction: Callable[..., Any], values: NDArray[np.float64]) -> float:
    return _of(reduction, values[~np.isnan(values)])


def _of(reduction: Callable[..., Any], values: NDArray[Any]) -> float:
    return float(reduction(values)) if len(values) else np.nan


READ_FIGURES: Final[Mapping[str, Figure]] = {
    "reads.answered.availability": _answered("availability"),
    "reads.answered.consistency": _answered("consistency"),
    "reads.violation": _violation,
    "reads.coverage": _coverage,
    "reads.half_width.median": _half_width,
    "reads.error.max": _error,
}
"""Metrics of reads: one figure a replication."""
