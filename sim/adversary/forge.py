"""Forge: an aggregator shifts all that it passes on.

One liar speaks for its whole subtree, and moves the root by the share of agents below it.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from sim.adversary import sums as rewrite
from sim.adversary.contract import Floats, Ints, Liars, Strategy


class Forge(Strategy):
    """Says of its subtree's sums, digest and commitment that all is `by` higher.

    Options: by (sd); how, what it forges in a commitment: the `sum`, or the `leaves`, so that their
    sum is right. Means that would leave the range of values stop there.
    """

    tiers: ClassVar[Literal["aggregators"]] = "aggregators"
    expects = (
        "moves the mean by the share of agents below it times the shift, since robust rules trust "
        "its sums; whoever recomputes the merge of what its children signed convicts it"
    )

    def __init__(self, liars: Liars, options: Mapping[str, Any]) -> None:
        super().__init__(liars, options)
        self._by: Floats = options["by"] * liars.scale_sd
        self._leaves = options.get("how") == "leaves"

    def tell(self, pane: int, now_ns: Floats, who: Ints, sums: Ints) -> Ints:  # noqa: ARG002
        """See `Strategy.tell`."""
        return rewrite.shifted(sums, self.liars.layout, rewrite.quanta(self._by))

    def digest(self, who: Ints, means: Floats) -> Floats:  # noqa: ARG002
        """See `Strategy.digest`."""
        return means + self._by

    def lists(self, who: int, children: Ints) -> Ints:  # noqa: ARG002
        """See `Strategy.lists`."""
        if not self._leaves:
            return children
        return rewrite.shifted(children, self.liars.layout, rewrite.quanta(self._by))

    def commit(self, who: int, children: Ints, merged: Ints) -> Ints:  # noqa: ARG002
        """See `Strategy.commit`."""
        if self._leaves:
            return merged
        return rewrite.shifted(merged, self.liars.layout, rewrite.quanta(self._by))
