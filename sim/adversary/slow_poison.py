"""Slow poison: a drift too slow for any alarm, which drags along a baseline that learns.

An exponentially weighted baseline of weight w with an alarm at h sd can be moved by w * h sd an
update without ever raising it (theory section 5).
"""

from typing import ClassVar, Literal

import numpy as np

from sim.adversary.contract import Floats, Ints, Strategy
from sim.units import NS_PER_S


class SlowPoison(Strategy):
    """Adds `rate` sd a second from its begin on to what it measures; options: rate (sd/s)."""

    tiers: ClassVar[Literal["agents"]] = "agents"
    expects = (
        "drags a baseline that learns from it without an alarm; a frozen reference sees it, and a "
        "robust rule over agents bounds the whole of it by its bias floor"
    )

    def claim(self, tick: int, born_ns: Floats, who: Ints, measured: Floats) -> Floats:  # noqa: ARG002
        """See `Strategy.claim`."""
        seconds = (born_ns - self.options["begin_ns"]) / NS_PER_S
        drift = self.options["rate"] * seconds[:, None] * self.liars.scale_sd
        return np.asarray(measured + drift)
