"""Columns of a table as curves: one per region, and no more points than a reader can see.

Thinning keeps the worst value of each bucket, so a peak is never smoothed away.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sim.measure.spans import Spans, union
from sim.measure.tables import Table
from sim.scenario.plan import Plan

POINTS: Final = 1200
"""About two a pixel of a figure in a README."""


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """One column by instant and region: `values` has the shape (instants, regions)."""

    time_ns: NDArray[np.int64]
    regions: NDArray[np.int64]
    values: NDArray[Any]

    def of(self, region: int) -> NDArray[Any]:
        """The curve of one region."""
        column: NDArray[Any] = self.values[:, np.searchsorted(self.regions, region)]
        return column

    def only(self, regions: Sequence[int]) -> NDArray[Any]:
        """The curves of some regions, shape (instants, regions)."""
        return self.values[:, np.isin(self.regions, regions)]


def pivot(table: Table, column: str, missing: Any = np.nan) -> Grid:
    """A column of the `regions` table as a grid; an absent row is `missing`."""
    time_ns, row = np.unique(table["time_ns"], return_inverse=True)
    regions, place = np.unique(table["region"], return_inverse=True)
    kind = bool if table[column].dtype == bool else float
    values = np.full((len(time_ns), len(regions)), missing, dtype=kind)
    values[row, place] = table[column]
    return Grid(time_ns, regions, values)


def thin(
    time_ns: NDArray[np.int64], values: NDArray[Any], worst: np.ufunc, points: int = POINTS
) -> tuple[NDArray[np.float64], NDArray[Any]]:
    """At most `points` buckets: the first instant of each, in seconds, and its worst value."""
    if len(time_ns) <= points:
        return time_ns / 1e9, values
    starts = np.unique(np.linspace(0, len(time_ns), points, endpoint=False).astype(np.int64))
    return time_ns[starts] / 1e9, worst.reduceat(values, starts, axis=0)


def tips(
    time_ns: NDArray[np.int64], values: NDArray[Any], width_ns: int
) -> tuple[NDArray[np.float64], NDArray[Any]]:
    """The largest value of each stretch of `width_ns`, at the very instant at which it stood.

    An age is a saw; the line through the tips of its teeth is what a reader wants to see. Where it
    leaves its usual height, in a cut, it is no saw and every point stays.
    """
    last_ns = max(time_ns[-1] + 1 - width_ns, time_ns[0] + 1)
    starts = np.unique(np.searchsorted(time_ns, np.arange(time_ns[0], last_ns, width_ns)))
    known = np.where(np.isnan(values), -np.inf, values)
    ends = np.append(starts[1:], len(time_ns))
    peaks = [lo + int(known[lo:hi].argmax()) for lo, hi in zip(starts, ends, strict=True)]
    tall = np.flatnonzero(known > 1.2 * np.median(known[peaks]))
    rows = np.union1d(peaks, tall[:: 1 + len(time_ns) // POINTS])
    return time_ns[rows] / 1e9, values[rows]


def tooth_ns(plan: Plan) -> int:
    """Width of the stretches for `tips`: two reports, if that is narrow on the page."""
    report_ns = 2 * max(tier.period_ns for tier in plan.tiers)
    return max(plan.duration_ns // 300, min(report_ns, plan.duration_ns // 60), 1)


def when(time_ns: NDArray[np.int64], flag: NDArray[np.bool_], end_ns: int) -> Spans:
    """When a sampled flag was up; a sample holds until the next one."""
    return union(time_ns[flag], np.append(time_ns[1:], end_ns)[flag])
