"""Statements that hold at every look at once, however often one looks.

A fixed-sample interval or test is right at one moment that was chosen beforehand; a monitor looks
thousands of times and would be wrong at some look nearly always. Confidence sequences and
e-processes pay a little width, or delay, and are right at all of them together. Observations must
be independent of the past up to their mean (a martingale difference); autocorrelated streams need
a model of the correlation first.
"""

import math
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

OVERSHOOT: Final = 0.583
"""Mean by which a Gaussian random walk leaps over a far boundary, in standard deviations of a step:
-zeta(1/2) / sqrt(2 pi) (Siegmund 1985)."""


def confidence_sequence(
    count: ArrayLike,
    total: ArrayLike,
    alpha: float,
    r: float,
    *,
    sd: float | None = None,
    squares: ArrayLike | None = None,
) -> tuple[Floats, Floats]:
    """Ends (low, high) of an interval that holds the mean at all counts, but with chance `alpha`.

    From the sum `total` of `count` observations, arrays of one shape; nothing is known of none, and
    the interval is infinite. With `sd` (sub-Gaussian scale) the guarantee is exact; with the sum of
    `squares` instead, the estimated deviation is put in its place and the guarantee is asymptotic.
    `r` says at which count it is narrowest: see `best_r`. Raises ValueError for alpha outside
    (0, 1), r or sd not positive, and unless one of sd and squares is given.

    Normal mixture: Robbins (1970), Howard, Ramdas, McAuliffe & Sekhon (2021); with an estimated
    deviation Waudby-Smith, Arbour, Sinha, Kennedy & Ramdas (2024).
    """
    _check_level(alpha)
    if not r > 0 or (sd is None) == (squares is None) or (sd is not None and not sd > 0):
        raise ValueError("r must be positive, and either a positive sd or squares be given")
    n = np.asarray(count, np.float64)
    sums = np.asarray(total, np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = sums / n
        spread = sd if squares is None else _deviation(n, mean, np.asarray(squares, np.float64))
        reach = spread * np.sqrt((n + r) * np.log((n + r) / (r * alpha**2))) / n
        unknown = n <= (0 if squares is None else 1)
        low, high = (np.where(unknown, sign * math.inf, mean + sign * reach) for sign in (-1, 1))
    return low, high


def best_r(count: float, alpha: float) -> float:
    """The `r` that makes a confidence sequence narrowest at `count`: count / 8.21 for alpha 0.05.

    With w = (count + r) / r the width is least where w = 1 + ln(w / alpha^2), which the lower
    branch of Lambert's function solves. Raises ValueError for alpha outside (0, 1) and for a count
    that is not positive.
    """
    _check_level(alpha)
    if not count > 0:
        raise ValueError(f"count must be positive, not {count}")
    from scipy.special import lambertw

    return float(count / (-lambertw(-(alpha**2) / math.e, -1).real - 1))


def ville_threshold(alpha: float) -> float:
    """ln(1 / alpha): the log of an e-process ever gets there with probability at most alpha.

    Ville (1939). Raises ValueError for alpha outside (0, 1).
    """
    _check_level(alpha)
    return -math.log(alpha)


def expected_delay(alpha: float, size: float) -> float:
    """Mean number of observations until the likelihood ratio of a shift by `size` sd is 1 / alpha.

    The shift is there from the first observation on. To first order it takes ln(1 / alpha) /
    (size^2 / 2), which no procedure beats; the overshoot comes on top (Wald 1947, Siegmund 1985).
    Raises ValueError for alpha outside (0, 1) and for a size that is not positive.
    """
    if not size > 0:
        raise ValueError(f"size must be positive, not {size}")
    return (ville_threshold(alpha) + OVERSHOOT * size) / (size**2 / 2)


def _deviation(n: Floats, mean: Floats, squares: Floats) -> Floats:
    return np.sqrt(np.maximum(squares - n * mean**2, 0.0) / (n - 1))


def _check_level(alpha: float) -> None:
    if not 0 < alpha < 1:
        raise ValueError(f"alpha must be between 0 and 1, not {alpha}")
