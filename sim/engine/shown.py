"""Which regions are written down one by one: all, or of very many those that matter to a reader."""

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.engine.roster import Roster
from sim.scenario.mute import merged
from sim.scenario.plan import FaultPlan, Plan
from sim.scenario.selectors import REST

REGIONS_MAX: Final = 64
"""More than this a picture could not show, and a table of every instant would be large."""
_BROAD: Final = frozenset({REST, "all", "agents", "locals", "regionals"})


def shown_regions(plan: Plan, roster: Roster) -> NDArray[np.int64]:
    """Numbers of the regions to write down: those that faults name first, then evenly spread."""
    total = roster.shape.regions
    if total <= REGIONS_MAX:
        return np.arange(total)
    faults = merged(plan.faults, plan.muted.faults)
    named = [region for fault in faults for region in _named(fault, roster)]
    chosen = list(dict.fromkeys(named))[: REGIONS_MAX // 2]
    spread = np.linspace(0, total - 1, REGIONS_MAX).astype(np.int64).tolist()
    return np.array(sorted({*chosen, *spread[: REGIONS_MAX - len(chosen)]}))


def _named(fault: FaultPlan, roster: Roster) -> Iterator[int]:
    """Regions of the nodes that a fault names one by one or by subtree."""
    groups = [*fault.options.get("groups", ()), fault.options.get("nodes") or ()]
    for selectors in groups:
        precise = [name for name in selectors if name not in _BROAD and not name.endswith("%")]
        yield from roster.regions_of(roster.select(precise, fault.path))
