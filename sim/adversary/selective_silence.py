"""Selective silence: say nothing false, and only what helps.

A report is withheld if its newest value lies on one side of the mean: of what the liar sees of
others, else of its own window. It is worth less than it looks: reports carry sums since their pane
began, so the next one that is sent brings what was withheld, too.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

import numpy as np

from sim.adversary.contract import Floats, Ints, Liars, Strategy, View
from sim.telemetry.leaves import TICKS_MAX


class SelectiveSilence(Strategy):
    """Withholds reports whose newest value is on the `side` (high or low) of the mean.

    The side of a vector is that of the sum of its distances from the mean in sd, over the features
    that vary between agents. Reports before the first look are sent. What `claim` sees of a tick is
    remembered until `arrive`, which is asked about the same reports next.
    """

    tiers: ClassVar[Literal["agents"]] = "agents"
    expects = (
        "hides agents that are mostly on one side, which pulls the mean the other way by less than "
        "a push; sums of whole panes bring most of what was withheld with the next report"
    )
    looks = True

    def __init__(self, liars: Liars, options: Mapping[str, Any]) -> None:
        super().__init__(liars, options)
        self._sign = 1.0 if options["side"] == "high" else -1.0
        self._per_sd = np.divide(
            1.0, liars.scale_sd, out=np.zeros(liars.layout.features), where=liars.scale_sd > 0
        )
        members = len(liars.nodes)
        self._since_ns = 0
        self._centre = self._before = np.full((members, liars.layout.features), np.nan)
        self._withheld = np.zeros((TICKS_MAX, members), np.bool_)
        """By report number, modulo the most reports that a step holds."""

    def look(self, view: View) -> None:
        """See `Strategy.look`."""
        # As in `planned`: reports from before this look may be asked for again.
        self._since_ns, self._before = view.now_ns, self._centre
        self._centre = np.where(np.isnan(view.mean), view.own, view.mean)

    def claim(self, tick: int, born_ns: Floats, who: Ints, measured: Floats) -> Floats:
        """See `Strategy.claim`: the truth, but noted."""
        seen = (born_ns >= self._since_ns)[:, None]
        centre = np.where(seen, self._centre[who], self._before[who])
        side = ((measured - centre) * self._per_sd).sum(axis=1)
        self._withheld[tick % TICKS_MAX, who] = side * self._sign > 0
        return measured

    def arrive(self, sent_ns: Floats, who: Ints, arrivals_ns: Floats) -> Floats:
        """See `Strategy.arrive`."""
        ticks = (sent_ns // self.liars.period_ns).astype(np.int64) % TICKS_MAX
        return np.where(self._withheld[ticks, who], np.inf, arrivals_ns)
