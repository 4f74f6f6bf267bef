"""What aggregators say of the evidence below them: its plain sum, and [L, U] against liars.

A local aggregator bounds the evidence of its own agents, of whom a share may lie; from there on
intervals are added. All sums are whole numbers, so the tree above the locals leaves no trace: any
shape of it gives the root the same bits. A `Sums` holds the nodes of one tier in columns; a parent
keeps of each child the newest that arrived (`engine.digests.rounds`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.stats.evidence import Bounds, add_up, bounds, combine, members, total, total_by_group
from sim.stats.robust.needs import liars
from sim.telemetry.tree import Groups

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

NUMBER_BYTES: Final = 16
MESSAGE_BYTES: Final = 3 * NUMBER_BYTES + 8
"""Plain sum, L and U of two limbs each, and how many reports are behind them."""


@dataclass(frozen=True, slots=True)
class Sums:
    """The evidence below some nodes."""

    plain: Ints
    """Limbs (nodes, 2): the sum of all reports."""
    bounds: Bounds
    """[L, U] and the number of reports, (nodes,)."""

    def by_node(self, nodes: Bools) -> "Sums":
        """The same of some nodes only; the others hold nothing."""
        found, wide = self.bounds, nodes[:, None]
        return Sums(
            np.where(wide, self.plain, 0),
            Bounds(
                np.where(wide, found.lower, 0),
                np.where(wide, found.upper, 0),
                np.where(nodes, found.reports, 0),
                found.enough & nodes,
            ),
        )


class EvidenceSums:
    """How evidence goes up the tree; see `telemetry.digests.Mergeable`.

    A `share` of the agents of every local may lie. A parent trusts what its children sum up: the
    intervals of aggregators that lie are not bounded here (attestation is what finds those).
    """

    def __init__(self, share: float) -> None:
        self._share = share

    def lift(self, quanta: Ints, present: Bools, groups: Groups) -> Sums:
        """The evidence of the locals, from that of each agent who reported; (agents,) both."""
        index, seated = members(groups.parent_of.astype(np.int64), groups.parents)
        heard = seated & present[index]
        reports = np.where(heard, quanta[index], 0)
        f = np.array([liars(self._share, k) for k in heard.sum(axis=1).tolist()], np.int64)
        return Sums(total(reports), bounds(reports, f, heard))

    def pick(self, state: Sums, nodes: Bools) -> Sums:
        """See `Mergeable.pick`."""
        return state.by_node(nodes)

    def join(self, states: Sequence[Sums]) -> Sums:
        """See `Mergeable.join`."""
        found = [state.bounds for state in states]
        return Sums(
            np.sum([state.plain for state in states], axis=0),
            Bounds(
                np.sum([one.lower for one in found], axis=0),
                np.sum([one.upper for one in found], axis=0),
                np.sum([one.reports for one in found], axis=0),
                np.any([one.enough for one in found], axis=0),
            ),
        )

    def merge(self, state: Sums, groups: Groups) -> Sums:
        """See `Mergeable.merge`."""
        index, seated = members(groups.parent_of.astype(np.int64), groups.parents)
        plain = np.where(seated[..., None], state.plain[index], 0)
        return Sums(add_up(plain, axis=1), combine(state.bounds.take(index, seated)))


def plain_sums(quanta: Ints, present: Bools, node_of: Ints, nodes: int) -> tuple[Ints, Ints]:
    """Plain sums of the agents below each node, limbs (nodes, 2), and how many those are (nodes,).

    `node_of` (agents,) says below which node each agent is.
    """
    sums = total_by_group(quanta[present], node_of[present], nodes)
    return sums, np.bincount(node_of[present], minlength=nodes)
