"""The figures of what is gathered beside baselines, in one replication.

Like every error, those of what was read are judged from the baseline bound on: before it windows
are short. NaN where nothing was read. What a round takes is a mean over the same publications.
"""

import math
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim.measure.tables import Tables
from sim.scenario.plan import Plan

Figure = Callable[[Tables, Plan], float]
Floats = NDArray[np.float64]


def judged(tables: Tables, plan: Plan, table: str, column: str) -> Floats:
    """A column of the publications from the baseline bound on, without NaN."""
    rows = tables[table]
    values = rows[column][rows["published_ns"] >= plan.staleness.baseline_ns].astype(np.float64)
    return np.asarray(values[~np.isnan(values)])


def _reduced(
    table: str, column: str, reduction: Callable[[Floats], Any], tables: Tables, plan: Plan
) -> float:
    found = judged(tables, plan, table, column)
    return float(reduction(found)) if len(found) else math.nan


def _figures(table: str, errors: Mapping[str, str]) -> dict[str, Figure]:
    """The figures of a table; `errors` has the column of each metric about an error."""
    figures: dict[str, Figure] = {}
    for metric, column in errors.items():
        figures[f"{table}.{metric}"] = partial(_reduced, table, column, np.median)
        figures[f"{table}.{metric}.max"] = partial(_reduced, table, column, np.max)
    for column in ("coverage", "messages", "bytes", "operations"):
        figures[f"{table}.{column}"] = partial(_reduced, table, column, np.mean)
    return figures


DEPENDENCE_FIGURES: Final[Mapping[str, Figure]] = {
    **_figures("dependence", {"error": "error"}),
    **_figures("quantiles", {"error.rank": "error_rank", "error.value": "error_value"}),
}
