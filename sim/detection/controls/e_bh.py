"""e-BH: Benjamini-Hochberg on e-values."""

from sim.detection.contract import Bools, Floats, Ints
from sim.detection.controls.calibration import Calibrated
from sim.detection.controls.contract import Evidence
from sim.stats.multiplicity import e_benjamini_hochberg, p_to_log_e


class EBh(Calibrated):
    """e-BH at each deciding node.

    Of the alarms of a node's decision at most a share `alpha` is false on average, under any
    dependence between agents, if each e-value of a normal agent is at most 1 on average; there is
    no need of calibration. Scores that are no e-values go by conformal p and 1 / (2 sqrt p): valid
    as `Bh` is, but nearly powerless.
    """

    def decide(self, scores: Floats, evidence: Evidence, starts: Ints) -> Bools:
        """See `Control.decide`."""
        return e_benjamini_hochberg(self._log_e(scores, evidence), self._alpha, starts=starts)

    def _log_e(self, scores: Floats, evidence: Evidence) -> Floats:
        if evidence == "log_e":
            return self.claims.limit(scores)
        return p_to_log_e(self._p_values(scores))
