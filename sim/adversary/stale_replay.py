"""Stale replay: say again what was true once.

An agent repeats, as new, what it measured some time ago. An aggregator stops: it repeats the sums
that it held at its first report as a liar, and stamps them as fresh. Versions and signatures do not
help, since it signs the lie itself; what helps is a check of births against the leaves.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from sim.adversary.contract import Floats, Ints, Liars, Strategy
from sim.telemetry.holdings import BORN, CLAIMED, FRESH, HEARD, OLDEST, SENT


class StaleReplay(Strategy):
    """Agents claim what they measured `by_ns` ago; aggregators add nothing from their begin on.

    Options: by_ns (agents only). An agent records from its begin on, and repeats its first vector
    until `by_ns` later. It is correct where it has nothing to repeat, because it was down then.
    """

    tiers = "both"
    expects = (
        "makes a baseline lag that believes in births, the more the values drift; leaves that look "
        "for their own values above expose an aggregator, an age test of each source an agent"
    )

    def __init__(self, liars: Liars, options: Mapping[str, Any]) -> None:
        super().__init__(liars, options)
        many, features = len(liars.nodes), liars.layout.features
        self._lag = max(1, round(options["by_ns"] / liars.period_ns)) if liars.tier == 0 else 0
        self._first_tick = np.full(many, np.iinfo(np.int64).max)
        # One row more than the lag needs: the report before the newest may be asked for again.
        self._ticks = np.full((self._lag + 2, many), -1)
        self._measured = np.empty((self._lag + 2, many, features))
        """What was measured in tick t is in row t modulo their number."""
        self._first_ns = np.full(many, np.inf)
        self._held: dict[int, Ints] = {}
        """Sums of each pane at each liar's first report, (m, wide)."""

    def claim(self, tick: int, born_ns: Floats, who: Ints, measured: Floats) -> Floats:  # noqa: ARG002
        """See `Strategy.claim`."""
        row = tick % len(self._ticks)
        self._ticks[row, who], self._measured[row, who] = tick, measured
        self._first_tick[who] = np.minimum(self._first_tick[who], tick)
        source = np.maximum(tick - self._lag, self._first_tick[who])
        rows = source % len(self._ticks)
        known = self._ticks[rows, who] == source
        return np.where(known[:, None], self._measured[rows, who], measured)

    def tell(self, pane: int, now_ns: Floats, who: Ints, sums: Ints) -> Ints:
        """See `Strategy.tell`."""
        if self.liars.tier == 0:
            return sums
        np.minimum.at(self._first_ns, who, now_ns)
        first = now_ns == self._first_ns[who]
        if pane not in self._held and not first.any():
            return np.zeros_like(sums)
        held = self._held.setdefault(pane, np.zeros((len(self._first_ns), sums.shape[1]), np.int64))
        held[who[first]] = sums[first]
        return held[who]

    def ages(self, now_ns: Floats, who: Ints, states: Ints) -> Ints:  # noqa: ARG002
        """See `Strategy.ages`: all that was ever heard of was born this instant."""
        now = now_ns.astype(np.int64)
        heard = states[:, HEARD]
        claimed = states.copy()
        claimed[:, SENT] = now
        # An oldest birth of 0 says that some were never heard of: they stay the oldest.
        claimed[:, OLDEST] = np.where(states[:, OLDEST] > 0, now, 0)
        claimed[:, BORN] = claimed[:, CLAIMED] = heard * now
        claimed[:, FRESH] = heard
        return claimed
