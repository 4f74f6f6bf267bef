"""QuTE between deciding nodes: each tests its own agents with what it has heard of others'.

It is in no registry: a run would have to carry p-values and verdicts between locals, and none does
yet. Whoever has such messages sets `known` before each decision.
"""

import numpy as np

from sim.detection.contract import Floats, Ints
from sim.detection.controls.calibration import Calibrated
from sim.detection.controls.claims import Claims
from sim.detection.controls.contract import Bools, Evidence
from sim.stats.multiplicity import qute


class Qute(Calibrated):
    """QuTE at `nodes` deciding nodes; before anything is heard each is alone.

    Of the alarms of all nodes together at most a share `alpha` is false on average, if agents are
    independent or positively dependent, messages are lost for reasons that have nothing to do with
    the scores, and all verdicts reach the owners (`sim.stats.multiplicity.qute`).
    """

    def __init__(self, claims: Claims, *, nodes: int, alpha: float = 0.05) -> None:
        super().__init__(claims, alpha=alpha)
        self.known = np.eye(nodes, dtype=np.bool_)
        """[a, b]: node a holds the newest p-values of node b."""

    def decide(self, scores: Floats, evidence: Evidence, starts: Ints) -> Bools:
        """See `Control.decide`; raises ValueError unless there are `nodes` deciding nodes."""
        return qute(self._p_values(scores), self._alpha, self.known, starts=starts)
