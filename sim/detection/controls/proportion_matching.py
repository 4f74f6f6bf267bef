"""Proportion matching: each local tests its own agents, at a level that is worked out above.

A local would send two numbers instead of its agents' scores. Here the deciding node does it for
all locals below it, on the scores that it holds; what messages would be saved is not modelled.
"""

from itertools import pairwise

import numpy as np

from sim.detection.contract import Bools, Floats, Ints
from sim.detection.controls.calibration import Calibrated
from sim.detection.controls.claims import Claims
from sim.detection.controls.contract import Evidence
from sim.stats.multiplicity import proportion_matching
from sim.stats.multiplicity.proportion_matching import TAIL


class ProportionMatching(Calibrated):
    """Benjamini-Hochberg at each local, its levels matched by the deciding node.

    With thousands of agents a local, of the alarms of a decision about a share `alpha` is false, if
    agents are independent. With fifty it is more, and half of the locals may find nothing.
    """

    def __init__(self, claims: Claims, *, alpha: float = 0.05) -> None:
        super().__init__(claims, alpha=alpha)
        if claims.groups is None:
            raise ValueError("proportion_matching needs groups: the local of each agent")

    def decide(self, scores: Floats, evidence: Evidence, starts: Ints) -> Bools:
        """See `Control.decide`."""
        p = self._calibration.p_values(scores, TAIL)  # all are estimated from, quota or not
        counts = ~np.isnan(self.claims.limit(scores))
        alarms, locals_ = np.zeros(len(scores), np.bool_), self.claims.groups
        assert locals_ is not None
        for first, end in pairwise(starts.tolist()):
            below = slice(first, end)
            groups = locals_[below]
            borders = np.append(np.flatnonzero(np.diff(groups, prepend=-1)), len(groups))
            alarms[below] = proportion_matching(
                p[below], self._alpha, starts=borders, counts=counts[below]
            )
        return alarms
