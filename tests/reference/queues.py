"""A queue with one server the obvious way, and what queueing theory says of its waits."""

from collections.abc import Iterable, Sequence
from math import ceil, comb

import numpy as np


def waits(arrivals: Iterable[float], service: float) -> list[float]:
    """Time from each arrival, first come first served, to the begin of its service."""
    free, found = 0.0, []
    for at in sorted(arrivals):
        begin = max(at, free)
        found.append(begin - at)
        free = begin + service
    return found


def periodic_waits(phases: Sequence[float], period: float, service: float) -> list[float]:
    """Waits in one period of sources that come at these phases of each, once it repeats itself."""
    arrivals = [phase + number * period for number in range(2) for phase in phases]
    return waits(arrivals, service)[len(phases) :]


def mean_wait_periodic(sources: int, load: float) -> float:
    """Mean wait of N*D/D/1, in services, over all phases that `sources` may have; load < 1.

    An arrival finds the work of the N - 1 others (Roberts, Mocci and Virtamo 1996).
    """
    others, period = sources - 1, sources / load
    x = (np.arange(100 * others) + 0.5) / 100
    return float(sum(_above(others, period, at) for at in x if at < others)) / 100


def _above(others: int, period: float, x: float) -> float:
    """Probability that more work than `x` is there."""
    return sum(
        comb(others, n)
        * ((n - x) / period) ** n
        * (1 - (n - x) / period) ** (others - n)
        * (period - others + x)
        / (period - n + x)
        for n in range(ceil(x + 1e-12), others + 1)
    )


def mean_wait_poisson(load: float) -> float:
    """Mean wait of M/D/1, in services (Pollaczek and Khinchine)."""
    return load / (2 * (1 - load))
