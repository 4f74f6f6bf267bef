"""Drop: an aggregator leaves some of its children out.

Nothing that it says is false, only incomplete. Nobody but the children can know.
"""

from typing import ClassVar, Literal

from sim.adversary.contract import Bools, Ints, Strategy
from sim.adversary.shares import picked


class Drop(Strategy):
    """Leaves out a share `of` the children, rounded up, spread evenly over them; options: of."""

    tiers: ClassVar[Literal["aggregators"]] = "aggregators"
    expects = (
        "lowers coverage and moves the mean only as far as the children that are left differ; a "
        "child that does not find itself in the root's tree does not acknowledge it"
    )

    def omits(self, children: Ints) -> Bools:
        """See `Strategy.omits`."""
        return picked(len(children), self.options["of"])
