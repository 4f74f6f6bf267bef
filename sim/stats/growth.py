"""How a cost grows with the size of a system: the exponent of the power law that fits best.

Least squares on logarithms, log y = log c + b log n. The exponent of anything that is not a power
law (n log n, n + c n^2) depends on the sizes that were chosen, so a fit also says what the smallest
and the largest size say by themselves (`end_to_end`), and how badly a line fits.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True, slots=True)
class Growth:
    """A fitted power law ``factor * n ** exponent``."""

    exponent: float
    standard_error: float
    """Of the exponent, from what the line leaves over; NaN with two points, which leave nothing."""
    factor: float
    end_to_end: float
    """The exponent between the smallest and the largest n alone."""
    points: int

    def at(self, n: float) -> float:
        """What the law says of another size: an extrapolation, and to be shown as one."""
        return self.factor * math.pow(n, self.exponent)


def fitted_exponent(n: ArrayLike, y: ArrayLike) -> Growth:
    """Fit ``y = factor * n ** exponent`` to sizes `n` (points,) and costs `y` (points,).

    Raises ValueError for fewer than two different sizes, and for what has no logarithm.

    >>> round(fitted_exponent([10, 100, 1000], [3, 300, 30_000]).exponent, 6)
    2.0
    """
    sizes, costs = _checked(n), _checked(y)
    if sizes.shape != costs.shape:
        raise ValueError(f"{len(sizes)} sizes and {len(costs)} costs do not fit together")
    if len(np.unique(sizes)) < 2:
        raise ValueError("an exponent needs at least two different sizes")
    x, z = np.log(sizes), np.log(costs)
    away = x - x.mean()
    spread = float(away @ away)
    exponent = float(away @ z) / spread
    left = z - z.mean() - exponent * away
    ends = int(sizes.argmin()), int(sizes.argmax())
    return Growth(
        exponent=exponent,
        standard_error=_standard_error(left, spread),
        factor=math.exp(float(z.mean()) - exponent * float(x.mean())),
        end_to_end=float((z[ends[1]] - z[ends[0]]) / (x[ends[1]] - x[ends[0]])),
        points=len(x),
    )


def _checked(numbers: ArrayLike) -> NDArray[np.float64]:
    checked = np.asarray(numbers, np.float64)
    if checked.ndim != 1 or not (np.isfinite(checked) & (checked > 0)).all():
        raise ValueError("sizes and costs are a list of finite numbers above 0")
    return checked


def _standard_error(left: NDArray[np.float64], spread: float) -> float:
    if len(left) < 3:
        return math.nan
    return math.sqrt(float(left @ left) / (len(left) - 2) / spread)
