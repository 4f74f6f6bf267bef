"""Min-sum: as far off as possible, but in sum no farther from the others than the outermost is.

Shejwalkar & Houmansadr (2021), section IV-D. For squared distances the sum over the others is
n * (distance to their mean)^2 + a constant, so the bound is a sphere round the mean, through the
outermost correct agent.
"""

import numpy as np

from sim.adversary.contract import Floats
from sim.adversary.distances import Stretched, squared_lengths


class MinSum(Stretched):
    """Claims mean + gamma * direction, as far from the mean as the outermost of the others.

    Options: direction ("sd", "unit" or "sign").
    """

    expects = (
        "is kept by filters by distance, even by those that look at all distances at once; a "
        "spectral filter removes it where there are many agents"
    )

    def largest_step(self, others: Floats, away: Floats) -> float:
        """See `Stretched.largest_step`."""
        return largest_step(others, away)


def largest_step(others: Floats, away: Floats) -> float:
    """Largest gamma for which the sum of |mean + gamma * away - x|^2 over all x of `others` is at
    most the largest of the sums of |y - x|^2 over x; 0 if any gamma is.

    `others` (known, features), `away` (features,).
    """
    length = float(np.linalg.norm(away))
    if length == 0:
        return 0.0
    return float(np.sqrt(squared_lengths(others - others.mean(axis=0)).max())) / length
