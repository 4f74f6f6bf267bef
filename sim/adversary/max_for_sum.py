"""Max for sum: pass on the largest child in place of the sum of all.

What a parent claims is no less than what any child can see of itself, so nobody who compares only
totals with its own finds fault with it (Hu, Zhang & Guo, ePrint 2018/1139).
"""

from typing import ClassVar, Literal

from sim.adversary import sums as rewrite
from sim.adversary.contract import Floats, Ints, Strategy
from sim.stats.moments import COUNT, SOURCES


class MaxForSum(Strategy):
    """Claims the largest of its children's sums for the sum; no options.

    Counts and sources are claimed as they are: they are known from the registry. In a commitment
    every other number is the largest one of all children. Running sums are not kept for each child,
    so there all sums are divided by the number of children: what the largest of equal ones is.
    """

    tiers: ClassVar[Literal["aggregators"]] = "aggregators"
    expects = (
        "draws means and deviations below it towards 0 as if all children but one were at 0; who "
        "commits to each child by itself and recomputes the sum convicts it"
    )

    def tell(self, pane: int, now_ns: Floats, who: Ints, sums: Ints) -> Ints:  # noqa: ARG002
        """See `Strategy.tell`."""
        return rewrite.divided(sums, self.liars.layout, max(self.liars.children, 1))

    def digest(self, who: Ints, means: Floats) -> Floats:  # noqa: ARG002
        """See `Strategy.digest`."""
        return means / max(self.liars.children, 1)

    def commit(self, who: int, children: Ints, merged: Ints) -> Ints:  # noqa: ARG002
        """See `Strategy.commit`."""
        row = rewrite.largest_of(children, self.liars.layout)
        row[[COUNT, SOURCES]] = merged[[COUNT, SOURCES]]
        return row
