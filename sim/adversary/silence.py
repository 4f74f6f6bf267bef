"""Silence: send nothing at all.

Nothing is easier, and nothing is harder to tell from a crash.
"""

from typing import ClassVar, Literal

import numpy as np

from sim.adversary.contract import Floats, Ints, Strategy


class Silence(Strategy):
    """Withholds every report; no options."""

    tiers: ClassVar[Literal["both"]] = "both"
    expects = (
        "stalls whoever waits for everybody and lowers coverage; means lose no more than the share "
        "that is silent, and who waits for n - f does not wait for it"
    )

    def arrive(self, sent_ns: Floats, who: Ints, arrivals_ns: Floats) -> Floats:  # noqa: ARG002
        """See `Strategy.arrive`."""
        return np.full_like(arrivals_ns, np.inf)
