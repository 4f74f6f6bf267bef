"""e-LOND: an online control on e-values, whatever agents and instants have to do with each other.

The stream is that of the other online controls (`online`): agents in order, instants in order.
"""

from functools import partial

from sim.detection.contract import Bools, Floats, Ints
from sim.detection.controls.claims import Claims
from sim.detection.controls.contract import Evidence
from sim.detection.controls.e_bh import EBh
from sim.detection.controls.streams import Streams
from sim.stats import multiplicity


class ELond(EBh):
    """e-LOND at each deciding node, over all of the run.

    At any time at most a share `alpha` of all alarms so far is false on average, if each e-value of
    a normal agent is at most 1 on average at its instant. Scores that are no e-values go by
    conformal p and 1 / (2 sqrt p), which leaves it powerless.
    """

    def __init__(self, claims: Claims, *, alpha: float = 0.05) -> None:
        super().__init__(claims, alpha=alpha)
        self._streams = Streams(partial(multiplicity.ELond, alpha))

    def decide(self, scores: Floats, evidence: Evidence, starts: Ints) -> Bools:
        """See `Control.decide`; the deciding nodes must be the same at every decision."""
        return self._streams.test(self._log_e(scores, evidence), starts)
