"""Children side by side: rows of a tier as groups of one width, for rules that see many groups."""

import numpy as np
from numpy.typing import NDArray

from sim.telemetry.tree import Groups

Floats = NDArray[np.float64]


def packed(groups: Groups, rows: Floats) -> Floats:
    """Rows (children, ...) as (parents, widest group, ...), NaN where a group is narrower."""
    size = np.diff(groups.starts)
    result = np.full((groups.parents, int(size.max()), *rows.shape[1:]), np.nan)
    place = np.arange(groups.children) - np.repeat(groups.starts[:-1], size)
    result[groups.parent_of, place] = rows
    return result
