"""The phi accrual detector: suspicion grows with how unlikely the silence is.

phi(t) = -log10 P(next arrival is later than t), from the newest intervals between arrivals
(Hayashibara, Defago, Yared and Katayama, "The phi accrual failure detector", SRDS 2004). Suspect
where phi reaches a threshold: a correct source is then suspected once in 10**phi intervals, if the
model of intervals is right. Two models: normal (the paper's) and exponential (Cassandra's).
"""

from collections import deque
from math import ceil, log, sqrt
from statistics import NormalDist
from typing import Final

MIN_INTERVALS: Final = 2
"""So many must have been seen before they count for more than the period that was promised."""


class _Intervals:
    """The newest intervals between arrivals, with exact running sums in ns."""

    def __init__(self, window: int, expected_ns: int) -> None:
        self._newest: deque[int] = deque()
        self._window, self._expected_ns = window, expected_ns
        self._sum, self._squares = 0, 0
        self._has_arrival = False
        self.last_ns = 0

    def begin(self, now_ns: int) -> None:
        self.last_ns, self._has_arrival = now_ns, False

    def heard(self, now_ns: int) -> None:
        if self._has_arrival:
            # A clock that was set back must not make time negative.
            self._add(max(0, now_ns - self.last_ns))
        self.last_ns, self._has_arrival = now_ns, True

    def _add(self, interval_ns: int) -> None:
        if len(self._newest) == self._window:
            oldest_ns = self._newest.popleft()
            self._sum -= oldest_ns
            self._squares -= oldest_ns * oldest_ns
        self._newest.append(interval_ns)
        self._sum += interval_ns
        self._squares += interval_ns * interval_ns

    @property
    def mean_ns(self) -> float:
        if len(self._newest) < MIN_INTERVALS:
            return float(self._expected_ns)
        return self._sum / len(self._newest)

    @property
    def sd_ns(self) -> float:
        """Over the window, with n - 1; a quarter of the period while nothing is known."""
        n = len(self._newest)
        if n < MIN_INTERVALS:
            return self._expected_ns / 4
        return sqrt((n * self._squares - self._sum * self._sum) / (n * (n - 1)))


class PhiNormal:
    """Intervals are normal: suspect at mean + sd * z, where z is exceeded with chance 10**-phi.

    `sd_ns_min` keeps a perfectly regular source from being suspected at its first jitter. Below
    phi = 300 the chance is a float that is not 0.
    """

    def __init__(
        self, phi: float, expected_ns: int, *, window: int = 200, sd_ns_min: int = 0
    ) -> None:
        self._intervals = _Intervals(window, expected_ns)
        self._z = -NormalDist().inv_cdf(10.0**-phi)
        self._sd_ns_min = sd_ns_min

    def begin(self, now_ns: int) -> None:
        """Silence counts from here."""
        self._intervals.begin(now_ns)

    def heard(self, now_ns: int) -> None:
        """One more interval."""
        self._intervals.heard(now_ns)

    def suspect_at_ns(self) -> int:
        """Where phi reaches the threshold."""
        seen = self._intervals
        silence_ns = seen.mean_ns + self._z * max(seen.sd_ns, self._sd_ns_min)
        return seen.last_ns + max(1, ceil(silence_ns))


class PhiExponential:
    """Intervals are exponential: suspect after phi * ln 10 mean intervals (18.4 at phi = 8)."""

    def __init__(self, phi: float, expected_ns: int, *, window: int = 200) -> None:
        self._intervals = _Intervals(window, expected_ns)
        self._means = phi * log(10)

    def begin(self, now_ns: int) -> None:
        """Silence counts from here."""
        self._intervals.begin(now_ns)

    def heard(self, now_ns: int) -> None:
        """One more interval."""
        self._intervals.heard(now_ns)

    def suspect_at_ns(self) -> int:
        """Where phi reaches the threshold."""
        seen = self._intervals
        return seen.last_ns + max(1, ceil(self._means * seen.mean_ns))
