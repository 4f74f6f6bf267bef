"""What is fused: a mean with the covariance of its error, and the version that it is of.

One feature or several: a scalar is a vector of one feature.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Estimate:
    """`mean` (d,) and `covariance` (d, d) of its error; `version` orders what one source says."""

    mean: Floats
    covariance: Floats
    version: tuple[int, int] = (0, 0)
    """(epoch, version)."""

    @classmethod
    def of(
        cls, mean: ArrayLike, covariance: ArrayLike, version: tuple[int, int] = (0, 0)
    ) -> "Estimate":
        """From plain numbers: ``Estimate.of(1.5, 0.2)`` is of one feature.

        Raises ValueError if shapes do not fit or the covariance is not symmetric and positive.
        """
        centre = np.atleast_1d(np.asarray(mean, float))
        spread = np.atleast_2d(np.asarray(covariance, float))
        if centre.ndim != 1 or spread.shape != (len(centre), len(centre)):
            raise ValueError(f"mean {centre.shape} and covariance {spread.shape} do not fit")
        if not np.allclose(spread, spread.T) or not (np.linalg.eigvalsh(spread) > 0).all():
            raise ValueError("the covariance is not symmetric and positive definite")
        return cls(centre, spread, version)


Fusion = Callable[[Sequence[Estimate]], Estimate]
"""Fuses one or more estimates of the same thing. What comes out is of the newest version."""


def newest(estimates: Sequence[Estimate]) -> tuple[int, int]:
    """The highest version among them."""
    return max(estimate.version for estimate in estimates)
