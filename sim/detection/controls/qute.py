"""QuTE between deciding nodes: each tests its own agents with what it has heard of others'.

The control carries no messages. Whoever does sets `known` and `told` before each decision; where
`graph` and `rounds` say who tells whom, and how often.
"""

from typing import Literal

import numpy as np

from sim.detection.contract import Bools, Floats, Ints
from sim.detection.controls.calibration import Calibrated
from sim.detection.controls.claims import Claims
from sim.detection.controls.contract import Evidence
from sim.stats.multiplicity import qute


class Qute(Calibrated):
    """QuTE between all deciding nodes; where nothing was heard each is alone.

    Of the alarms of all nodes together at most a share `alpha` is false on average, if agents are
    independent or positively dependent, messages are lost for reasons that have nothing to do with
    the scores, and all verdicts reach the owners (`sim.stats.multiplicity.qute`).
    """

    def __init__(
        self,
        claims: Claims,
        *,
        alpha: float = 0.05,
        graph: Literal["siblings", "ring", "all"] = "siblings",
        rounds: int = 1,
    ) -> None:
        super().__init__(claims, alpha=alpha)
        if rounds < 1:
            raise ValueError(f"rounds must be 1 or more, not {rounds}")
        self.graph = graph
        self.rounds = rounds
        self.known: Bools | None = None
        """[a, b]: node a holds the newest p-values of node b; None: every node only its own."""
        self.told: Bools | None = None
        """[b, a]: the verdicts of node a reach node b; None: all do."""

    def decide(self, scores: Floats, evidence: Evidence, starts: Ints) -> Bools:
        """See `Control.decide`."""
        known = np.eye(len(starts) - 1, dtype=np.bool_) if self.known is None else self.known
        p = self._p_values(scores)
        return qute(p, self._alpha, known, starts=starts, told=self.told)
