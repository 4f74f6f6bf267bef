"""What is gathered in rounds beside a baseline: locals lift it, tiers merge it, the root reads it.

It merges like a digest, and is held against what a central observer makes of the same values, known
at once. Work is counted where it is done, and messages are as large as what is in them.
"""

from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from sim.telemetry.digests.contract import Mergeable
from sim.telemetry.tree import Groups

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Summary(Mergeable[Any], Protocol):
    """One kind of summary. Vectors have shape (instants, agents, features), NaN in gaps."""

    rounds_kept: int
    """How many rounds older a child's state may be than those that it is merged with."""
    spent: int
    """Operations of all nodes so far."""

    def lift(self, version: int, vectors: Floats, groups: Groups) -> Any:
        """The states of the locals for a round, of what they know of their agents."""
        ...

    def sizes(self, state: Any, nodes: int) -> Ints:
        """Bytes in the message of each node of a tier, without its header; (nodes,)."""
        ...

    def truth(self, version: int, vectors: Floats) -> Any:
        """What a central observer makes of all values; its work is not counted."""
        ...

    def judge(self, state: Any, truth: Any) -> Mapping[str, float]:
        """What the root reads, as columns of a row of the table: coverage, and errors.

        `state` is None if the root has nothing.
        """
        ...
