"""Two estimates of one thing that share sources, fused, against the truth that nobody knows.

Each side has folded three sources whose errors are independent with variance 1; some, or all, of
them went into both. Whoever weighs by claimed variances does not see that (theory 8.2).
"""

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.stats.fusion.consistency import coverage, nees
from sim.stats.fusion.contract import Estimate
from sim.stats.fusion.inverse_variance import inverse_variance
from sim.stats.fusion.registry import FUSIONS

Floats = NDArray[np.float64]

UNITS: Final = {"coverage": "share", "nees": "1", "claimed": "1"}
DRAWS: Final = 20_000
SIDE: Final = 3


def run(seed: int, method: str, shared: int) -> dict[str, float]:
    """`coverage` of claimed 95 % intervals, `nees` (1 is honest), and the variance `claimed`.

    `shared` of the three sources of each side are the same; `method` is a fusion, or "by_source":
    the newest version of each source, folded once. Raises KeyError for one that there is not.
    """
    sources = np.random.default_rng(seed).standard_normal((DRAWS, 2 * SIDE - shared))
    left, right = sources[:, :SIDE], sources[:, -SIDE:]
    if method == "by_source":
        weights, claimed = _linear(inverse_variance, [1.0] * sources.shape[1])
        errors = sources @ weights
    else:
        weights, claimed = _linear(FUSIONS[method], [1 / SIDE, 1 / SIDE])
        errors = np.stack([left.mean(axis=1), right.mean(axis=1)], axis=1) @ weights
    squared = nees(errors[:, np.newaxis], np.array([[claimed]]))
    return {"coverage": coverage(errors, claimed), "nees": squared, "claimed": claimed}


def _linear(
    fuse: Callable[[list[Estimate]], Estimate], variances: list[float]
) -> tuple[Floats, float]:
    """Every fusion here is linear in the means: its weights, and the variance that it claims."""
    count = len(variances)
    units = [
        fuse([Estimate.of(row[k], variances[k]) for k in range(count)]) for row in np.eye(count)
    ]
    weights = np.array([unit.mean[0] for unit in units])
    return weights, float(units[0].covariance[0, 0])
