"""What a message waits beyond the way between its two sites, where that was measured for each pair.

A tail belongs to the two ends of a way: who goes round a broken link keeps it. One uniform a
message says how late it is, so tails keep the contract of the latency laws; they have a stream of
their own and move nobody else's draws.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Sites = NDArray[np.integer]


class Tails(Protocol):
    """Tails of all pairs of sites; the same in both directions."""

    def excess_ns(self, source: Sites, target: Sites, uniforms: Floats) -> Floats:
        """Quantile `uniforms` of the tail of each way, at least 0; all arrays have one shape."""
        ...


@dataclass(frozen=True, slots=True)
class AboveMedian:
    """Half of the messages take the median; the others exponentially longer (two quantiles known).

    Of half a round trip the median m and another quantile are known. Nothing beats m, which is the
    way's floor; above it the delay is m + x with P(x > t) = exp(-t / `scale_ns`) / 2.
    """

    scale_ns: Floats
    """(sites, sites), not negative."""

    @classmethod
    def through_p90(cls, excess_ns: Floats) -> "AboveMedian":
        """Such that one message in ten exceeds the median by `excess_ns` or more; (sites, sites).

        A pair that was not measured (nan) has the median scale of those that were.
        """
        known = excess_ns[~np.isnan(excess_ns)]
        usual_ns = float(np.median(known)) if len(known) else 0.0
        return cls(np.where(np.isnan(excess_ns), usual_ns, excess_ns) / np.log(5.0))

    def excess_ns(self, source: Sites, target: Sites, uniforms: Floats) -> Floats:
        """0 up to the median, then the exponential quantile."""
        left = np.minimum(2.0 * (1.0 - uniforms), 1.0)
        return np.asarray(self.scale_ns[source, target] * -np.log(left))


@dataclass(frozen=True, slots=True)
class Sampled:
    """Each message is as late as one of the measurements of its pair, all equally likely."""

    values_ns: Floats
    """Excesses over the least of the pair, ascending, pair after pair; (measurements,)."""
    first: NDArray[np.int64]
    """Where those of a pair begin; (sites, sites)."""
    count: NDArray[np.int64]
    """How many a pair has, 0 = none: then it has no tail; (sites, sites)."""

    def excess_ns(self, source: Sites, target: Sites, uniforms: Floats) -> Floats:
        """Measurement number floor(u n) of the n of the pair."""
        count = self.count[source, target]
        place = self.first[source, target] + (uniforms * count).astype(np.int64)
        late_ns = self.values_ns[np.minimum(place, len(self.values_ns) - 1)]
        return np.where(count > 0, late_ns, 0.0)


@dataclass(frozen=True, slots=True)
class WayTails:
    """The tails of the ways of a channel; its ends may move, for the arrays are looked up anew."""

    tails: Tails
    source: Sites
    target: Sites
    """The sites of both ends of each way; (senders,)."""

    def excess_ns(self, senders: slice, uniforms: Floats) -> Floats:
        """How late a report of each of these senders is."""
        return self.tails.excess_ns(self.source[senders], self.target[senders], uniforms)
