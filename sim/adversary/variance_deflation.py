"""Variance deflation: claim that all values are the same.

A mean that weighs its parts by the inverse of the variances that they claim follows whoever claims
none, and a detector whose normal was learnt from such sums sees an anomaly in every value.
"""

from typing import ClassVar, Literal

from sim.adversary import sums as rewrite
from sim.adversary.contract import Floats, Ints, Strategy


class VarianceDeflation(Strategy):
    """Claims the same counts and means with no spread at all; no options."""

    tiers: ClassVar[Literal["both"]] = "both"
    expects = (
        "shrinks the published deviations and leaves the mean as it was; takes over a mean that is "
        "weighed by claimed variances, which a floor from the registry stops"
    )

    def tell(self, pane: int, now_ns: Floats, who: Ints, sums: Ints) -> Ints:  # noqa: ARG002
        """See `Strategy.tell`."""
        return rewrite.without_spread(sums, self.liars.layout)
