"""Flood alarms: report p = 0, or e = infinite, for agents that are well.

One such report makes a mean of e-values infinite, and takes a place of Benjamini and Hochberg's.
"""

from typing import ClassVar, Literal

import numpy as np

from sim.adversary.contract import Floats, Strategy
from sim.adversary.shares import picked


class FloodAlarms(Strategy):
    """Reports an infinite score for a share `of` its agents, spread evenly over them; options: of.

    It does so also for agents of whom it has heard nothing.
    """

    tiers: ClassVar[Literal["aggregators"]] = "aggregators"
    expects = (
        "fills the list of discoveries with false ones, so that the false discovery rate is lost; "
        "merging that leaves out the f largest, or a quota for each node, bounds it"
    )

    def scores(self, scores: Floats) -> Floats:
        """See `Strategy.scores`."""
        return np.where(picked(len(scores), self.options["of"]), np.inf, scores)
