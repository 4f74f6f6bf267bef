"""The shape of the tree: who reports to whom, with the children of a parent adjacent.

Each tier is a row of nodes; the children of parent p are a contiguous range of the tier below.
Groups differ by at most one child and the larger ones come first, so a tier is one or two runs of
equal groups, and folding a run is a reshape and a sum instead of a scatter.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Run:
    """Parents [first_parent, last_parent) with `size` children each, children from first_child."""

    first_parent: int
    last_parent: int
    first_child: int
    size: int

    @property
    def parents(self) -> int:
        """How many parents the run has."""
        return self.last_parent - self.first_parent

    @property
    def last_child(self) -> int:
        """One past the last child of the run."""
        return self.first_child + self.parents * self.size

    def pieces(self, children_max: int) -> Iterator["Run"]:
        """The run in pieces of whole groups, each of at most `children_max` children if it can."""
        step = max(1, children_max // self.size)
        for first in range(self.first_parent, self.last_parent, step):
            last = min(first + step, self.last_parent)
            child = self.first_child + (first - self.first_parent) * self.size
            yield Run(first, last, child, self.size)


@dataclass(frozen=True, slots=True)
class Groups:
    """How `children` nodes are dealt to `parents` nodes. Raises ValueError if a parent has none."""

    children: int
    parents: int

    def __post_init__(self) -> None:
        if not 1 <= self.parents <= self.children:
            raise ValueError(f"{self.children} children cannot be dealt to {self.parents} parents")

    @property
    def runs(self) -> tuple[Run, ...]:
        """One run, or two if the children do not divide evenly."""
        size, larger = divmod(self.children, self.parents)
        split = larger * (size + 1)
        runs = (Run(0, larger, 0, size + 1), Run(larger, self.parents, split, size))
        return tuple(run for run in runs if run.parents)

    @property
    def starts(self) -> NDArray[np.int64]:
        """First child of each parent, and the number of children at the end; (parents + 1,)."""
        size, larger = divmod(self.children, self.parents)
        index = np.arange(self.parents + 1)
        return index * size + np.minimum(index, larger)

    @property
    def parent_of(self) -> NDArray[np.int32]:
        """Parent of each child; shape (children,)."""
        return np.repeat(np.arange(self.parents, dtype=np.int32), np.diff(self.starts))


@dataclass(frozen=True, slots=True)
class Tree:
    """Node counts from the agents (first) to the root (last)."""

    counts: tuple[int, ...]

    @property
    def levels(self) -> tuple[Groups, ...]:
        """The groups between each tier and the next one up."""
        return tuple(
            Groups(below, above) for below, above in zip(self.counts, self.counts[1:], strict=False)
        )

    def descendants(self, tier: int, node: int) -> list[slice]:
        """Range of nodes in each tier from the agents up to `tier` that report through `node`."""
        first, last = node, node + 1
        ranges = [slice(first, last)]
        for level in reversed(self.levels[:tier]):
            starts = level.starts
            first, last = int(starts[first]), int(starts[last])
            ranges.append(slice(first, last))
        return ranges[::-1]

    def region_of(self, tier: int) -> NDArray[np.int32]:
        """Which child of the root each node of `tier` reports through; shape (count,)."""
        return self.ancestor_of(tier, len(self.counts) - 2)

    def ancestor_of(self, tier: int, above: int) -> NDArray[np.int32]:
        """Which node of tier `above` each node of `tier` reports through; shape (count,)."""
        ancestor = np.arange(self.counts[above], dtype=np.int32)
        for level in reversed(self.levels[tier:above]):
            ancestor = np.repeat(ancestor, np.diff(level.starts))
        return ancestor
