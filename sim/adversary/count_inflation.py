"""Count inflation: claim far more values than there can be, all at one place.

A mean that weighs its parts by the counts that they claim belongs to who claims most.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

import numpy as np

from sim.adversary import sums as rewrite
from sim.adversary.contract import Floats, Ints, Liars, Strategy


class CountInflation(Strategy):
    """Claims `times` as many values, with their mean at `to` and the spread that they have.

    Options: times, to (sd). A row with no room for so many values gets the most that it can hold:
    an agent's sum of squares must fit an int64 together with those of its siblings that lie.
    """

    tiers: ClassVar[Literal["both"]] = "both"
    expects = (
        "takes over a mean that is weighed by claimed counts; a cap of the count from the registry "
        "refuses its reports, and rules that count agents see a push"
    )

    def __init__(self, liars: Liars, options: Mapping[str, Any]) -> None:
        super().__init__(liars, options)
        self._to: Floats = options["to"] * liars.scale_sd
        self._room = rewrite.room(liars)

    def tell(self, pane: int, now_ns: Floats, who: Ints, sums: Ints) -> Ints:  # noqa: ARG002
        """See `Strategy.tell`."""
        layout = self.liars.layout
        rows = rewrite.moved(sums, layout, rewrite.quanta(self._to))
        return rewrite.times(rows, layout, self.options["times"], self._room)

    def digest(self, who: Ints, means: Floats) -> Floats:  # noqa: ARG002
        """See `Strategy.digest`: an item has no count to inflate."""
        return np.broadcast_to(self._to, means.shape)
