"""From scores to alarms at the deciding nodes. A new rule is a class here and a line in `CONTROLS`.

While scores are calibrated they are collected as "normal", pooled over all deciding nodes; then
each decision turns the newest scores into alarms. A score of NaN never raises an alarm, and its
agent still counts among those that are tested. What rests on calibration assumes that the scores
of normal agents keep the law that they had then: the same network, the same age of baselines, no
anomaly among them. How far a run is from that is what the simulator is there to measure.
"""

import math
from collections.abc import Callable, Mapping
from typing import Any, Final, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from sim.detection.contract import Floats, Ints
from sim.stats.multiplicity import (
    ROUNDING,
    benjamini_hochberg,
    conformal_p_values,
    e_benjamini_hochberg,
    p_to_log_e,
)

Bools = NDArray[np.bool_]
Evidence = Literal["score", "log_e"]

KEPT_MAX: Final = 200_000
"""Calibration scores that are kept: enough for p-values of 5e-6."""
GOLDEN: Final = np.uint64(0x9E3779B97F4A7C15)
"""2**64 divided by the golden ratio: multiples of it spread evenly, whatever is cut away."""


class Control(Protocol):
    """A rule that turns the scores of all agents into alarms."""

    def calibrate(self, scores: Floats) -> None:
        """Take in the scores (agents,) of one instant as normal ones; NaN is left out."""
        ...

    def decide(self, scores: Floats, evidence: Evidence, starts: Ints) -> Bools:
        """Which agents raise an alarm, (agents,).

        Deciding node i holds the scores of agents ``starts[i]`` to ``starts[i + 1]`` and no others.
        """
        ...


def make_control(kind: str, options: Mapping[str, Any]) -> Control:
    """The rule `kind`. Raises ValueError for an unknown kind or options that make no sense."""
    if kind not in CONTROLS:
        raise ValueError(f"there is no control {kind!r}; there are {', '.join(CONTROLS)}")
    return CONTROLS[kind](**options)


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


class Threshold:
    """Alarm above a fixed `score`, or above a `quantile` of the calibration scores.

    With a quantile q a normal agent raises an alarm at a decision with probability at most 1 - q;
    nothing holds for all agents and decisions together. Without enough scores (1 / (1 - q) - 1)
    there is no alarm at all. A fixed score promises nothing.
    """

    def __init__(self, *, quantile: float | None = None, score: float | None = None) -> None:
        if (quantile is None) == (score is None):
            raise ValueError("threshold needs either a quantile or a score")
        if quantile is not None and not 0 < quantile < 1:
            raise ValueError(f"quantile must be between 0 and 1, not {quantile}")
        if score is not None and not math.isfinite(score):
            raise ValueError(f"score must be a number, not {score}")
        self._quantile, self._score = quantile, score
        self._calibration = Calibration()

    def calibrate(self, scores: Floats) -> None:
        """See `Control.calibrate`."""
        if self._quantile is not None:
            self._calibration.add(scores)

    def decide(self, scores: Floats, evidence: Evidence, starts: Ints) -> Bools:  # noqa: ARG002
        """See `Control.decide`; each agent is judged by itself."""
        return np.asarray(scores > self._limit())

    def _limit(self) -> float:
        if self._score is not None:
            return self._score
        assert self._quantile is not None  # one of the two is given
        return self._calibration.above(self._quantile)


class Bh:
    """Benjamini-Hochberg at each deciding node, on conformal p-values of the scores.

    Of the alarms of a node's decision at most a share `alpha` is false on average, if normal scores
    are exchangeable with the calibration scores. It is a promise for each node and decision: not
    for all nodes together, nor for an agent over time. No p is below 1 / (n + 1) with n scores of
    calibration, so m agents need m / (alpha (n + 1)) that stand out at once for any alarm.
    """

    def __init__(self, *, alpha: float = 0.05) -> None:
        self._alpha = _level(alpha)
        self._calibration = Calibration()

    def calibrate(self, scores: Floats) -> None:
        """See `Control.calibrate`."""
        self._calibration.add(scores)

    def decide(self, scores: Floats, evidence: Evidence, starts: Ints) -> Bools:  # noqa: ARG002
        """See `Control.decide`; e-values are taken for scores like any other."""
        p = self._calibration.p_values(scores, self._alpha)
        return benjamini_hochberg(p, self._alpha, starts=starts)


class EBh:
    """e-BH at each deciding node.

    Of the alarms of a node's decision at most a share `alpha` is false on average, under any
    dependence between agents, if each e-value of a normal agent is at most 1 on average; there is
    no need of calibration. Scores that are no e-values go by conformal p and 1 / (2 sqrt p): valid
    as `Bh` is, but nearly powerless.
    """

    def __init__(self, *, alpha: float = 0.05) -> None:
        self._alpha = _level(alpha)
        self._calibration = Calibration()

    def calibrate(self, scores: Floats) -> None:
        """See `Control.calibrate`."""
        self._calibration.add(scores)

    def decide(self, scores: Floats, evidence: Evidence, starts: Ints) -> Bools:
        """See `Control.decide`."""
        if evidence == "log_e":
            return e_benjamini_hochberg(scores, self._alpha, starts=starts)
        log_e = p_to_log_e(self._calibration.p_values(scores, self._alpha))
        return e_benjamini_hochberg(log_e, self._alpha, starts=starts)


CONTROLS: Final[Mapping[str, Callable[..., Control]]] = {
    "bh": Bh,
    "e_bh": EBh,
    "threshold": Threshold,
}


def _level(alpha: float) -> float:
    if not 0 < alpha < 1:
        raise ValueError(f"alpha must be between 0 and 1, not {alpha}")
    return alpha
