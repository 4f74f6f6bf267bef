"""Anti-entropy in one replication: what it costs to keep stores alike."""

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np

from sim.measure.sent import sent
from sim.measure.tables import Tables
from sim.scenario.plan import Plan
from sim.units import NS_PER_S

SYNC: Final = "sync"
Figure = Callable[[Tables, Plan], float]


def _bytes(tables: Tables, plan: Plan) -> float:
    """Probes and comparisons that found nothing cost as well, and are in no row of `syncs`."""
    return sent(tables, SYNC, "bytes") * NS_PER_S / plan.duration_ns


def _round_trips(tables: Tables, _: Plan) -> float:
    found = tables.syncs["round_trips"]
    return float(found.max()) if len(found) else np.nan


SYNC_FIGURES: Final[Mapping[str, Figure]] = {
    "sync.bytes": _bytes,
    "sync.round_trips.max": _round_trips,
}
"""Metrics of anti-entropy: one figure a replication."""
