"""Where a tier lets somebody stand between what its nodes would say and what they say.

The plane knows nothing of who that is or why. It offers the reports of a step before they leave,
and keeps its own count of what was changed, so that exact sums can still be checked to the bit.
"""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from sim.telemetry.emission import NEVER, BoolArray, Emission, FloatArray

IntArray = NDArray[np.int64]


class Shim(Protocol):
    """Rewrites the reports of some nodes of one tier. `first` is the first node of a block."""

    liars: BoolArray
    """Nodes whose word is not the truth of a centralised observer, at any time; (nodes,)."""

    def roll(self) -> None:
        """The running pane of the agents is over; their sums still hold it."""

    def claim(self, part: Emission, first: int, values: FloatArray) -> int:
        """Change in place what agents measured: whole quanta, (ticks, agents, features).

        Returns how many of the new values had to be clipped.
        """

    def tell(
        self, pane: int, part: Emission, first: int, totals: IntArray | FloatArray
    ) -> IntArray | FloatArray:
        """Running totals of what each report adds to a pane, (ticks + 1, nodes, columns)."""

    def ages(self, part: Emission, states: IntArray) -> None:
        """Change in place the rows of ages of aggregators, (ticks, nodes, 7)."""

    def forget(self, nodes: BoolArray) -> None:
        """These nodes have lost what they knew, and take back what they said."""


class Gate(Protocol):
    """Decides about reports on their way: it may delay them, or take them out."""

    def judge(self, part: Emission, first: int, arrivals_ns: FloatArray) -> None:
        """Change in place when reports arrive, (ticks, senders); never = taken out."""


def taken_out(before: FloatArray, after: FloatArray) -> int:
    """How many messages would have arrived and now do not."""
    return int(np.count_nonzero((before < NEVER) & (after == NEVER)))
