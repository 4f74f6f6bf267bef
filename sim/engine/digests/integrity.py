"""How far what was published is off from the correct agents' truth, and what vouches for it."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.engine.digests.estimator import Published
from sim.stats.moments import Moments

UNATTESTED, ATTESTED, DISPUTED = 0, 1, 2


def unguarded(exact: Moments, agents: int) -> Published:
    """The exact mean of up to so many agents as it is, with nobody to vouch for it."""
    nothing = np.full_like(exact.mean, np.nan)
    return Published(exact, nothing, min(exact.sources, agents), np.nan, alert=False)


def integrity_row(
    now_ns: int, version: int, published: Published, exact: Moments, true: Moments
) -> dict[str, Any]:
    """One row of the table of that name; biases are in true deviations between agents."""
    return {
        "published_ns": now_ns,
        "version": version,
        "bias": _bias(published.moments.mean, true),
        "bias_plain": _bias(exact.mean, true),
        "bias_robust": _bias(published.robust, true),
        "items": published.items,
        "reach": published.reach,
        "alert": published.alert,
    }


def _bias(mean: NDArray[np.float64], true: Moments) -> float:
    """Largest distance of any feature from the correct agents' mean; NaN where nothing is known."""
    varies = true.between_sd > 0
    off = np.abs(mean - true.mean)[varies] / true.between_sd[varies]
    return float(off.max()) if off.size and np.isfinite(off).all() else float("nan")
