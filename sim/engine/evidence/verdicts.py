"""Evidence as rows of the table of that name: who is written down, and what each concludes."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim.engine.evidence.sums import Sums
from sim.engine.parts import Parts
from sim.engine.shown import shown_regions
from sim.stats.evidence import log_odds

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LOCALS_MAX: Final = 50
"""So many locals are not written down one by one, unless the root has them as its regions."""


def watched(parts: Parts) -> Mapping[int, Ints]:
    """The nodes of each tier that are written down: locals if few, regions, and the root."""
    locals_, regions = parts.plan.tiers[1].count, parts.top - 1
    shown = {regions: shown_regions(parts.plan, parts.roster), parts.top: np.zeros(1, np.int64)}
    if regions > 1 and locals_ < LOCALS_MAX:
        shown = {1: np.arange(locals_), **shown}
    return shown


def verdict_rows(
    now_ns: int, tier: int, nodes: Ints, state: Sums, honest: tuple[Ints, Ints], threshold: float
) -> Iterator[dict[str, Any]]:
    """One row for each of some `nodes` of a tier; none where nobody below has been heard.

    `honest` are limbs (all nodes of the tier, 2) and the number of correct agents in them.
    """
    nodes = nodes[state.bounds.reports[nodes] > 0]
    true_sums, agents = honest
    columns = {
        "all": log_odds(state.plain)[nodes],
        "honest": np.where(agents > 0, log_odds(true_sums), np.nan)[nodes],
        "lower": log_odds(state.bounds.lower)[nodes],
        "upper": log_odds(state.bounds.upper)[nodes],
        "verdict": state.bounds.verdict(threshold)[nodes],
    }
    for row, node in enumerate(nodes.tolist()):
        values = {name: column[row] for name, column in columns.items()}
        yield {"time_ns": now_ns, "tier": tier, "node": node, **values}
