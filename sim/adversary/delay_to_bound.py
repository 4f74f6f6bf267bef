"""Delay to the bound: every report arrives as late as it may.

No rule is broken and no age is out of bounds; what is known is only older than it could be.
"""

from typing import ClassVar, Literal

import numpy as np

from sim.adversary.contract import Floats, Ints, Strategy


class DelayToBound(Strategy):
    """Delays reports until `margin` before the bound on staleness; options: margin_ns.

    Reports that the network keeps for longer than that arrive when they would have.
    """

    tiers: ClassVar[Literal["both"]] = "both"
    expects = (
        "ages what is known of the liars almost to the bound without breaking it; intervals that "
        "widen with age stay honest, and an outlier test on ages finds it"
    )

    def arrive(self, sent_ns: Floats, who: Ints, arrivals_ns: Floats) -> Floats:  # noqa: ARG002
        """See `Strategy.arrive`."""
        delay_ns: int = self.liars.bound_ns - self.options["margin_ns"]
        return np.maximum(arrivals_ns, sent_ns + delay_ns)
