"""Durations of which some had not ended when nobody looked any more.

What never ended is *censored*: kept as "at least so long", never dropped.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.units import NS_PER_S


@dataclass(frozen=True, slots=True)
class CensoredSample:
    """Durations in seconds: those `observed`, and lower bounds of those that never ended."""

    observed: tuple[float, ...]
    at_least: tuple[float, ...]

    def __len__(self) -> int:
        return len(self.observed) + len(self.at_least)


def censored(lasted_ns: NDArray[np.int64], has_ended: NDArray[np.bool_]) -> CensoredSample:
    """A sample of durations in ns, each with whether it ended; shapes (events,).

    >>> censored(np.array([2_000_000_000, 5_000_000_000]), np.array([True, False]))
    CensoredSample(observed=(2.0,), at_least=(5.0,))
    """
    lasted_s = lasted_ns / NS_PER_S
    return CensoredSample(
        observed=tuple(lasted_s[has_ended].tolist()), at_least=tuple(lasted_s[~has_ended].tolist())
    )


def joined(samples: Iterable[CensoredSample]) -> CensoredSample:
    """Several samples as one."""
    known = list(samples)
    return CensoredSample(
        observed=tuple(value for sample in known for value in sample.observed),
        at_least=tuple(value for sample in known for value in sample.at_least),
    )
