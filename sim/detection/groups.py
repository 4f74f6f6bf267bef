"""Rows that belong together: sums over the members of a group, always in the order of the rows.

A sum of a group depends on its own members and their order alone, never on who else is there, so a
result does not change with the way in which agents are cut into blocks.
"""

import numpy as np

from sim.detection.contract import Floats, Ints


class Groups:
    """The group of each row. `numbers` (rows,) counts from 0; a group may be empty."""

    def __init__(self, numbers: Ints) -> None:
        if numbers.size and numbers.min() < 0:
            raise ValueError("groups must be numbered from 0")
        self.of = numbers
        self.count = int(numbers.max()) + 1 if numbers.size else 0
        self.order = np.argsort(numbers, kind="stable")
        """The rows, group by group."""
        self.present, self.starts = np.unique(numbers[self.order], return_index=True)
        """The groups that have members, and where each of them begins in `order`."""

    def sums(self, values: Floats) -> Floats:
        """Sums over the members of each group; shape (rows, ...) to (count, ...)."""
        totals = np.zeros((self.count, *values.shape[1:]))
        if self.present.size:
            totals[self.present] = np.add.reduceat(values[self.order], self.starts, axis=0)
        return totals
