"""The interval of a read: sampling, what has moved by age, and the share of sources missing.

What is wanted is the mean of the sources that there are, not of any that there might have been: if
all are in a value there is no sampling error, whatever their spread. Drift, noise and what is
missing are independent, so their variances add. What nobody can bound - drift without a law or a
history, a missing share of which nothing is known - makes the interval infinite: to leave it out
would be to pretend that what is missing is like what is there.
"""

import math
from functools import cache
from statistics import NormalDist

import numpy as np

from sim.protocol.resolver.contract import Floats, Held
from sim.protocol.resolver.drift import Drift
from sim.protocol.resolver.spans import Span, noise_factor


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


def half_width(
    held: Held,
    mean_age_ns: int,
    drift: Drift | None,
    level: float = 0.95,
    wanted: Span | None = None,
) -> Floats:
    """Half the interval of a value of this age; (d,), inf where nothing can be said.

    `wanted` is the span whose mean is asked for, if what is held is one over a span.
    """
    moved = _moved(held, mean_age_ns, drift, wanted)
    total = held.standard_error**2 + _absent(held) + _noise(held, wanted) + moved
    degrees = math.inf if drift is None else drift.degrees
    return _quantile(level, total, moved, degrees) * np.sqrt(total)


def _moved(held: Held, age_ns: int, drift: Drift | None, wanted: Span | None) -> Floats:
    if drift is None:
        return np.full(held.mean.shape, math.inf if age_ns else 0.0)
    if held.span is None or wanted is None:
        variance = drift.variance(age_ns, held.agents)
    else:
        variance = drift.between(held.span, wanted, held.agents)
    return np.broadcast_to(variance, held.mean.shape)


def _noise(held: Held, wanted: Span | None) -> Floats | float:
    """The values that have come into the window or gone from it, since or unheard."""
    if held.noise is None or held.span is None or wanted is None:
        return 0.0
    return held.noise * noise_factor(held.span, wanted, held.coverage)


def _absent(held: Held) -> Floats:
    """The error of the whole is the share that is missing times its difference from the rest."""
    share = 1 - held.coverage
    if share <= 0:
        return np.zeros(held.mean.shape)
    if held.missing_sd is None:
        return np.full(held.mean.shape, math.inf)
    return (share * held.missing_sd) ** 2


def _quantile(level: float, total: Floats, moved: Floats, degrees: float) -> Floats | float:
    """Of Student's t with Satterthwaite's degrees of freedom: only the drift was estimated."""
    estimated = np.isfinite(total) & (moved > 0)
    if math.isinf(degrees) or not estimated.any():
        return _normal_quantile(level)
    from scipy.stats import t

    quantiles = np.full(total.shape, _normal_quantile(level))
    effective = degrees * (total[estimated] / moved[estimated]) ** 2
    quantiles[estimated] = t.ppf((1 + level) / 2, effective)
    return quantiles


@cache
def _normal_quantile(level: float) -> float:
    return NormalDist().inv_cdf((1 + level) / 2)
