"""Min-max: as far off as possible, but farther from nobody than two correct agents are apart.

Shejwalkar & Houmansadr (2021), section IV-C. The authors search for the factor by halving; the
bound is a quadratic for each correct agent, so the largest factor is the least of their roots.
"""

import numpy as np

from sim.adversary.contract import Floats
from sim.adversary.distances import Stretched, diameter, squared_lengths


class MinMax(Stretched):
    """Claims mean + gamma * direction, its largest distance to others at most their diameter.

    Options: direction ("sd", "unit" or "sign").
    """

    expects = (
        "is kept by multi-krum and other filters by distance, and shifts what they average; a "
        "spectral filter removes it where there are many agents"
    )

    def largest_step(self, others: Floats, away: Floats) -> float:
        """See `Stretched.largest_step`."""
        return largest_step(others, away)


def largest_step(others: Floats, away: Floats) -> float:
    """Largest gamma with |mean + gamma * away - x| <= diameter for all x of `others`; 0 if any is.

    `others` (known, features), `away` (features,).
    """
    square = float(away @ away)
    if square == 0:
        return 0.0
    offsets = others.mean(axis=0) - others
    half = offsets @ away
    # The mean is inside the hull, so room is never negative but for rounding.
    room = np.maximum(diameter(others) ** 2 - squared_lengths(offsets), 0.0)
    root = np.sqrt(half**2 + square * room)
    # The form of the root in which nothing cancels.
    with np.errstate(invalid="ignore", divide="ignore"):
        steps = np.where(half > 0, room / (half + root), (root - half) / square)
    return float(steps.min())
