"""A rule at every tier of a tree: each aggregator takes the centre of its children's centres.

It needs no messages beside the tree's own, and its thresholds multiply: ``prod(f_tier + 1)`` liars
who are well placed own the root (theory: 68 of 1000 in a 50/10/2 tree). For comparison; a rule over
a sample of agents at the root counts agents.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from sim.stats.robust import needs
from sim.stats.robust.contract import Floats, Ints, Rule


def nested(items: ArrayLike, shape: Sequence[int | Ints], rule: Rule, share: float) -> Floats:
    """Centres (groups of the last tier, features) of `items` (agents, features).

    `shape` says for each tier, from the agents up, how many children its groups have: one number,
    or one a group; children of a group are adjacent. In a group of n at most ``liars(share, n)``
    lie. An item with a NaN is absent, as is a group without a centre one tier further up. Raises
    ValueError if the groups do not add up, and if a group is too small for the rule.
    """
    rows = np.asarray(items, np.float64)
    for sizes in shape:
        rows = _tier(rows, sizes, rule, share)
    return rows


def _tier(rows: Floats, sizes: int | Ints, rule: Rule, share: float) -> Floats:
    counts = _counts(len(rows), sizes)
    liars = {int(n): needs.liars(share, int(n)) for n in np.unique(counts)}
    for n in liars:
        needs.check(rule.name, n, liars[n], rule.options)
    group = np.repeat(np.arange(len(counts)), counts)
    place = np.arange(len(rows)) - np.repeat(np.cumsum(counts) - counts, counts)
    items = np.full((len(counts), int(counts.max()), rows.shape[1]), np.nan)
    items[group, place] = rows
    f = np.array([liars[int(n)] for n in counts], np.int64)
    return rule.centre(items, np.ones(items.shape[:2]), f)


def _counts(rows: int, sizes: int | Ints) -> Ints:
    if isinstance(sizes, int):
        counts = np.full(rows // sizes, sizes, np.int64)
    else:
        counts = np.asarray(sizes, np.int64)
    if counts.sum() != rows or not len(counts) or (counts < 1).any():
        raise ValueError(f"groups of {sizes} do not hold {rows} rows")
    return counts
