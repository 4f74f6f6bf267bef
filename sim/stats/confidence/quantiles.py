"""Two-sided quantiles of Student's t with any degrees of freedom, and of the normal at infinity."""

import numpy as np
from numpy.typing import ArrayLike, NDArray


def t_quantile(level: float, degrees: ArrayLike) -> NDArray[np.float64]:
    """How many standard errors to either side hold `level`; of the shape of `degrees`.

    NaN where there is less than nothing to go by: degrees of 0, negative or NaN. Raises ValueError
    for a level outside (0, 1).

    >>> [round(float(q), 3) for q in t_quantile(0.95, [1, 19, float("inf")])]
    [12.706, 2.093, 1.96]
    """
    if not 0 < level < 1:
        raise ValueError(f"level must be between 0 and 1, not {level}")
    from scipy.special import ndtri, stdtrit

    freedom = np.asarray(degrees, np.float64)
    upper = (1 + level) / 2
    quantiles = stdtrit(np.where(freedom > 0, freedom, np.nan), upper)
    return np.where(np.isposinf(freedom), ndtri(upper), quantiles)
