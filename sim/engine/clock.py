"""The clock of one node: true time, shifted by an offset and running at a slightly wrong rate.

Nodes see and set timers by this clock alone; journal and measurements use true time. All integers,
so a clock that is right is exactly right.
"""

from typing import Final

_PPB: Final = 1_000_000_000


class LocalClock:
    """Reads ``true + offset``, and gains `drift_ppb` nanoseconds per second from when it was set.

    >>> LocalClock(offset_ns=5, drift_ppb=1000).local_ns(2_000_000_000)
    2000002005
    """

    def __init__(self, offset_ns: int = 0, drift_ppb: int = 0) -> None:
        self.set(0, offset_ns, drift_ppb)

    def set(self, true_ns: int, offset_ns: int, drift_ppb: int = 0) -> None:
        """From this true instant on: be wrong by this much and drift from there."""
        assert drift_ppb > -_PPB, "a clock does not stand still or run backwards"
        self._since_ns, self._offset_ns, self._drift_ppb = true_ns, offset_ns, drift_ppb

    def local_ns(self, true_ns: int) -> int:
        """What the clock shows; it may step back when it is set."""
        if not self._drift_ppb:
            return true_ns + self._offset_ns
        gained_ns = (true_ns - self._since_ns) * self._drift_ppb // _PPB
        return true_ns + self._offset_ns + gained_ns

    def true_span_ns(self, local_span_ns: int) -> int:
        """The shortest true span in which the clock advances by at least `local_span_ns`.

        At the drift of this moment: a timer that is set keeps its true instant when the clock is
        set later, as timers on a monotonic clock do.
        """
        return -(-local_span_ns * _PPB // (_PPB + self._drift_ppb))
