"""Messages on the way at the end of a step: a row each, in the order (child, report number).

Lost reports stay too, with an arrival that never comes: what they brought rides on the child's
next report, because state is cumulative and the newest version wins. A receiver learns what a
report brought at the earliest arrival of it *or of any later one*.
"""

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from sim.telemetry.emission import NEVER, BoolArray, FloatArray

IntArray = NDArray[np.int64]


@dataclass(slots=True)
class Flight:
    """Reports that their receiver does not know yet. All arrays have one row a report and pane.

    A report that touches two panes has two rows; only the `leading` one counts as a message.
    """

    child: IntArray
    arrival_ns: FloatArray
    pane: IntArray
    leading: BoolArray
    served: BoolArray
    """Has left the receiver's ingress queue: its arrival is final."""
    state: IntArray
    """What a holder of this version knows beside the values; shape (rows, state columns)."""
    values: IntArray
    """What it brings over the report before; shape (rows, summary columns)."""
    vector: FloatArray
    """The single vector in it, in scales; shape (rows, features), or (rows, 0) if unwatched."""

    @classmethod
    def empty(cls, state_columns: int, value_columns: int, vector_columns: int = 0) -> "Flight":
        """No rows, of the given widths."""
        return cls(
            np.empty(0, np.int64),
            np.empty(0),
            np.empty(0, np.int64),
            np.empty(0, np.bool_),
            np.empty(0, np.bool_),
            np.empty((0, state_columns), np.int64),
            np.empty((0, value_columns), np.int64),
            np.empty((0, vector_columns)),
        )

    def __len__(self) -> int:
        return len(self.child)

    def select(self, rows: slice | BoolArray | IntArray) -> "Flight":
        """Some of the rows, in the order given."""
        return Flight(*(getattr(self, field.name)[rows] for field in fields(self)))

    @staticmethod
    def concatenate(flights: "list[Flight]") -> "Flight":
        """One table of several (at least one)."""
        if len(flights) == 1:
            return flights[0]
        return Flight(
            *(
                np.concatenate([getattr(flight, field.name) for flight in flights])
                for field in fields(Flight)
            )
        )

    def of_children(self, first: int, last: int) -> "Flight":
        """Rows of children [first, last)."""
        begin, end = np.searchsorted(self.child, [first, last])
        return self.select(slice(int(begin), int(end)))

    def known_ns(self, next_known_ns: FloatArray, first_child: int) -> FloatArray:
        """When the receiver learns each row: the earliest arrival of it or anything later.

        `next_known_ns[i]` is when it learns the first report of child ``first_child + i`` that is
        not in this table yet. Segmented suffix minimum by doubling; shape (rows,).
        """
        known = np.minimum(self.arrival_ns, next_known_ns[self.child - first_child])
        distance = 1
        while distance < len(known):
            same = self.child[distance:] == self.child[:-distance]
            if not same.any():
                break
            ahead = np.where(same, known[distance:], NEVER)
            known[:-distance] = np.minimum(known[:-distance], ahead)
            distance *= 2
        return known

    def merged(self) -> "Flight":
        """The same with lost rows added to the next row of their child and pane.

        Exact, because a lost row is learnt exactly when the row after it is. Without it a child
        that is cut off would leave a row for every report it ever sends.
        """
        if len(self) < 2:
            return self
        follows = (self.child[1:] == self.child[:-1]) & (self.pane[1:] == self.pane[:-1])
        rides = np.append(follows & (self.arrival_ns[:-1] == NEVER), False)
        if not rides.any():
            return self
        carriers = np.flatnonzero(~rides)
        result = self.select(carriers)
        starts = np.concatenate(([0], carriers[:-1] + 1))
        result.values = np.add.reduceat(self.values, starts, axis=0)
        return result
