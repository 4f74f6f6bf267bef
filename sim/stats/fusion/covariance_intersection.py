"""Covariance intersection: fuses estimates whose errors may be related in any way.

P^-1 = w Pa^-1 + (1 - w) Pb^-1 is never below the true covariance of what it fuses, whatever the
correlation (Julier and Uhlmann, "A non-divergent estimation algorithm in the presence of unknown
correlations", ACC 1997); w is where the trace or the determinant of P is smallest. For scalars that
is the more certain of the two. If errors were independent after all, too much is claimed to be
unknown: 95 % intervals of two equals cover 99.4 %.
"""

from collections.abc import Callable, Sequence
from functools import partial, reduce
from typing import Final

import numpy as np

from sim.stats.fusion.contract import Estimate, Floats, newest

_EQUAL: Final = 1e-9
"""Costs this close (relatively) are equal, and the even weight is then preferred."""


def covariance_intersection(estimates: Sequence[Estimate], *, criterion: str = "trace") -> Estimate:
    """Fuse by covariance intersection, two at a time in the order given; "trace" or "det".

    >>> fused = covariance_intersection([Estimate.of(0.0, 1.0), Estimate.of(1.0, 1.0)])
    >>> float(fused.mean[0]), float(fused.covariance[0, 0])
    (0.5, 1.0)
    """
    cost = COSTS[criterion]
    return reduce(partial(_intersect, cost=cost), estimates)


def _trace(information: Floats) -> float:
    return float(np.linalg.inv(information).trace())


def _log_det(information: Floats) -> float:
    return -float(np.linalg.slogdet(information)[1])


COSTS: Final[dict[str, Callable[[Floats], float]]] = {"trace": _trace, "det": _log_det}
"""What is minimised, as a function of P^-1; both are convex in the weight."""


def _intersect(one: Estimate, other: Estimate, *, cost: Callable[[Floats], float]) -> Estimate:
    first, second = np.linalg.inv(one.covariance), np.linalg.inv(other.covariance)
    weight = (
        _scalar_weight(float(first[0, 0]), float(second[0, 0]))
        if len(one.mean) == 1
        else _best_weight(lambda w: cost(w * first + (1 - w) * second))
    )
    covariance = np.asarray(np.linalg.inv(weight * first + (1 - weight) * second), np.float64)
    pulled = weight * first @ one.mean + (1 - weight) * second @ other.mean
    mean = np.asarray(covariance @ pulled, np.float64)
    return Estimate(mean, covariance, newest((one, other)))


def _scalar_weight(first: float, second: float) -> float:
    """All on the more certain one: P is monotone in the weight."""
    if abs(first - second) <= _EQUAL * max(first, second):
        return 0.5
    return 1.0 if first > second else 0.0


def _best_weight(cost: Callable[[float], float]) -> float:
    """The ends are tried as well, because a bounded search stays inside its bounds."""
    from scipy.optimize import minimize_scalar

    inside = float(minimize_scalar(cost, bounds=(0.0, 1.0), method="bounded").x)
    costs = {weight: cost(weight) for weight in (0.5, inside, 0.0, 1.0)}
    least = min(costs.values())
    return next(
        weight for weight, found in costs.items() if found <= least + _EQUAL * max(1.0, abs(least))
    )
