"""The contract of every behaviour: what the agents measure.

Values come tick by tick and in blocks of neighbouring agents. What one agent measures in one tick
does not depend on how the agents are cut into blocks, nor on how many agents follow it.
"""

from collections.abc import Callable
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Labels = NDArray[np.int16]
StreamAt = Callable[[str, int], np.random.Generator]
"""``stream_at(purpose, tick)``: a fresh generator, the same at every call with the same two."""

NORMAL: Final = 0
"""Label of a value with which nothing is wrong; those of injected anomalies count from 1."""
RECORDED: Final = -1
"""Label of a value that the trace itself calls anomalous."""


class Behaviour(Protocol):
    """The values of a fixed number of agents with `features` numbers in each report."""

    features: int

    def fill(self, tick: int, born_ns: Floats, first: int, out: Floats) -> None:
        """Write what agents first, first + 1, ... measure in their report number `tick`.

        `born_ns` (n,) is when each of them measures, `out` (n, features) is contiguous. Within a
        tick blocks are asked in ascending order from agent 0 on; asking again from agent 0 gives
        the same values again. The ticks of an agent are asked in ascending order.
        """
        ...

    def label(self, tick: int, born_ns: Floats, first: int, out: Labels) -> None:
        """Write the truth about the same values: `NORMAL`, `RECORDED` or an injected anomaly.

        `out` is (n,). Nothing is remembered, so any tick and any block may be asked.
        """
        ...

    def deviation(self) -> Floats:
        """The standard deviation of an agent's own values over time, (features,).

        In the unit of the values; 0 for a feature that never changes. Differences between agents
        are not in it.
        """
        ...

    def spread(self) -> Floats:
        """The standard deviation between the levels of different agents, (features,).

        In the unit of the values; 0 if all agents are alike.
        """
        ...
