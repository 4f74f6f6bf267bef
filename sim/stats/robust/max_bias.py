"""How far lies can move a centre at best, and what a rule costs where nobody lies. No numpy.

All for items of the standard normal law, many of them, in its standard deviations: "bias" is what
remains with a share of liars at infinity on one side. No rule has less than the median (Huber
1964), so a promise below its bias cannot be kept by anything: `feasible_share` is the end of it.
"""

import math
from statistics import NormalDist
from typing import Final

_NORMAL: Final = NormalDist()


def max_bias(kind: str, share: float) -> float | None:
    """Largest bias of a rule with this share of liars; infinite from its breakdown on.

    ``median``, ``trimmed_mean`` (which trims the same share) and ``mean`` have a closed form, as
    has ``geometric_median`` in one dimension, where it is the median; None for the others. Raises
    ValueError for a share outside [0, 1].

    >>> round(max_bias("median", 0.1), 4), round(max_bias("trimmed_mean", 1 / 3), 4)
    (0.1397, 0.7979)
    """
    if not 0 <= share <= 1:
        raise ValueError(f"the share of liars must be from 0 to 1, not {share}")
    if kind == "mean":
        return math.inf if share > 0 else 0.0
    if kind not in ("median", "geometric_median", "trimmed_mean"):
        return None
    if share >= 0.5:
        return math.inf
    if kind == "trimmed_mean":
        return _trimmed_mean_bias(share)
    return _NORMAL.inv_cdf(1 / (2 * (1 - share)))


def _trimmed_mean_bias(share: float) -> float:
    """The liars take all that is trimmed above, so below it is correct items that go."""
    if share == 0:
        return 0.0
    lost = share / (1 - share)
    return _NORMAL.pdf(_NORMAL.inv_cdf(lost)) / (1 - lost)


def feasible_share(epsilon: float, kind: str = "median") -> float | None:
    """Largest share of liars at which the bias is at most `epsilon`; None without a closed form.

    For the median no rule can do better.

    >>> round(feasible_share(0.01), 4)
    0.0079
    """
    if not epsilon > 0:
        raise ValueError(f"epsilon must be positive, not {epsilon}")
    if max_bias(kind, 0.0) is None:
        return None
    low, high = 0.0, 0.5
    while (middle := (low + high) / 2) not in (low, high):
        bias = max_bias(kind, middle)
        low, high = (middle, high) if bias is not None and bias <= epsilon else (low, middle)
    return low


def efficiency(kind: str, share: float = 0.0) -> float | None:
    """Variance of the mean over that of the rule where nobody lies, at large n.

    `share` is what ``trimmed_mean`` takes from either end. None without a closed form.

    >>> round(efficiency("median"), 3), round(efficiency("trimmed_mean", 0.1), 3)
    (0.637, 0.943)
    """
    if kind == "mean" or (kind == "trimmed_mean" and share == 0):
        return 1.0
    if kind == "median":
        return 2 / math.pi
    if kind != "trimmed_mean" or not 0 < share < 0.5:
        return None
    border = _NORMAL.inv_cdf(1 - share)
    inside = 1 - 2 * share - 2 * border * _NORMAL.pdf(border)
    return (1 - 2 * share) ** 2 / (inside + 2 * share * border**2)
