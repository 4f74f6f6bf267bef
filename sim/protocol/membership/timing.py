"""When silence is long enough to be suspicious: one object for each source that is listened to.

Told of each arrival, it answers until when silence is still fine. That instant is exact, so a
watcher needs no polling: it sets a timer.
"""

from collections.abc import Callable
from typing import Protocol


class Timing(Protocol):
    """The arrivals from one source, on the clock of whoever listens."""

    def begin(self, now_ns: int) -> None:
        """One listens from now on; that is no arrival, but silence counts from here."""
        ...

    def heard(self, now_ns: int) -> None:
        """A sign of life has arrived."""
        ...

    def suspect_at_ns(self) -> int:
        """The first instant at which the source is suspected if nothing more arrives."""
        ...


TimingMaker = Callable[[], Timing]


class FixedTimeout:
    """Suspect `timeout_ns` after the last arrival.

    A crash is suspected timeout - period / 2 + delay after it on average, with heartbeats every
    `period` that cross in `delay`: at the crash the last arrival is on average half a period minus
    the delay ago. If each heartbeat is lost with probability q, a source that is well is suspected
    once in q**-k periods, k = timeout // period.
    """

    def __init__(self, timeout_ns: int) -> None:
        self._timeout_ns = timeout_ns
        self._last_ns = 0

    def begin(self, now_ns: int) -> None:
        """Count from here."""
        self._last_ns = now_ns

    def heard(self, now_ns: int) -> None:
        """Count anew from here."""
        self._last_ns = now_ns

    def suspect_at_ns(self) -> int:
        """Last arrival + timeout."""
        return self._last_ns + self._timeout_ns
