"""Merging e-values and p-values of several witnesses, of whom some may lie.

An e-value is on average at most 1 under the null hypothesis, so it reaches 1 / alpha with
probability at most alpha (Markov). Everything is in logarithms: likelihood ratios of long streams
do not fit a float, and a liar's infinity is a number like any other. Arrays have the witnesses in
their last axis, shape (..., k); all other axes (hypotheses, repetitions) are free.

f-robust merges drop the f largest of k e-values. What is left is at most the merge of any k - f
honest ones, so it is an e-value again, whatever the f liars say: they can destroy power, and never
validity. That holds for liars who were there before the data. Liars who pick *whom* to corrupt
after a look at the data leave the k - f largest honest values standing; `adaptive` merges pay a
constant for that. A witness of whom nothing arrived (NaN) supports nothing.

Vovk & Wang (2021), "E-values: calibration, combination and applications".
"""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

_SERIES_BELOW = 0.01
"""Where the mixture calibrator in closed form would cancel."""


def average(log_e: ArrayLike) -> Floats:
    """Log of the mean e-value; (..., k) to (...). An e-value under *any* dependence.

    NaN counts as e = 0 and stays in k. One liar can make it as large as they like.
    """
    return robust_average(log_e, 0)


def product(log_e: ArrayLike) -> Floats:
    """Log of the product; (..., k) to (...). For independent or sequential e-values.

    Sequential: each an e-value given all before it. NaN counts as e = 1; witnesses may be missing
    by chance, not because of what they saw. 0 times infinity is 0.
    """
    return robust_product(log_e, 0)


def robust_average(log_e: ArrayLike, f: int, *, adaptive: bool = False) -> Floats:
    """Log of the mean of the k - f smallest e-values; (..., k) to (...). Any dependence.

    If any f of the k witnesses lie, this is at most the mean over honest witnesses; with liars at
    infinity it is just that mean. NaN counts as e = 0. With `adaptive` it is multiplied by
    (k - f) / k: the mean of the k - f largest is at most k / (k - f) times the mean of all.
    Raises ValueError unless 0 <= f < k.
    """
    kept = _smallest(log_e, f, missing=-math.inf)
    correction = math.log(kept.shape[-1] / (kept.shape[-1] + f)) if adaptive else 0.0
    return np.asarray(log_sum_exp(kept) - math.log(kept.shape[-1]) + correction)


def robust_product(log_e: ArrayLike, f: int, *, adaptive: bool = False) -> Floats:
    """Sum of the k - f smallest logs; (..., k) to (...). For independent e-values.

    NaN counts as e = 1 (see `product`). With `adaptive` it is divided by the number of ways to
    choose the f: the largest of the products is at most their sum. Raises ValueError unless
    0 <= f < k.
    """
    kept = _smallest(log_e, f, missing=0.0)
    ways = math.comb(kept.shape[-1] + f, f) if adaptive else 1
    with np.errstate(invalid="ignore"):
        total = kept.sum(axis=-1)
    # kept is sorted: an e-value of 0 comes first, and 0 is what it makes of every product.
    return np.asarray(np.where(kept[..., 0] == -math.inf, -math.inf, total - math.log(ways)))


def robust_p_value(p: ArrayLike, f: int, r: int = 1, *, adaptive: bool = False) -> Floats:
    """Rueger's rule f ranks further up: (k - f) / r * p_(r + f), at most 1; (..., k) to (...).

    Valid under any dependence: among the r + f smallest there are r honest ones, so p_(r + f) is
    at least the r-th smallest of the k - f honest, to which Rueger's rule applies. With `adaptive`
    the factor is k / r. r = 1 is Bonferroni's rule, r = (k - f) / 2 twice the median. NaN counts as
    p = 1. Raises ValueError unless f >= 0, r >= 1 and r + f <= k, and for p outside [0, 1].

    Rueger (1978); Vovk & Wang (2020), "Combining p-values via averaging".
    """
    values = np.asarray(p, np.float64)
    if ((values < 0) | (values > 1)).any():
        raise ValueError("p-values must be from 0 to 1")
    k = values.shape[-1]
    if f < 0 or r < 1 or r + f > k:
        raise ValueError(f"f must be 0 or more, r 1 or more and their sum {k} at most: {f}, {r}")
    ranked = np.sort(np.where(np.isnan(values), 1.0, values), axis=-1)
    factor = (k if adaptive else k - f) / r
    return np.asarray(np.minimum(factor * ranked[..., r + f - 1], 1.0))


def power_calibrator(p: ArrayLike, kappa: float = 0.5) -> Floats:
    """Log of the e-value kappa * p**(kappa - 1); shape of `p`, NaN stays NaN.

    An e-value for each p-value, since its integral over (0, 1) is 1. Raises ValueError for kappa
    outside (0, 1).
    """
    if not 0 < kappa < 1:
        raise ValueError(f"kappa must be between 0 and 1, not {kappa}")
    return np.asarray(math.log(kappa) + (1 - kappa) * _surprise(p))


def mixture_calibrator(p: ArrayLike) -> Floats:
    """Log of (1 - p + p ln p) / (p ln(p)**2): all `power_calibrator` at once; NaN stays NaN."""
    t = _surprise(p)
    with np.errstate(divide="ignore", invalid="ignore"):
        closed = t + np.log1p(-(1 + t) * np.exp(-t)) - 2 * np.log(t)
    series = np.log(1 / 2 + t / 6 + t**2 / 24 + t**3 / 120)
    # Impossible data are infinite evidence; the closed form is infinity less infinity there.
    return np.where(t < _SERIES_BELOW, series, np.where(np.isinf(t), math.inf, closed))


def to_p_value(log_e: ArrayLike) -> Floats:
    """min(1, 1 / e): the only way back (Markov); NaN stays NaN."""
    return np.asarray(np.exp(-np.maximum(np.asarray(log_e, np.float64), 0.0)))


def log_sum_exp(values: ArrayLike) -> Floats:
    """Log of the sum of exponentials over the last axis, without overflow; infinities allowed."""
    logs = np.asarray(values, np.float64)
    top = logs.max(axis=-1, initial=-math.inf)
    shift = np.where(np.isfinite(top), top, 0.0)
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(np.exp(logs - shift[..., np.newaxis]).sum(axis=-1)) + shift)


def _smallest(log_e: ArrayLike, f: int, missing: float) -> Floats:
    """The k - f smallest of the last axis, ascending."""
    values = np.asarray(log_e, np.float64)
    k = values.shape[-1]
    if not 0 <= f < k:
        raise ValueError(f"of {k} e-values {f} cannot be dropped: f must be from 0 to {k - 1}")
    return np.sort(np.where(np.isnan(values), missing, values), axis=-1)[..., : k - f]


def _surprise(p: ArrayLike) -> Floats:
    """-ln p; infinite for p = 0. Raises ValueError for p outside [0, 1]."""
    values = np.asarray(p, np.float64)
    if ((values < 0) | (values > 1)).any():
        raise ValueError("p-values must be from 0 to 1")
    with np.errstate(divide="ignore"):
        return np.asarray(-np.log(values))
