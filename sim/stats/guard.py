"""The guarded mean: publish the exact mean while a robust estimate vouches for it.

Exact sums T are the best answer as long as nobody lies; a robust estimate R is never far off, but
noisy. T is published if it lies within a radius of R in every feature, else R is, with an integrity
alert. So whatever a liar sends, the published value is within the radius of R: what can be gained
without an alert is the radius, and no more.

    radius = bias * spread + z * standard error of T - R

`bias` allows for the liars that are tolerated silently, in standard deviations between agents: the
maximum bias of R at their share, or 0 to tolerate none. The spread must be robust too, since one
liar inflates a standard deviation at will. The mean and the median of *skewed* agents differ
without any lie, by up to one standard deviation; `bias` has to cover that as well.
"""

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.stats.robust import max_bias

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Guarded:
    """What is published at one look, or at many; leading shape (...)."""

    value: Floats
    """(..., features): the exact mean, or the robust estimate at an alert."""
    excess: Floats
    """(...): the largest |T - R| / radius of any feature; more than 1 is an alert."""
    alert: Bools
    """(...): whether the exact mean was not vouched for."""


def guarded(exact: ArrayLike, robust: ArrayLike, radius: ArrayLike) -> Guarded:
    """Publish `exact` if it is within `radius` of `robust` in all features, else `robust`.

    All are (..., features). Nothing is vouched for by a NaN, nor by a radius of 0 unless both agree
    exactly. Raises ValueError for a negative radius.
    """
    T, R, rad = np.broadcast_arrays(*(np.asarray(x, np.float64) for x in (exact, robust, radius)))
    if (rad < 0).any():
        raise ValueError("a radius must not be negative")
    with np.errstate(all="ignore"):
        gap = np.abs(T - R)
        excess = np.where((gap == 0) & (rad == 0), 0.0, gap / rad).max(axis=-1)
    # Not `excess <= 1`: a quotient is rounded, and the radius is a promise.
    alert = np.asarray(~(gap <= rad).all(axis=-1))
    return Guarded(np.where(alert[..., None], R, T), np.asarray(excess), alert)


def radius(bias: float, between_sd: ArrayLike, standard_error: ArrayLike, z: float) -> Floats:
    """bias * between_sd + z * standard_error, by feature.

    `between_sd` is a robust spread between agents, such as 1.4826 MAD of the sample.
    """
    spread, error = np.asarray(between_sd, np.float64), np.asarray(standard_error, np.float64)
    return np.asarray(bias * spread + z * error)


def efficiency(trimmed: float) -> float:
    """Asymptotic relative efficiency of a trimmed mean on normal agents: 1 at 0, 2/pi at one half.

    With a = Phi^-1(1 - trimmed), the reciprocal is the variance of what is left, the rest moved in
    to +-a: (2 * integral of x^2 phi from 0 to a + 2 * trimmed * a^2) / (1 - 2 * trimmed)^2. The
    median is the limit one half. Huber & Ronchetti (2009), section 3.3. Raises ValueError outside
    [0, 1/2].

    >>> f"{efficiency(0.1):.3f} {efficiency(0.5):.3f}"
    '0.943 0.637'
    """
    if not 0 <= trimmed <= 0.5:
        raise ValueError(f"a share is trimmed from 0% to 50%, not {trimmed}")
    kind = "median" if trimmed == 0.5 else "trimmed_mean"
    found = max_bias.efficiency(kind, trimmed)
    assert found is not None, "both have a closed form"
    return found


def standard_error(
    between_sd: ArrayLike, sampled: int, population: int, efficiency: float
) -> Floats:
    """Standard deviation of R - T with no liars; R from `sampled` of `population` normal agents.

    sd * sqrt(1 / (sampled * efficiency) - 1 / population): the mean is efficient, so its covariance
    with any other estimate is its own variance (Rao 1945), and what T and R share cancels. Raises
    ValueError unless 1 <= sampled <= population and 0 < efficiency <= 1.
    """
    if not (1 <= sampled <= population and 0 < efficiency <= 1):
        raise ValueError(f"a sample of {sampled} of {population} at efficiency {efficiency}")
    variance = 1 / (sampled * efficiency) - 1 / population
    return np.asarray(np.asarray(between_sd, np.float64) * math.sqrt(max(0.0, variance)))


def critical_value(false_alerts: float, features: int, looks: int = 1) -> float:
    """The z at which `looks` looks at `features` features raise a false alert with this chance.

    Each look at each feature gets an equal part of the chance (Bonferroni), so it is an upper bound
    however features depend on each other and however publications overlap. Raises ValueError for a
    chance outside (0, 1) and for counts below 1.

    >>> f"{critical_value(0.05, 1):.2f} {critical_value(0.05, features=8, looks=60):.2f}"
    '1.96 3.88'
    """
    if not 0 < false_alerts < 1 or features < 1 or looks < 1:
        raise ValueError(f"no z for {false_alerts} in {looks} looks at {features} features")
    return -NormalDist().inv_cdf(false_alerts / (2 * features * looks))
