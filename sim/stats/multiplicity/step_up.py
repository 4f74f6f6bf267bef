"""Step-up procedures: Benjamini-Hochberg, Benjamini-Yekutieli and e-BH are one rule.

Reject the k most extreme for the largest k at which the k-th still passes its level. On e-values
the level is m / (alpha k); a p-value counts as the e-value 1 / p.
"""

import numpy as np
from numpy.typing import ArrayLike

from sim.stats.multiplicity.blocks import (
    ROUNDING,
    Bools,
    Floats,
    Ints,
    block_of,
    blocks,
    checked_alpha,
    checked_p,
    ranked,
)


def benjamini_hochberg(
    p: ArrayLike, alpha: float, *, total: ArrayLike | None = None, starts: Ints | None = None
) -> Bools:
    """Reject the k smallest p for the largest k with p_(k) <= alpha k / m; shape (n,).

    `total` is m where more hypotheses are tested than arrived in `p`: one number, or one a block.
    `starts` (blocks + 1,) are ascending from 0 to n; each block is tested by itself at `alpha`.
    Raises ValueError for p outside [0, 1], alpha outside (0, 1), a total below the number of p.
    Benjamini & Hochberg (1995), section 3.1.
    """
    borders, totals = blocks(np.size(p), total, starts)
    return step_up(as_log_e(p), np.full(len(totals), checked_alpha(alpha)), totals, borders)


def benjamini_yekutieli(
    p: ArrayLike, alpha: float, *, total: ArrayLike | None = None, starts: Ints | None = None
) -> Bools:
    """Benjamini-Hochberg at alpha / (1 + 1/2 + ... + 1/m), for any dependence; shape (n,).

    `total`, `starts` and errors as in `benjamini_hochberg`. Benjamini & Yekutieli (2001), theorem
    1.3.
    """
    borders, totals = blocks(np.size(p), total, starts)
    harmonic = np.cumsum(1 / np.arange(1, max(totals.max(initial=1), 1) + 1))
    levels = checked_alpha(alpha) / harmonic[np.maximum(totals, 1) - 1]
    return step_up(as_log_e(p), levels, totals, borders)


def e_benjamini_hochberg(
    log_e: ArrayLike, alpha: float, *, total: ArrayLike | None = None, starts: Ints | None = None
) -> Bools:
    """Reject the k largest e for the largest k with e_[k] >= m / (alpha k); shape (n,).

    Takes logarithms, since e-values of long streams do not fit a float. They must be current values
    at one decision: on running maxima the guarantee is lost. `total`, `starts` and errors as in
    `benjamini_hochberg`. Wang & Ramdas (2022), "False discovery rate control with e-values".
    """
    values = np.asarray(log_e, np.float64)
    borders, totals = blocks(len(values), total, starts)
    return step_up(values, np.full(len(totals), checked_alpha(alpha)), totals, borders)


def as_log_e(p: ArrayLike) -> Floats:
    """log(1 / p), by which p-values are tested: no e-value, but ordered and compared like one."""
    with np.errstate(divide="ignore"):
        return np.asarray(-np.log(checked_p(p)))


def step_up(log_e: Floats, levels: Floats, totals: Ints, starts: Ints) -> Bools:
    """The rule with a level (blocks,) of its own for every block.

    Only e >= 1 / level can ever be rejected, so all that is sorted are those few.
    """
    with np.errstate(divide="ignore"):
        least = -np.log(levels)
        found = np.flatnonzero(log_e >= least.min(initial=np.inf) - ROUNDING)
        block = block_of(found, starts)
        order, rank = ranked(log_e[found], block)
        found, block = found[order], block[order]
        needed = np.log(totals[block] / rank) + least[block]
    enough = log_e[found] >= needed - ROUNDING
    count = np.zeros(len(totals), np.int64)
    np.maximum.at(count, block[enough], rank[enough])
    rejected = np.zeros(len(log_e), np.bool_)
    rejected[found] = rank <= count[block]
    return rejected
