"""Which regions there are: in a tree that changes a region is a place, and may have no agents."""

import numpy as np
from numpy.typing import NDArray

from sim.measure.tables import Tables
from sim.report.lanes import unshown
from sim.report.series import pivot
from sim.scenario.plan import Plan


def used(tables: Tables, plan: Plan) -> NDArray[np.bool_]:
    """Which regions have agents at each sample, shape (instants, regions)."""
    agents = pivot(tables.regions, "agents", missing=0).values
    return agents > 0 if plan.evolution is not None else np.ones(agents.shape, np.bool_)


def ever_used(tables: Tables, plan: Plan) -> list[int]:
    """The regions that have agents at any time."""
    regions = pivot(tables.regions, "agents", missing=0).regions
    return [int(region) for region in regions[used(tables, plan).any(axis=0)]]


def without_rows(tables: Tables, plan: Plan) -> int:
    """How many regions have no rows because there are very many; spare places are none."""
    return unshown(tables, plan) if plan.evolution is None else 0
