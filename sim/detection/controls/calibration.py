"""Normal scores, and the p-values of others against them."""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.detection.contract import Floats
from sim.detection.controls.claims import Claims
from sim.stats.multiplicity import ROUNDING, conformal_p_values
from sim.stats.multiplicity.blocks import checked_alpha

KEPT_MAX: Final = 200_000
"""Calibration scores that are kept: enough for p-values of 5e-6."""
GOLDEN: Final = np.uint64(0x9E3779B97F4A7C15)
"""2**64 divided by the golden ratio: multiples of it spread evenly, whatever is cut away."""


class Calibration:
    """Normal scores, at most `kept_max` of all that were taken in, thinned evenly.

    Score number i is kept while i * GOLDEN (modulo 2**64) is below a bound that is halved as often
    as needed. No chance is involved, and unlike every second or tenth score the choice cannot fall
    on the same agents at every instant.
    """

    def __init__(self, kept_max: int = KEPT_MAX) -> None:
        self._kept_max = kept_max
        self._scores = np.empty(0)
        self._keys = np.empty(0, np.uint64)
        self._bound = 2**64 - 1
        self._taken = 0

    def __len__(self) -> int:
        return len(self._scores)

    def add(self, scores: Floats) -> None:
        """Take in scores; NaN says nothing and is left out."""
        known = scores[~np.isnan(scores)]
        numbers = np.arange(self._taken, self._taken + len(known), dtype=np.uint64)
        self._taken += len(known)
        self._keep(np.append(self._scores, known), np.append(self._keys, numbers * GOLDEN))

    def above(self, share: float) -> float:
        """The score that a normal one exceeds with probability at most 1 - `share`; inf if unknown.

        It is the ceil((n + 1) share)-th smallest of n, which is valid for every n: what is above it
        has a conformal p-value of at most 1 - `share`, and nothing else has.
        """
        rank = math.ceil((len(self) + 1) * share * (1 - ROUNDING))
        return (
            math.inf if rank > len(self) else float(np.partition(self._scores, rank - 1)[rank - 1])
        )

    def p_values(self, scores: Floats, largest: float) -> Floats:
        """Conformal p-values as far as they are at most `largest`; all others are 1."""
        unusual = scores > self.above(1 - largest)
        p = np.ones(len(scores))
        p[unusual] = conformal_p_values(scores[unusual], self._scores)
        return p

    def _keep(self, scores: Floats, keys: NDArray[np.uint64]) -> None:
        chosen = keys <= np.uint64(self._bound)
        while np.count_nonzero(chosen) > self._kept_max:
            self._bound //= 2
            chosen = keys <= np.uint64(self._bound)
        self._scores, self._keys = scores[chosen], keys[chosen]


class Calibrated:
    """What controls with a level share: normal scores, and who may be found."""

    def __init__(self, claims: Claims, *, alpha: float = 0.05) -> None:
        self.claims = claims
        """See `Control.claims`."""
        self._alpha = checked_alpha(alpha)
        self._calibration = Calibration()

    def calibrate(self, scores: Floats) -> None:
        """See `Control.calibrate`."""
        self._calibration.add(scores)

    def _p_values(self, scores: Floats, largest: float | None = None) -> Floats:
        """Conformal p-values of who may be found; above `largest`, or alpha, they are 1."""
        return self._calibration.p_values(
            self.claims.limit(scores), self._alpha if largest is None else largest
        )
