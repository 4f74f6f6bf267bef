"""When the nodes of a tier report, as arrays: a row each report number, a column each node.

Every node reports at phase + tick * period. Instants inside a vector step are float64 that hold
whole nanoseconds (exact below 2**53 ns = 104 days), because a lost message arrives at infinity.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

NEVER = math.inf


@dataclass(frozen=True, slots=True)
class Emission:
    """The reports of some nodes in one step.

    `sent_ns` has shape (ticks, nodes), row k being report number `first_tick + k`; `sent` says
    which of them are really sent in this step (None = all).
    """

    first_tick: int
    sent_ns: FloatArray
    sent: BoolArray | None

    @property
    def ticks(self) -> int:
        """Number of rows."""
        return len(self.sent_ns)

    def part(self, first: int, last: int) -> "Emission":
        """The same for nodes [first, last) only."""
        sent = None if self.sent is None else self.sent[:, first:last]
        return Emission(self.first_tick, self.sent_ns[:, first:last], sent)

    def count(self) -> int:
        """Number of messages that are sent."""
        return self.sent_ns.size if self.sent is None else int(np.count_nonzero(self.sent))


def emission(
    phase_ns: FloatArray, period_ns: int, up: BoolArray | None, begin_ns: int, until_ns: int
) -> Emission:
    """All reports with begin <= instant < until of nodes with these phases (0 <= phase < period).

    `up` says which nodes report at all (None = every one).
    """
    first = math.ceil((begin_ns - float(phase_ns.max())) / period_ns)
    last = math.ceil((until_ns - float(phase_ns.min())) / period_ns)
    ticks = np.arange(max(first, 0), max(last, 0, first))
    sent_ns = phase_ns + (ticks * float(period_ns))[:, None]
    sent = (sent_ns >= begin_ns) & (sent_ns < until_ns)
    if up is not None:
        sent &= up
    return Emission(max(first, 0), sent_ns, None if sent.all() else sent)
