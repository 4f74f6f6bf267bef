"""Proportion matching: nodes that send two numbers instead of all p-values.

Each node sends how many hypotheses it has and its estimate of the share that is null. The centre
returns one number, the `ratio`; with it each node works out a level of its own at which
Benjamini-Hochberg on its own p-values has, with many p-values, the same threshold as on all.

Why: with a share pi of nulls and signals of law F, BH at alpha rejects below the largest t with
F(t) / t >= (1/alpha - pi) / (1 - pi). Equal right-hand sides mean equal thresholds. Nothing is
guaranteed for few hypotheses: a node of 50 nulls estimates a share of 0.9 as easily as 1.

Pournaderi & Xiang (2024), "On large-scale multiple testing over networks: an asymptotic approach".
"""

import numpy as np
from numpy.typing import ArrayLike

from sim.stats.multiplicity.blocks import Bools, Floats, Ints, blocks, checked_alpha, checked_p
from sim.stats.multiplicity.step_up import as_log_e, step_up

TAIL = 0.5
"""p-values above this are taken for nulls."""


def null_shares(p: ArrayLike, *, tail: float = TAIL, starts: Ints | None = None) -> Floats:
    """Estimated share of nulls of each block, at most 1; (blocks,). An empty block: 1.

    (1 + number of p > tail) / (m (1 - tail)); NaN counts as p = 1. Raises ValueError for a tail
    outside (0, 1). Storey, Taylor & Siegmund (2004), section 3.
    """
    if not 0 < tail < 1:
        raise ValueError(f"tail must be between 0 and 1, not {tail}")
    values = checked_p(p)
    borders, totals = blocks(len(values), None, starts)
    above = np.append(0, np.cumsum(~(values <= tail)))
    count = above[borders[1:]] - above[borders[:-1]]
    return np.asarray(np.minimum((1 + count) / (np.maximum(totals, 1) * (1 - tail)), 1.0))


def matched_ratio(alpha: float, shares: Floats, totals: Ints) -> float:
    """What the centre returns for the nodes' shares of nulls and numbers of hypotheses; >= 1.

    Infinite where nobody has a signal.
    """
    level = checked_alpha(alpha)
    null = float(np.average(shares, weights=totals)) if totals.sum() else 1.0
    return (1 / level - null) / (1 - null) if null < 1 else np.inf


def matched_levels(ratio: float, shares: Floats) -> Floats:
    """The level of each node, (nodes,); 0 for one that by its own estimate has no signal.

    There the formula would say 1, and BH at level 1 rejects everything.
    """
    has_signals = shares < 1
    signals = np.where(has_signals, 1 - shares, 1.0)
    return np.where(has_signals, 1 / (signals * ratio + shares), 0.0)


def proportion_matching(
    p: ArrayLike,
    alpha: float,
    *,
    starts: Ints | None = None,
    counts: Bools | None = None,
    tail: float = TAIL,
) -> Bools:
    """What all nodes reject, (n,); node i has the hypotheses ``starts[i]`` to ``starts[i + 1]``.

    `counts` (n,) are those that may be rejected at all, such as `within_quota`; all are estimated
    from. Raises ValueError for p outside [0, 1] and for alpha or tail outside (0, 1).
    """
    borders, totals = blocks(np.size(p), None, starts)
    shares = null_shares(p, tail=tail, starts=borders)
    levels = matched_levels(matched_ratio(alpha, shares, totals), shares)
    may_be = np.repeat(levels > 0, totals)
    if counts is not None:
        may_be &= counts
    return step_up(np.where(may_be, as_log_e(p), np.nan), levels, totals, borders)
