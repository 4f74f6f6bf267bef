"""Sleeper: earn trust, spend it, earn it again.

Correct for a while and then a push, in turns. It is made for defences with a memory; a rule that
looks at each window on its own has nothing to forget.
"""

from typing import ClassVar, Literal

import numpy as np

from sim.adversary.contract import Floats, Ints, Strategy


class Sleeper(Strategy):
    """Correct for `off_ns` from its begin on, then claims `to` sd for `on_ns`, and so on in turns.

    Options: on_ns, off_ns (ns), to (sd).
    """

    tiers: ClassVar[Literal["agents"]] = "agents"
    expects = (
        "defeats reputations, and moves the plain mean in bursts; a robust rule without a memory "
        "treats each burst as a push"
    )

    def claim(self, tick: int, born_ns: Floats, who: Ints, measured: Floats) -> Floats:  # noqa: ARG002
        """See `Strategy.claim`."""
        off_ns = self.options["off_ns"]
        turn_ns = (born_ns - self.options["begin_ns"]) % (off_ns + self.options["on_ns"])
        lie = self.options["to"] * self.liars.scale_sd
        return np.where((turn_ns >= off_ns)[:, None], lie, measured)
