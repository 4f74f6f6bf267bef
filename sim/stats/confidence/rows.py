"""Groups read from the rows that a tree's nodes hold, many nodes at once, in float64.

Rows do not carry how many values each single source sent, so sources count as of one size.
"""

import numpy as np

from sim.stats.confidence.contract import Group
from sim.stats.moments import COUNT, FIRST_FEATURE, SOURCES, IntArray, Layout, mean_sd


def groups(rows: IntArray, features: int) -> Group:
    """What wide rows (nodes, wide) say, as (nodes, features); NaN where nothing was counted.

    Means and deviations are exact to about 1e-16 of the mean square, as in `moments.mean_sd`.
    """
    count, mean, sd = mean_sd(rows, features)
    sources, source_mean, between = mean_sd(_second(rows, features), features)
    return Group.of(count[:, None], sources[:, None], mean, sd, between, source_mean=source_mean)


def _second(rows: IntArray, features: int) -> IntArray:
    """The summary over sources' means, moved to where the one over values stands."""
    layout = Layout(features)
    second = np.zeros_like(rows)
    second[:, COUNT] = rows[:, SOURCES]
    values = slice(FIRST_FEATURE, layout.block(2).stop)
    second[:, values] = rows[:, layout.block(3).start : layout.block(5).stop]
    return second
