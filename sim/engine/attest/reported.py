"""What aggregators have said in their running sums, held against what they commit to.

What is published every second is made of running sums, so a liar that lied in those alone and kept
its commitments clean would never be found. Reports are signed, too: the last one before a round is
its author's word for that round, and who commits to something else has said two things. Whoever is
honest reports exactly what it has learnt, so it has never said anything beyond that.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from sim.protocol.merkle.commitments import merge_groups
from sim.protocol.merkle.encoding import Name
from sim.protocol.merkle.tree import CommittedTree
from sim.stats.moments import canonical
from sim.telemetry.plane import Telemetry

Ints = NDArray[np.int64]


def said_beyond(telemetry: Telemetry, first_pane: int, last_pane: int) -> dict[int, Ints]:
    """By tier, the sums that aggregators have said beyond what they learnt; canonical (n, wide).

    Over panes first..last, as far as reports of them are remembered: the running pane and the one
    before. Tiers where nobody lies are left out.
    """
    found = {}
    for tier, aggregators in enumerate(telemetry.aggregators, start=1):
        panes = range(first_pane, last_pane + 1)
        some = [row for pane, row in aggregators.forged.items() if pane in panes]
        if some:
            found[tier] = canonical(np.sum(some, axis=0), telemetry.layout.features)
    return found


def reported_otherwise(tree: CommittedTree, beyond: Mapping[int, Ints]) -> dict[Name, Ints]:
    """What liars have reported, (wide,), where it is not what they commit to."""
    found = {}
    for tier, rows in beyond.items():
        for seat in np.flatnonzero(rows.any(axis=1)).tolist():
            reported = _learnt(tree, tier, seat) + rows[seat]
            reported = canonical(reported, tree.registry.features)
            if (reported != tree.own[tier].rows[seat]).any():
                found[tree.registry.name(tier, seat)] = reported
    return found


def _learnt(tree: CommittedTree, tier: int, seat: int) -> Ints:
    """The sum of what its children said themselves, of those that it lists."""
    seats = tree.registry.child_seats(tier, seat)
    mine = slice(seats.start, seats.stop)
    there = ~tree.listed[tier - 1].absent[mine]
    children = tree.own[tier - 1].rows[mine] * there[:, None]
    merged = merge_groups(children, np.array([0, len(seats)]), tree.registry.features)
    return np.asarray(merged[0])
