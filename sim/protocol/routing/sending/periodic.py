"""Send every period, whatever was measured. Silence between two updates says nothing."""

import numpy as np

from sim.protocol.routing.sending.contract import Bools, Floats, Ints


class Periodic:
    """First at the first measurement; a source's periods are counted from its own `phases_ns` (n,).

    With `period_ns` 0 every measurement is sent. Raises ValueError for less than that.
    """

    def __init__(
        self, sources: int, features: int, *, period_ns: int, phases_ns: Ints | None = None
    ) -> None:
        if period_ns < 0:
            raise ValueError(f"a period cannot be negative, as {period_ns} is")
        self._period_ns = max(1, period_ns)
        self._phases_ns = np.zeros(sources, np.int64) if phases_ns is None else phases_ns
        self._sent = np.full(sources, np.iinfo(np.int64).min)

    def offer(self, values: Floats, now_ns: int) -> Bools:
        """Those whose period is another than that of their last update."""
        number = (now_ns - self._phases_ns) // self._period_ns
        due = number > self._sent
        self._sent[due] = number[due]
        return due

    def forget(self, sources: Bools) -> None:
        """See `SendPolicy.forget`."""
        self._sent[sources] = np.iinfo(np.int64).min

    @property
    def silence(self) -> Floats:
        """Says nothing."""
        return np.full(len(self._sent), np.inf)
