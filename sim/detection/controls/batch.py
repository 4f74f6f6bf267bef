"""Controls that test all agents of a deciding node at once, on conformal p-values.

Each makes a promise for each node and decision: not for all nodes together, nor for an agent over
time. E-values are taken for scores like any other. No p is below 1 / (n + 1) with n scores of
calibration, so m agents need m / (alpha (n + 1)) that stand out at once for any alarm of
Benjamini-Hochberg, and Bonferroni needs n >= m / alpha for any alarm at all.
"""

from sim.detection.contract import Bools, Floats, Ints
from sim.detection.controls.calibration import Calibrated
from sim.detection.controls.contract import Evidence
from sim.stats.multiplicity import benjamini_hochberg, benjamini_yekutieli, bonferroni


class Bh(Calibrated):
    """Benjamini-Hochberg.

    Of the alarms of a node's decision at most a share `alpha` is false on average, if normal scores
    are exchangeable with the calibration scores and independent or positively dependent.
    """

    def decide(self, scores: Floats, evidence: Evidence, starts: Ints) -> Bools:
        """See `Control.decide`."""
        return benjamini_hochberg(self._p_values(scores), self._alpha, starts=starts)


class By(Calibrated):
    """Benjamini-Yekutieli: the same promise whatever agents have to do with each other.

    It costs a factor of 1 + 1/2 + ... + 1/m in the level, 7.5 for a thousand agents.
    """

    def decide(self, scores: Floats, evidence: Evidence, starts: Ints) -> Bools:
        """See `Control.decide`."""
        return benjamini_yekutieli(self._p_values(scores), self._alpha, starts=starts)


class Bonferroni(Calibrated):
    """p <= alpha / m: a node's decision has *any* false alarm with probability `alpha` at most.

    Whatever agents have to do with each other.
    """

    def decide(self, scores: Floats, evidence: Evidence, starts: Ints) -> Bools:
        """See `Control.decide`."""
        return bonferroni(self._p_values(scores), self._alpha, starts=starts)
