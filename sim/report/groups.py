"""Which regions share a lane and a colour: those that were cut off, told apart while that is few.

One group a region if there is room; else regions that were cut at the same times together; else
the first such groups and one for all the rest.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from sim.measure.spans import Spans, union
from sim.measure.tables import Tables
from sim.report.series import pivot, when
from sim.scenario.plan import Plan


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """Some regions, and when (at least one of) them could not reach the root."""

    label: str
    regions: tuple[int, ...]
    cut: Spans


def noun(plan: Plan) -> str:
    """What is below the root: regions, or in a tree of one level its agents."""
    return "region" if len(plan.tiers) > 2 else plan.tiers[0].name


def cut_groups(tables: Tables, plan: Plan, room: int) -> list[Group]:
    """The regions that were ever cut off, in at most `room` groups."""
    grid = pivot(tables.regions, "reachable", missing=True)
    single = [
        _group(noun(plan), (int(region),), when(grid.time_ns, ~grid.of(region), plan.duration_ns))
        for region in grid.regions[~grid.values.all(axis=0)]
    ]
    if len(single) <= room:
        return single
    alike = _together(noun(plan), single)
    if len(alike) <= room:
        return alike
    return [*alike[: room - 1], _join(noun(plan), alike[room - 1 :])]


def other_regions(tables: Tables, groups: Iterable[Group]) -> list[int]:
    """The regions in none of the groups."""
    regions = [int(region) for region in np.unique(tables.regions["region"])]
    return [region for region in regions if all(region not in group.regions for group in groups)]


def _together(child: str, groups: Sequence[Group]) -> list[Group]:
    by_cut: dict[bytes, list[Group]] = {}
    for group in groups:
        by_cut.setdefault(group.cut.tobytes(), []).append(group)
    return [_join(child, alike) for alike in by_cut.values()]


def _join(child: str, groups: Sequence[Group]) -> Group:
    spans = np.concatenate([group.cut for group in groups])
    regions = tuple(sorted(region for group in groups for region in group.regions))
    return _group(child, regions, union(spans[:, 0], spans[:, 1]))


def _group(child: str, regions: tuple[int, ...], cut: Spans) -> Group:
    return Group(name(regions, child), regions, cut)


def name(regions: Sequence[int], child: str = "region") -> str:
    """What some regions are called, in short; `child` is what they are (see `noun`).

    >>> name([2]), name([0, 1, 2, 4]), name([1, 3, 5, 7, 9])
    ('region-2', 'regions 0-2, 4', '5 regions')
    """
    if len(regions) == 1:
        return f"{child}-{regions[0]}"
    runs = groupby(enumerate(regions), key=lambda pair: pair[1] - pair[0])
    ends = [[region for _, region in run] for _, run in runs]
    if len(ends) > 3:
        return f"{len(regions)} {child}s"
    return f"{child}s " + ", ".join(
        f"{run[0]}-{run[-1]}" if len(run) > 1 else f"{run[0]}" for run in ends
    )
