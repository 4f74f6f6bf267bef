"""What a changing tree means to the world: rows without anybody, and rows that change hands.

Rows of agents that are not there have left in good order; rows of aggregators that are spare stand
still and are sent nothing. A row that another node takes goes on with what is known of that node:
the old parent hands it over with the move.
"""

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.engine.evolution.handover import shared_out
from sim.engine.hops import Hop
from sim.engine.losses import interrupt
from sim.engine.roster import Nodes, minus
from sim.engine.world import Outage, World
from sim.telemetry.root import Root

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

NAME: Final = "evolution"
"""Of the outage of those that are not there."""


class Presence:
    """Keeps the world's absences, spare rows and handed-over knowledge in step with a tree."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._away = world.roster.none()

    def show(self, there: Sequence[Bools]) -> None:
        """These rows have somebody, a bool array a tier below the root; refreshes the world."""
        world, before, away = self._world, self._away, self._world.roster.none()
        for tier, rows in enumerate(there):
            away[tier][:] = ~rows
        self._away = away
        self._send_away(minus(away, before))
        world.outages[NAME] = Outage(away, math.inf, loses_messages=True)
        world.absent[NAME] = (away[0], *world.roster.none()[1:])
        for hop in self._down():
            spare = away[hop.line.target.tier][hop.line.target.node]
            hop.post.spare = spare if spare.any() else None
        if all(np.array_equal(*rows) for rows in zip(away[1:], before[1:], strict=True)):
            world.refresh_agents()
        else:
            world.refresh()

    def hand_over(self, before: Sequence[Ints], after: Sequence[Ints], there: Bools) -> Ints:
        """Nodes go from rows `before` to rows `after`; `there` (agents,) are the agents there are.

        Returns the rows with other agents, (k,).
        """
        changed = np.zeros(len(before[0]), np.bool_)
        changed[before[0][before[0] != after[0]]] = True
        telemetry = self._world.telemetry
        telemetry.hand_over(changed)
        held = telemetry.aggregators[0].intake.held
        held[after[0]] = held[before[0]]
        self._share_out(before[0][there], after[0][there])
        for hop in self._down():
            tier = hop.line.target.tier
            self._keep_versions(hop, after[tier], before[tier])
        return np.flatnonzero(changed)

    def _share_out(self, before: Ints, after: Ints) -> None:
        """Aggregators above the locals, and the root, know the rows below them by other agents."""
        tree, telemetry = self._world.roster.tree, self._world.telemetry
        for tier, parent in enumerate((*telemetry.aggregators[1:], telemetry.root), start=1):
            row_of = tree.ancestor_of(0, tier).astype(np.int64)
            held, seats = parent.intake.held, np.bincount(row_of)
            rows = row_of[before], row_of[after]
            held[:], changed = shared_out(held, *rows, seats, telemetry.now_ns - 1)
            if isinstance(parent, Root):
                parent.note_moves(telemetry.now_ns, changed)

    def inherit(self, tier: int, heir: int, of: int) -> None:
        """A row of aggregators takes over the baseline that another one holds."""
        for hop in self._down():
            if hop.line.target.tier == tier:
                self._keep_versions(hop, np.array([heir]), np.array([of]))

    def welcome(self, rows: Ints, now_ns: int) -> None:
        """Agents have come: their joining is the first that is heard of them."""
        # Only what was sent before now is ever held now.
        self._world.telemetry.aggregators[0].intake.held[rows] = now_ns - 1

    def _send_away(self, newly: Nodes) -> None:
        if any(rows.any() for rows in newly):
            interrupt(self._world, Outage(newly, math.inf, loses_messages=True))

    def _down(self) -> list[Hop]:
        """Hops of baselines, whose posts have a row for each aggregator of a tier."""
        return [hop for hop in self._world.hops if hop.line.source.tier > hop.line.target.tier]

    def _keep_versions(self, hop: Hop, target: Ints, source: Ints) -> None:
        post = hop.post
        post.born_ns[target] = post.born_ns[source]
        post.version_held[target] = post.version_held[source]
