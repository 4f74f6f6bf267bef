"""p-values from scores that were normal, and e-values from p-values."""

import math

import numpy as np
from numpy.typing import ArrayLike

from sim.stats.multiplicity.blocks import Floats


def conformal_p_values(scores: ArrayLike, calibration: ArrayLike) -> Floats:
    """p = (1 + number of calibration scores >= the score) / (calibration scores + 1); shape (n,).

    Valid if a normal score is exchangeable with those of the calibration; p-values that share a
    calibration are positively dependent, so Benjamini-Hochberg keeps its guarantee (Bates, Candes,
    Lei, Romano & Sesia 2023). None can be below 1 / (calibration scores + 1). NaN scores
    stay NaN. Raises ValueError for NaN among the calibration scores.
    """
    values, normal = np.asarray(scores, np.float64), np.sort(np.asarray(calibration, np.float64))
    if np.isnan(normal).any():
        raise ValueError("calibration scores must be numbers")
    above = len(normal) - np.searchsorted(normal, values)
    return np.where(np.isnan(values), math.nan, (1 + above) / (len(normal) + 1))


def p_to_log_e(p: ArrayLike) -> Floats:
    """Logarithm of the e-value 1 / (2 sqrt p); shape (n,), NaN stays NaN.

    A valid calibrator that has nearly no power after e-BH (theory: 0.0035 where a likelihood ratio
    has 0.354): e-values are better built than converted. Vovk & Wang (2021).
    """
    with np.errstate(divide="ignore"):
        return np.asarray(-math.log(2) - np.log(np.asarray(p, np.float64)) / 2)
