"""Procedures that make *any* false rejection unlikely, under any dependence.

They are stricter than control of the false discovery rate: with a thousand agents an alarm needs
p <= alpha / 1000, however many others stand out.
"""

import numpy as np
from numpy.typing import ArrayLike

from sim.stats.multiplicity.blocks import (
    ROUNDING,
    Bools,
    Ints,
    block_of,
    blocks,
    checked_alpha,
    checked_p,
    ranked,
)


def bonferroni(
    p: ArrayLike, alpha: float, *, total: ArrayLike | None = None, starts: Ints | None = None
) -> Bools:
    """Reject p <= alpha / m; shape (n,).

    `total`, `starts` and errors as in `benjamini_hochberg`.
    """
    values = checked_p(p)
    borders, totals = blocks(len(values), total, starts)
    levels = checked_alpha(alpha) / np.maximum(totals, 1)
    return np.asarray(values <= np.repeat(levels, np.diff(borders)) * (1 + ROUNDING))


def holm(
    p: ArrayLike, alpha: float, *, total: ArrayLike | None = None, starts: Ints | None = None
) -> Bools:
    """Reject in ascending order while p_(k) <= alpha / (m - k + 1); shape (n,).

    Rejects all that `bonferroni` does, and more. `total`, `starts` and errors as in
    `benjamini_hochberg`. Holm (1979).
    """
    values = checked_p(p)
    borders, totals = blocks(len(values), total, starts)
    found = np.flatnonzero(values <= checked_alpha(alpha) * (1 + ROUNDING))
    block = block_of(found, borders)
    order, rank = ranked(-values[found], block)
    found, block = found[order], block[order]
    fails = values[found] > alpha / (totals[block] - rank + 1) * (1 + ROUNDING)
    first_failure = np.full(len(totals), len(values) + 1)
    np.minimum.at(first_failure, block[fails], rank[fails])
    rejected = np.zeros(len(values), np.bool_)
    rejected[found] = rank < first_failure[block]
    return rejected
