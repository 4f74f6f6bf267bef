"""Quotas: the most that may be discovered at one node, as a cap on the damage that it can do.

A quota limits what may be *claimed*, before the test: of each node the most extreme hypotheses
count, all others count as missing, in the total. Then Benjamini-Hochberg, Benjamini-Yekutieli,
e-BH and Bonferroni keep their guarantees: the k rejections still all pass the level of k, and
worse p-values never lead to more rejections (Blanchard & Roquain 2008, "Two simple sufficient
conditions for FDR control", proposition 2.7). Cutting rejections off *after* the test would not
do: who is left passed the level of a k that is no longer there.

If f nodes lie, however they do, and all others are honest, then with a quota q per node

    FDR <= alpha m0 / m + E[min(1, f q / number of rejections)],

m0 counting the nulls of honest nodes; without a quota the second term is all that f nodes test.
The price is power: a node with more than q true signals shows q of them.
"""

import numpy as np
from numpy.typing import ArrayLike

from sim.stats.multiplicity.blocks import Bools, Ints, ranked


def within_quota(evidence: ArrayLike, quota: int, groups: Ints) -> Bools:
    """Whether each is among the `quota` largest of its group, (n,); of equal ones the first.

    NaN is never. `evidence` is larger for what is less likely normal: a score, log e or -p.
    `groups` (n,) is any number a hypothesis. Raises ValueError for a quota below 1.
    """
    if quota < 1:
        raise ValueError(f"a quota must be 1 or more, not {quota}")
    values, numbers = np.asarray(evidence, np.float64), np.asarray(groups)
    known = np.flatnonzero(~np.isnan(values))
    order, rank = ranked(values[known], numbers[known])
    counts = np.zeros(len(values), np.bool_)
    counts[known[order[rank <= quota]]] = True
    return counts
