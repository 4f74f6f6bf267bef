"""QuTE: nodes that test their own hypotheses with what they hear from neighbours.

Query: every node asks its neighbours for their p-values. Test: it runs Benjamini-Hochberg on all
that it holds, n_a hypotheses at level alpha n_a / n, which is to say that those not heard count as
missing. Exchange: it tells the owners what it rejected, and an owner rejects what *anybody*
rejected. One round without any neighbour is Bonferroni, as many rounds as the diameter is
Benjamini-Hochberg of all.

Queries may be lost in any way that does not depend on the p-values. Verdicts may not: a node tests
as if all that it rejects were rejected, and if others are not told, its own rejections stand alone
(the test of this module has a network where that costs control). So here `told` is a parameter.

Ramdas, Chen, Wainwright & Jordan (2017), "QuTE: decentralized multiple testing on sensor networks
with false discovery rate control".
"""

import numpy as np
from numpy.typing import ArrayLike

from sim.stats.multiplicity.blocks import ROUNDING, Bools, Ints, block_of, blocks, checked_p
from sim.stats.multiplicity.step_up import benjamini_hochberg


def heard(links: Bools, rounds: int, arrives: Bools | None = None) -> Bools:
    """Who holds whose p-values after some rounds of telling neighbours all; (nodes, nodes).

    Entry [a, b]: a holds those of b; everybody holds its own. `links` [a, b]: b can tell a.
    `arrives` (rounds, nodes, nodes) says which messages, of those along links, got there.
    Raises ValueError for a negative number of rounds.
    """
    if rounds < 0:
        raise ValueError(f"there cannot be {rounds} rounds")
    known = np.eye(len(links), dtype=np.bool_)
    for number in range(rounds):
        told = links if arrives is None else links & arrives[number]
        # float32 is exact for counts of nodes, and multiplies far faster than whole numbers.
        known |= (told.astype(np.float32) @ known.astype(np.float32)) > 0
    return known


def qute(
    p: ArrayLike,
    alpha: float,
    known: Bools,
    *,
    starts: Ints | None = None,
    told: Bools | None = None,
) -> Bools:
    """What the owners reject in the end, (n,).

    `known` (nodes, nodes) as from `heard`. Node i owns hypotheses ``starts[i]`` to
    ``starts[i + 1]``; left out: one each. `told` [b, a]: verdicts of a reach b; left out: all do.
    Everybody knows its own p-values and verdicts. Raises ValueError for p outside [0, 1], alpha
    outside (0, 1), and numbers of nodes that differ.
    """
    values, nodes = checked_p(p), len(known)
    borders, _ = blocks(len(values), None, np.arange(nodes + 1) if starts is None else starts)
    if len(borders) != nodes + 1:
        raise ValueError(f"there are {len(borders) - 1} blocks of hypotheses and {nodes} nodes")
    few = np.flatnonzero(values <= alpha * (1 + ROUNDING))  # no other can be rejected
    owner = block_of(few, borders)
    own = owner == np.arange(nodes)[:, np.newaxis]
    held = np.where(known[:, owner] | own, values[few], np.nan)
    each = np.arange(nodes + 1) * len(few)
    verdicts = benjamini_hochberg(held.ravel(), alpha, total=len(values), starts=each)
    verdicts = verdicts.reshape(held.shape)
    if told is not None:
        verdicts &= told.T[:, owner] | own
    rejected = np.zeros(len(values), np.bool_)
    rejected[few] = verdicts.any(axis=0)
    return rejected
