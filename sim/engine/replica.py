"""One replica of the root, as the control plane sees it: where it stands and what it knows."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.engine.roster import Roster
from sim.stats.moments import Layout, Moments, moments
from sim.telemetry.root import Root

Rows = Callable[[int], NDArray[np.bool_]]
"""Says of a row which of its nodes act now."""


@dataclass(frozen=True, slots=True)
class Replica:
    """A root with a name. The plane must have been advanced to the instant that is asked about."""

    number: int
    name: str
    """``root-0/2``; where the root has no replicas, ``root``."""
    row: int
    """Where it stands in sets of nodes; the row has no other node."""
    site: int
    site_name: str
    root: Root
    layout: Layout
    acting: Rows

    @classmethod
    def of(cls, roster: Roster, number: int, root: Root, layout: Layout, acting: Rows) -> "Replica":
        """Replica `number` of the root of a roster."""
        row = roster.shape.row(roster.shape.top, number)
        site = int(roster.sites[row][0])
        name = roster.shape.node_name(row, 0)
        return cls(number, name, row, site, roster.site_names[site], root, layout, acting)

    def is_up(self) -> bool:
        """Whether it acts now: it is neither down nor paused, and has not left."""
        return bool(self.acting(self.row)[0])

    def estimate(self, first_pane: int, last_pane: int) -> Moments:
        """What it knows of these panes now."""
        features = self.layout.features
        return moments(self.root.window(first_pane, last_pane, features), features)

    def view(self, now_ns: int) -> NDArray[np.int64]:
        """The row of seven ages that it would report at `now_ns` (see `telemetry.holdings`)."""
        return self.root.view(now_ns)
