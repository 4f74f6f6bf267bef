"""The interval of a read: sampling, drift by age, and the share of sources that is missing.

The three are independent, so their variances add. What nobody can bound - drift without a law or a
history, a missing share of which nothing is known - makes the interval infinite: to leave it out
would be to pretend that what is missing is like what is there.
"""

import math

import numpy as np

from sim.protocol.resolver.contract import Floats, Held
from sim.protocol.resolver.drift import Drift


def missing_sd(
    agent_sd: Floats,
    missing_agents: int,
    heard_agents: int,
    region_sd: Floats | float = 0.0,
    missing_regions: int = 1,
    heard_regions: int = 1,
) -> Floats:
    """Standard deviation (d,) of the missing sources' mean minus that of the others.

    From the spread between agents and between regions as it was at the last contact, if those that
    are missing were drawn like the rest.
    """
    agents = 1 / max(1, missing_agents) + 1 / max(1, heard_agents)
    regions = 1 / max(1, missing_regions) + 1 / max(1, heard_regions)
    spread = np.sqrt(np.asarray(agent_sd) ** 2 * agents + np.square(region_sd) * regions)
    return np.asarray(spread, np.float64)


def half_width(held: Held, mean_age_ns: int, drift: Drift | None, level: float = 0.95) -> Floats:
    """Half the interval of a value of this age; (d,), inf where nothing can be said."""
    moved = _moved(held, mean_age_ns, drift)
    absent = _absent(held)
    known = held.standard_error**2 + absent
    total = known + moved
    degrees = math.inf if drift is None else drift.degrees
    return _quantile(level, total, moved, degrees) * np.sqrt(total)


def _moved(held: Held, age_ns: int, drift: Drift | None) -> Floats:
    if drift is not None:
        return np.broadcast_to(drift.variance(age_ns, held.agents), held.mean.shape)
    return np.full(held.mean.shape, math.inf if age_ns else 0.0)


def _absent(held: Held) -> Floats:
    """The error of the whole is the share that is missing times its difference from the rest."""
    share = 1 - held.coverage
    if share <= 0:
        return np.zeros(held.mean.shape)
    if held.missing_sd is None:
        return np.full(held.mean.shape, math.inf)
    return (share * held.missing_sd) ** 2


def _quantile(level: float, total: Floats, moved: Floats, degrees: float) -> Floats:
    """Of Student's t with Satterthwaite's degrees of freedom: only the drift was estimated."""
    from scipy.stats import norm, t

    upper = (1 + level) / 2
    normal = np.full(total.shape, float(norm.ppf(upper)))
    estimated = np.isfinite(total) & (moved > 0)
    if math.isinf(degrees) or not estimated.any():
        return normal
    effective = degrees * (total[estimated] / moved[estimated]) ** 2
    normal[estimated] = t.ppf(upper, effective)
    return normal
