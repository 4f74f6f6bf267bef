"""Push: say the same far-off value, whatever was measured.

The bluntest attack, and the one that theory speaks of: all liars at one place. The plain mean moves
by share * distance; a robust rule by no more than its largest bias (theory section 4).
"""

from typing import ClassVar, Literal

import numpy as np

from sim.adversary.contract import Floats, Ints, Strategy


class Push(Strategy):
    """Claims `to` sd from zero in every feature, wherever the agents are; options: to (sd)."""

    tiers: ClassVar[Literal["agents"]] = "agents"
    expects = (
        "moves the plain mean by the share of liars times the push; a robust rule stops it at its "
        "bias floor"
    )

    def claim(self, tick: int, born_ns: Floats, who: Ints, measured: Floats) -> Floats:  # noqa: ARG002
        """See `Strategy.claim`."""
        return np.broadcast_to(self.options["to"] * self.liars.scale_sd, measured.shape)
