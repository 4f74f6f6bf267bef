"""The contract of every behaviour: what the agents measure.

Values come tick by tick and in blocks of neighbouring agents. What one agent measures in one tick
does not depend on how the agents are cut into blocks, nor on how many agents follow it.
"""

from collections.abc import Callable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
StreamAt = Callable[[str, int], np.random.Generator]
"""``stream_at(purpose, tick)``: a fresh generator, the same at every call with the same two."""


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
