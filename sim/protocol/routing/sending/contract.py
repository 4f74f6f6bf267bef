"""What a send policy is: told each measurement of some sources, it says which of them send it.

Policies are columnar, for one source or a million: n rows that know nothing of each other. With a
policy comes a *silence rule*, what the root may conclude from hearing nothing: that the value has
not moved further than `silence` from the last one sent. Where silence says nothing, that is inf.
"""

from collections.abc import Callable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


class SendPolicy(Protocol):
    """For n sources of d numbers each."""

    def offer(self, values: Floats, now_ns: int) -> Bools:
        """Which sources send what they have just measured, values (n, d); (n,). These then have."""
        ...

    def forget(self, sources: Bools) -> None:
        """What these (n,) sent last counts no more: whatever they measure next is sent."""
        ...

    @property
    def silence(self) -> Floats:
        """How far no component of what was not sent is from what was, from now on; (n,)."""
        ...


PolicyMaker = Callable[..., SendPolicy]
"""Is given n, d, and the policy's own options by name."""


class LastSent:
    """What each source sent last, values (n, d): NaN before the first, which is always sent.

    What is no number is no measurement: nothing is sent of it.
    """

    def __init__(self, sources: int, features: int) -> None:
        self.values = np.full((sources, features), np.nan)

    @property
    def known(self) -> Bools:
        """Which sources have sent anything that still counts; (n,)."""
        known: Bools = ~np.isnan(self.values).any(axis=1)
        return known

    def distance(self, values: Floats) -> Floats:
        """The largest move of any component since; (n,), inf where nothing was sent."""
        moved = np.abs(values - self.values)
        moved[np.isnan(self.values)] = np.inf
        moved[~np.isfinite(values).all(axis=1)] = 0.0
        largest: Floats = moved.max(axis=1)
        return largest

    def send(self, due: Bools, values: Floats) -> None:
        """These sources send their values."""
        self.values[due] = values[due]

    def forget(self, sources: Bools) -> None:
        """These sources are as before their first."""
        self.values[sources] = np.nan
