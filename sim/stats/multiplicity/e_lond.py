"""e-LOND: an online procedure on e-values, for any dependence between them.

Test number t rejects at e >= 1 / (alpha gamma_t (1 + rejections so far)). Levels fall with every
test, but e-values of what is really anomalous grow without end, so nothing is late for ever.

Xu & Ramdas (2024), "Online multiple testing with e-values".
"""

import math

import numpy as np
from numpy.typing import ArrayLike

from sim.stats.multiplicity.blocks import Bools, Floats, ahead, checked_alpha
from sim.stats.multiplicity.investing import slow_gamma


class ELond:
    """The state of one stream of tests; alpha in (0, 1).

    Each e-value of a null must be at most 1 on average at its test. Values of one e-process at
    successive instants are, whatever they have to do with each other.
    """

    def __init__(self, alpha: float) -> None:
        self._alpha = checked_alpha(alpha)
        self._tested = 0
        self._found = 0

    def test(self, log_e: ArrayLike) -> Bools:
        """Which of the next hypotheses, in order, are rejected; (n,). NaN counts as e = 0."""
        values = np.asarray(log_e, np.float64)
        number = self._tested + np.arange(1.0, len(values) + 1)
        needed = -np.log(self._alpha * slow_gamma(number))
        rejected = np.zeros(len(values), np.bool_)
        position = 0
        while (hit := self._next(values, needed, position)) is not None:
            rejected[hit] = True
            self._found += 1
            position = hit + 1
        self._tested += len(values)
        return rejected

    def _next(self, log_e: Floats, needed: Floats, start: int) -> int | None:
        """The first rejection from `start` on."""
        bonus = math.log(self._found + 1)
        for part in ahead(start, len(log_e)):
            hits = np.flatnonzero(log_e[part] >= needed[part] - bonus)
            if len(hits):
                return int(part.start + hits[0])
        return None

    def level(self) -> float:
        """1 / e that the next test needs at most."""
        gamma = float(slow_gamma(np.array([self._tested + 1.0]))[0])
        return self._alpha * gamma * (self._found + 1)
