"""On which machine each seat of the tree is, and which seats say nothing for the time being.

A row of the columns is a seat; a node of a tier is a machine. Seat i is on machine i unless it had
to be given to another machine of its row, as when the first one failed. Faults hit machines; what
they do to a seat is what they do to the machine that it is on, and its messages travel from there.
"""

from collections.abc import Iterable, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from sim.engine.roster import Nodes
from sim.engine.rules import Ends

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]


class Ended(Protocol):
    """Something with two ends, such as a line."""

    @property
    def source(self) -> Ends:
        """Where messages come from."""

    @property
    def target(self) -> Ends:
        """Where they go to."""


class Seating:
    """All seats of a run; `rows` says how many there are in each row."""

    def __init__(self, rows: Sequence[int]) -> None:
        self._rows = tuple(rows)
        self._machines: dict[int, Ints] = {}
        self._quiet: dict[int, Bools] = {}
        self._seats: dict[int, Ints] = {}
        """Of each end of a line, by identity, the seats that it is about; known once one moves."""

    def machine(self, row: int, seat: int) -> int:
        """Where a seat is."""
        return int(self._machines[row][seat]) if row in self._machines else seat

    def of_machines(self, nodes: Nodes) -> Nodes:
        """The seats that are on these machines; a bool array a row."""
        return tuple(
            some[self._machines[row]] if row in self._machines else some
            for row, some in enumerate(nodes)
        )

    def speaks(self, row: int, running: Bools) -> Bools:
        """Which seats say something, if these machines run; both (nodes,)."""
        speaks = running[self._machines[row]] if row in self._machines else running
        return speaks & ~self._quiet[row] if row in self._quiet else speaks

    def is_quiet(self, row: int, seat: int) -> bool:
        """Whether a seat was told to say nothing."""
        return row in self._quiet and bool(self._quiet[row][seat])

    def hush(self, row: int, seat: int, *, quiet: bool = True) -> None:
        """A seat says nothing from the next `World.refresh` on, or speaks again."""
        self._quiet.setdefault(row, np.zeros(self._rows[row], np.bool_))[seat] = quiet

    def move(self, lines: Iterable[Ended], row: int, seat: int, machine: int, site: int) -> None:
        """Put a seat on another machine of its row, and its end of all lines to that site."""
        machines = self._machines.setdefault(row, np.arange(self._rows[row]))
        for ends in [end for line in lines for end in (line.source, line.target)]:
            self._seats.setdefault(id(ends), ends.node.astype(np.int64))
            if ends.tier == row:
                mine = self.at(ends, seat)
                ends.node[mine], ends.site[mine] = machine, site
        machines[seat] = machine

    def at(self, ends: Ends, seat: int) -> Bools:
        """Which ways of a line have this seat at one of their ends; (ways,)."""
        return np.asarray(self._seats.get(id(ends), ends.node) == seat)
