"""A bound on the score, the same for every agent."""

import math

import numpy as np

from sim.detection.contract import Bools, Floats, Ints
from sim.detection.controls.calibration import Calibration
from sim.detection.controls.claims import Claims
from sim.detection.controls.contract import Evidence


class Threshold:
    """Alarm above a fixed `score`, or above a `quantile` of the calibration scores.

    With a quantile q a normal agent raises an alarm at a decision with probability at most 1 - q;
    nothing holds for all agents and decisions together. Without enough scores (1 / (1 - q) - 1)
    there is no alarm at all. A fixed score promises nothing.
    """

    def __init__(
        self, claims: Claims, *, quantile: float | None = None, score: float | None = None
    ) -> None:
        if (quantile is None) == (score is None):
            raise ValueError("threshold needs either a quantile or a score")
        if quantile is not None and not 0 < quantile < 1:
            raise ValueError(f"quantile must be between 0 and 1, not {quantile}")
        if score is not None and not math.isfinite(score):
            raise ValueError(f"score must be a number, not {score}")
        self.claims = claims
        """See `Control.claims`."""
        self._quantile, self._score = quantile, score
        self._calibration = Calibration()

    def calibrate(self, scores: Floats) -> None:
        """See `Control.calibrate`."""
        if self._quantile is not None:
            self._calibration.add(scores)

    def decide(self, scores: Floats, evidence: Evidence, starts: Ints) -> Bools:
        """See `Control.decide`; each agent is judged by itself."""
        return np.asarray(self.claims.limit(scores) > self._limit())

    def _limit(self) -> float:
        if self._score is not None:
            return self._score
        assert self._quantile is not None  # one of the two is given
        return self._calibration.above(self._quantile)
